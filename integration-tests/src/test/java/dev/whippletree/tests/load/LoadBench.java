package dev.whippletree.tests.load;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.stress.interviews.InterviewDriver;
import dev.whippletree.stress.interviews.InterviewPlan;
import dev.whippletree.stress.interviews.InterviewResults;
import dev.whippletree.stress.interviews.StressEmulation;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.time.SystemTimeline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** An emulated service that listens, for as many Whippletrees as are put in front of it. Confined to one thread. */
final class LoadBench implements AutoCloseable {

    private static final AtomicBoolean WARM = new AtomicBoolean();

    private final LoadCase load;
    private final SystemTimeline timeline = new SystemTimeline();
    private final EmulatedService service;
    private final EmulatorServer server;

    private LoadBench(LoadCase load) {
        this.load = load;
        warmUp(timeline);
        this.service = new EmulatedService(load.service(), timeline.nanoTime());
        this.server = EmulatorServer.start(List.of(service), 0, timeline);
    }

    /** Starts the service of a case. Blocks until it is warm. */
    static LoadBench start(LoadCase load) {
        return new LoadBench(load);
    }

    /** Returns what the interviews led to. Blocks until all have ended. */
    static InterviewResults resultsOf(CompletableFuture<InterviewResults> interviews) throws InterruptedException {
        try {
            return interviews.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("interviews never fail as a whole", e);
        }
    }

    /** Returns a builder with the accounts of the case and without any cache. */
    Whippletree.Builder configured() {
        return load.configured(server.baseUrl(load.service().kind()));
    }

    /** Starts the interviews; the times of faults count from now on. */
    CompletableFuture<InterviewResults> conduct(Whippletree whippletree) {
        return conduct(driver(whippletree));
    }

    /** Starts the interviews of a driver that was made here. */
    CompletableFuture<InterviewResults> conduct(InterviewDriver driver) {
        service.startFaultsAt(timeline.nanoTime());
        return driver.start();
    }

    /** Something that happens while interviews are under way. */
    interface Trouble {
        void happen() throws Exception;
    }

    /**
     * Starts the interviews, and lets something happen when a quarter of the prompts has ended. However late that is,
     * the last quarter is asked afterwards.
     */
    CompletableFuture<InterviewResults> conduct(Function<Prompt, CompletableFuture<Completion>> ask, Trouble trouble)
            throws Exception {
        int quarter = load.interviews().prompts() / 4;
        CountDownLatch ended = new CountDownLatch(quarter);
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<Void> happened = new CompletableFuture<>();
        CompletableFuture<InterviewResults> interviews = conduct(driver(prompt -> {
            boolean late = asked.incrementAndGet() > 3 * quarter;
            return (late ? happened : CompletableFuture.completedFuture(null))
                    .thenCompose(done -> ask.apply(prompt))
                    .whenComplete((completion, failure) -> ended.countDown());
        }));
        ended.await();
        trouble.happen();
        happened.complete(null);
        return interviews;
    }

    /** Returns a driver of the case's interviews. */
    InterviewDriver driver(Whippletree whippletree) {
        return driver(whippletree::complete);
    }

    /** Returns a driver of the case's interviews that asks whom it is told. */
    InterviewDriver driver(Function<Prompt, CompletableFuture<Completion>> ask) {
        return new InterviewDriver(InterviewPlan.of(load.interviews()), ask, timeline);
    }

    /** Returns what the service has seen so far. */
    ServiceStats stats() {
        return service.stats();
    }

    /**
     * A stress emulation warms the server's classes when it starts, and that is all it is wanted for: once is enough.
     */
    private static void warmUp(SystemTimeline timeline) {
        if (WARM.compareAndSet(false, true)) {
            StressSettings settings = StressSettings.STANDARD.withLatency(Latency.constant(Duration.ZERO));
            StressEmulation.start(settings, timeline).close();
        }
    }

    @Override
    public void close() {
        server.close();
        timeline.close();
    }
}
