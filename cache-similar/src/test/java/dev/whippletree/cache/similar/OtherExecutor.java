package dev.whippletree.cache.similar;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Services;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;

/**
 * Services whose tasks run where a test wants them to.
 *
 * @param services all else
 * @param executor where tasks run
 */
record OtherExecutor(Services services, Executor executor) implements Services {

    @Override
    public InstantSource clock() {
        return services.clock();
    }

    @Override
    public long nanoTime() {
        return services.nanoTime();
    }

    @Override
    public RandomGenerator random() {
        return services.random();
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
        return services.schedule(delay, task);
    }

    @Override
    public Logger logger(String name) {
        return services.logger(name);
    }

    @Override
    public CompletionStage<Completion> complete(Prompt prompt) {
        return services.complete(prompt);
    }
}
