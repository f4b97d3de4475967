package com.example.langchain4j;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.whippletree.comparison.contender.Account;
import dev.whippletree.comparison.contender.Contender;
import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a careful engineer builds by hand around LangChain4j: Resilience4j's limiters for what is known of each
 * account's limits, its retry, which goes on to the next account, and Caffeine's cache, which also lets equal questions
 * share a call.
 */
public final class CarefulLangChain4j implements Contender {

    private static final int ATTEMPTS = 10;
    private static final int BYTES_PER_TOKEN = 4;

    private final AtomicInteger turn = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Limited> accounts = new ArrayList<>();
    private Retry retry = Retry.ofDefaults("calls");
    private Retry streamRetry = Retry.ofDefaults("streams");
    private Duration patience = Duration.ZERO;
    private AsyncCache<String, String> cache = Caffeine.newBuilder().buildAsync();

    /** An account with its limiters. */
    private record Limited(
            OpenAiChatModel model,
            OpenAiStreamingChatModel streaming,
            List<RateLimiter> requests,
            List<RateLimiter> tokens) {

        void acquire(int needed) {
            requests.forEach(limiter -> RateLimiter.waitForPermission(limiter));
            tokens.forEach(limiter -> RateLimiter.waitForPermission(limiter, needed));
        }
    }

    private int maxTokens;

    @Override
    public void start(Services services) {
        maxTokens = services.maxTokens();
        patience = services.patience();
        // configuration
        RetryConfig calls = RetryConfig.custom()
                .maxAttempts(ATTEMPTS)
                .ignoreExceptions(NonRetriableException.class)
                .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(500, 2, 8_000))
                .build();
        RetryConfig streams = RetryConfig.from(calls)
                .ignoreExceptions(NonRetriableException.class, BegunStreamException.class)
                .build();
        retry = Retry.of("calls", calls);
        streamRetry = Retry.of("streams", streams);
        cache = Caffeine.newBuilder().maximumSize(10_000).executor(threads).buildAsync();
        // end
        for (Account account : services.accounts()) {
            accounts.add(new Limited(
                    model(services, account),
                    streaming(services, account),
                    limiters(account, "requests"),
                    limiters(account, "tokens")));
        }
    }

    private static OpenAiChatModel model(Services services, Account account) {
        // configuration
        return OpenAiChatModel.builder()
                .baseUrl(account.url())
                .apiKey(account.token())
                .modelName(services.model())
                .maxTokens(services.maxTokens())
                .timeout(services.patience())
                .maxRetries(0)
                .build();
        // end
    }

    private static OpenAiStreamingChatModel streaming(Services services, Account account) {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(account.url())
                .apiKey(account.token())
                .modelName(services.model())
                .maxTokens(services.maxTokens())
                .timeout(services.patience())
                .build();
    }

    private static List<RateLimiter> limiters(Account account, String unit) {
        return account.limits().stream()
                .filter(limit -> limit.contains(" " + unit + " "))
                .map(limit -> limiter(account.id() + " " + limit, limit.split(" ")))
                .toList();
    }

    /** A limit is written as {@code 200 requests / 10s} or {@code 1000 requests / 1d}. */
    private static RateLimiter limiter(String name, String[] words) {
        Duration window = Duration.parse((words[3].endsWith("d") ? "P" : "PT") + words[3]);
        // configuration
        return RateLimiter.of(
                name,
                RateLimiterConfig.custom()
                        .limitForPeriod(Integer.parseInt(words[0]))
                        .limitRefreshPeriod(window)
                        .timeoutDuration(Duration.ofHours(1))
                        .build());
        // end
    }

    private Limited next() {
        return accounts.get(Math.floorMod(turn.getAndIncrement(), accounts.size()));
    }

    @Override
    public String answer(Question question) throws Exception {
        return cache.get(
                        question.text(),
                        (text, executor) ->
                                CompletableFuture.supplyAsync(() -> retry.executeSupplier(() -> call(text)), executor))
                .get();
    }

    private String call(String text) {
        Limited account = next();
        account.acquire(tokens(text));
        return account.model().chat(text);
    }

    /** Its user counts what the service may count at most. */
    private int tokens(String text) {
        return text.length() / BYTES_PER_TOKEN + maxTokens;
    }

    /** What was delivered of a stream can't be taken back, so it is asked again only before its first piece. */
    @Override
    public String stream(Question question) throws Exception {
        return streamRetry.executeCallable(() -> {
            Limited account = next();
            account.acquire(tokens(question.text()));
            return Streams.collect(account.streaming(), question.text(), patience);
        });
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
