package com.example.openaijava;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.whippletree.comparison.contender.Contender;
import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** OpenAI's client behind Caffeine's cache, which also lets equal questions share a call. */
public final class CachedOpenAiJava implements Contender {

    private final OpenAiJava client = new OpenAiJava();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private AsyncCache<String, String> cache = Caffeine.newBuilder().buildAsync();

    @Override
    public void start(Services services) {
        client.start(services);
        // configuration
        cache = Caffeine.newBuilder().maximumSize(10_000).executor(threads).buildAsync();
        // end
    }

    @Override
    public String answer(Question question) throws Exception {
        // configuration
        return cache.get(
                        question.text(),
                        (text, executor) -> CompletableFuture.supplyAsync(() -> client.answer(question), executor))
                .get();
        // end
    }

    /** A stream is not a value that this cache could hold. */
    @Override
    public String stream(Question question) {
        return client.stream(question);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        client.close();
    }
}
