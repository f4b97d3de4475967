package com.example.openaijava;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.whippletree.comparison.contender.Account;
import dev.whippletree.comparison.contender.Contender;
import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** OpenAI's own client: one for each account, in turn. */
public final class OpenAiJava implements Contender {

    private final AtomicInteger turn = new AtomicInteger();
    private List<OpenAIClient> clients = List.of();
    private int maxTokens;

    @Override
    public void start(Services services) {
        maxTokens = services.maxTokens();
        clients = services.accounts().stream()
                .map(account -> services.best() ? best(services, account) : shipped(account))
                .toList();
    }

    private static OpenAIClient shipped(Account account) {
        // configuration shipped
        return OpenAIOkHttpClient.builder()
                .baseUrl(account.url())
                .apiKey(account.token())
                .build();
        // end
    }

    private static OpenAIClient best(Services services, Account account) {
        // configuration best
        return OpenAIOkHttpClient.builder()
                .baseUrl(account.url())
                .apiKey(account.token())
                .maxRetries(42)
                .timeout(services.patience())
                .maxIdleConnections(services.callers())
                .keepAliveDuration(Duration.ofMinutes(5))
                .build();
        // end
    }

    private OpenAIClient next() {
        return clients.get(Math.floorMod(turn.getAndIncrement(), clients.size()));
    }

    private ChatCompletionCreateParams params(Question question) {
        return ChatCompletionCreateParams.builder()
                .model(question.model())
                .addUserMessage(question.text())
                .putAdditionalBodyProperty("max_tokens", com.openai.core.JsonValue.from(maxTokens))
                .build();
    }

    @Override
    public String answer(Question question) {
        return next().chat()
                .completions()
                .create(params(question))
                .choices()
                .get(0)
                .message()
                .content()
                .orElseThrow();
    }

    @Override
    public String stream(Question question) {
        StringBuilder text = new StringBuilder();
        try (StreamResponse<ChatCompletionChunk> stream =
                next().chat().completions().createStreaming(params(question))) {
            for (Iterator<ChatCompletionChunk> chunks = stream.stream().iterator(); chunks.hasNext(); ) {
                text.append(content(chunks.next()).orElse(""));
            }
        }
        return text.toString();
    }

    private static Optional<String> content(ChatCompletionChunk chunk) {
        return chunk.choices().stream()
                .flatMap(choice -> choice.delta().content().stream())
                .findFirst();
    }

    @Override
    public void close() {
        clients.forEach(OpenAIClient::close);
    }
}
