package dev.whippletree.planner;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Simulates a request, and variants of it, with the production engine in virtual time. Thread-safe.
 *
 * @param executor where the simulations run, each on one thread; one that runs tasks on the calling thread will do. It
 *     doesn't change what comes out
 */
public record Planner(Executor executor) {

    /**
     * Makes a plan. Blocks until it is ready: a second or so for each 500 interviews and variant.
     *
     * @param request what is to be planned
     * @param progress told after each part, from the threads of the executor, one at a time; must not block
     * @return the same for the same request, whatever the executor
     */
    public CapacityPlan plan(PlanRequest request, Consumer<PlanProgress> progress) {
        Parts parts = new Parts(executor, progress);
        Runs runs = new Runs(request);
        List<SizePlanner> sizes = request.sizes().stream()
                .map(interviews -> new SizePlanner(request, runs, interviews, parts))
                .toList();
        try {
            parts.start();
            return new CapacityPlan(
                    request,
                    Assumptions.of(request),
                    sizes.stream().map(SizePlanner::ready).toList());
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
