package dev.whippletree.spi;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;

/** Clocks, threads and random numbers for plugins, which must not use their own. Thread-safe. */
public interface Services {

    /**
     * Returns the executor for tasks that may take a while. What a task throws that the engine's own call to the plugin
     * added, on the same thread, is that call's failure: of {@link ProviderClient#send} or of a cache, for instance.
     * What another task throws is logged.
     */
    Executor executor();

    /**
     * Returns the executor for blocking calls to the service. A task makes one call, and reports its end to the
     * {@link AttemptSink} last: what follows from that, up to the caller's own code, runs on the task's thread after
     * the task.
     */
    default Executor callExecutor() {
        return executor();
    }

    /** Returns the time of day. */
    InstantSource clock();

    /** Returns a reading in nanoseconds that never goes back; only differences mean anything. */
    long nanoTime();

    /** Returns the source of randomness; safe to use from several threads. */
    RandomGenerator random();

    /**
     * Runs a task once, later, as {@link #executor()} does.
     *
     * @param delay zero or more
     * @param task what to run
     * @return a handle that cancels it
     */
    Cancellable schedule(Duration delay, Runnable task);

    /** Returns a logger whose name starts with {@code dev.whippletree.} and ends with the given one. */
    Logger logger(String name);

    /**
     * Answers a prompt, for plugins that need an answer themselves. Never blocks.
     *
     * @param prompt treated like any caller's prompt
     * @return ends with the completion, or with a {@link dev.whippletree.model.PromptException}
     */
    CompletionStage<Completion> complete(Prompt prompt);
}
