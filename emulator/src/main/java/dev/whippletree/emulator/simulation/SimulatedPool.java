package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.engine.Engine;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.time.VirtualTimeline;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The production engine over simulated services, in virtual time, from a seed. Confined to one thread; nothing happens
 * until the timeline advances.
 *
 * <pre>{@code
 * SimulatedPool pool = SimulatedPool.builder(1)
 *     .account(SimulatedAccount.of("hf-1", ServiceKind.HUGGING_FACE, ServiceLimit.sliding(Limit.parse("1000/h"))))
 *     .service(ServiceKind.HUGGING_FACE, service -> service.latency(Latency.constant(Duration.ofSeconds(1))))
 *     .cached()
 *     .build();
 * Completion answer = pool.runUntil(pool.complete(Prompt.of("Why here?")));
 * }</pre>
 */
public final class SimulatedPool {

    private final VirtualTimeline timeline;
    private final Map<ServiceKind, EmulatedService> services;
    private final Engine engine;

    SimulatedPool(VirtualTimeline timeline, Map<ServiceKind, EmulatedService> services, Engine engine) {
        this.timeline = timeline;
        this.services = services;
        this.engine = engine;
    }

    /**
     * Returns a builder without accounts; with the same seed and the same calls, every run of its pools is the same.
     */
    public static SimulatedPoolBuilder builder(long seed) {
        return new SimulatedPoolBuilder(seed);
    }

    public VirtualTimeline timeline() {
        return timeline;
    }

    public Engine engine() {
        return engine;
    }

    /**
     * Answers a prompt once the timeline goes on.
     *
     * @return ends as {@link Engine#complete} says
     */
    public CompletableFuture<Completion> complete(Prompt prompt) {
        return engine.complete(prompt);
    }

    public StatusSnapshot status() {
        return engine.status();
    }

    /** Returns what each service has seen so far, in the order in which their accounts were added. */
    public List<ServiceStats> stats() {
        return services.values().stream().map(EmulatedService::stats).toList();
    }

    /**
     * Returns what one service has seen so far.
     *
     * @throws IllegalArgumentException if no account is of that service
     */
    public ServiceStats stats(ServiceKind kind) {
        return service(kind).stats();
    }

    /**
     * Returns one of the services.
     *
     * @throws IllegalArgumentException if no account is of that service
     */
    public EmulatedService service(ServiceKind kind) {
        EmulatedService service = services.get(kind);
        if (service == null) {
            throw new IllegalArgumentException("no account of this pool is of " + kind.provider());
        }
        return service;
    }

    /**
     * Lets the timeline go on until something has ended.
     *
     * @return its result
     * @throws IllegalStateException if nothing is left to happen and it hasn't ended
     * @throws java.util.concurrent.CompletionException if it ended with a failure, which is the cause
     */
    public <T> T runUntil(CompletableFuture<T> end) {
        while (!end.isDone()) {
            if (!timeline.runNext()) {
                throw new IllegalStateException("nothing is left to happen, and what was waited for hasn't ended");
            }
        }
        return end.join();
    }
}
