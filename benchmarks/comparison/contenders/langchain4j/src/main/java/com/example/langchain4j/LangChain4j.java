package com.example.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.whippletree.comparison.contender.Account;
import dev.whippletree.comparison.contender.Contender;
import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** LangChain4j as shipped, which retries twice: a model for each account, in turn. */
public final class LangChain4j implements Contender {

    private final AtomicInteger turn = new AtomicInteger();
    private List<ChatModel> models = List.of();
    private List<StreamingChatModel> streams = List.of();

    @Override
    public void start(Services services) {
        models = services.accounts().stream()
                .map(account -> model(services, account))
                .toList();
        streams = services.accounts().stream()
                .map(account -> streaming(services, account))
                .toList();
    }

    private static ChatModel model(Services services, Account account) {
        // configuration
        return OpenAiChatModel.builder()
                .baseUrl(account.url())
                .apiKey(account.token())
                .modelName(services.model())
                .maxTokens(services.maxTokens())
                .build();
        // end
    }

    private static StreamingChatModel streaming(Services services, Account account) {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(account.url())
                .apiKey(account.token())
                .modelName(services.model())
                .maxTokens(services.maxTokens())
                .build();
    }

    private <T> T next(List<T> each) {
        return each.get(Math.floorMod(turn.getAndIncrement(), each.size()));
    }

    @Override
    public String answer(Question question) {
        return next(models).chat(question.text());
    }

    @Override
    public String stream(Question question) throws Exception {
        return Streams.collect(next(streams), question.text());
    }
}
