package com.example.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Collects a stream as a user of LangChain4j does. */
final class Streams {

    private Streams() {}

    static String collect(StreamingChatModel model, String text) throws Exception {
        return new Collecting(model, text).whole.get();
    }

    /**
     * Gives up after a time, since LangChain4j's timeout ends with the headers of a response.
     *
     * @throws BegunStreamException if it fails after its first piece
     */
    static String collect(StreamingChatModel model, String text, Duration atMost) throws Exception {
        Collecting collecting = new Collecting(model, text);
        try {
            return collecting
                    .whole
                    .orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS)
                    .get();
        } catch (ExecutionException e) {
            if (collecting.begun) {
                throw new BegunStreamException(e.getCause());
            }
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** A stream on its way. */
    private static final class Collecting implements StreamingChatResponseHandler {

        private final CompletableFuture<String> whole = new CompletableFuture<>();
        private volatile boolean begun;

        Collecting(StreamingChatModel model, String text) {
            model.chat(text, this);
        }

        @Override
        public void onPartialResponse(String piece) {
            begun = true;
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            whole.complete(response.aiMessage().text());
        }

        @Override
        public void onError(Throwable error) {
            whole.completeExceptionally(error);
        }
    }
}
