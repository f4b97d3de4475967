package com.example.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.concurrent.CompletableFuture;

/** Collects a stream as a user of LangChain4j does. */
final class Streams {

    private Streams() {}

    static String collect(StreamingChatModel model, String text) throws Exception {
        CompletableFuture<String> whole = new CompletableFuture<>();
        model.chat(text, new StreamingChatResponseHandler() {

            @Override
            public void onCompleteResponse(ChatResponse response) {
                whole.complete(response.aiMessage().text());
            }

            @Override
            public void onError(Throwable error) {
                whole.completeExceptionally(error);
            }
        });
        return whole.get();
    }
}
