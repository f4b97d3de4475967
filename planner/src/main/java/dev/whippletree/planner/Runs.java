package dev.whippletree.planner;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The outcomes of one request's variants, each found once. Thread-safe. */
final class Runs {

    private final Map<Variant, CompletableFuture<Outcome>> outcomes = new ConcurrentHashMap<>();
    private final Set<Variant> failing = ConcurrentHashMap.newKeySet();
    private final PlanRequest request;
    private final Arithmetic arithmetic;

    Runs(PlanRequest request) {
        this.request = request;
        this.arithmetic = new Arithmetic(request);
    }

    /**
     * Returns what comes of a variant: by arithmetic where that is enough, else by a run. Blocks for the run, be it this thread's
     * or another's.
     */
    Outcome of(Variant variant) {
        CompletableFuture<Outcome> own = new CompletableFuture<>();
        CompletableFuture<Outcome> there = outcomes.putIfAbsent(variant, own);
        if (there != null) {
            return there.join();
        }
        try {
            own.complete(run(variant, () -> gradually(variant)));
        } catch (RuntimeException | Error e) {
            own.completeExceptionally(e);
            throw e;
        }
        return own.join();
    }

    private Outcome run(Variant variant, Supplier<Optional<Outcome.Otherwise>> otherwise) {
        return arithmetic.outcome(variant, otherwise).orElseGet(() -> new Simulation(request, variant).run(otherwise));
    }

    /** Returns what comes of a variant if limits refill, where that may be enough and is. */
    private Optional<Outcome.Otherwise> gradually(Variant variant) {
        AccountPool pool = variant.pool();
        Variant refilling = new Variant(variant.interviews(), pool.refilling());
        Allowance allowance = new Allowance(request);
        long allowed = allowance.calls(refilling.pool());
        long needed = new Questions(request, variant.interviews()).distinct();
        return allowed <= allowance.calls(pool) || allowed < needed
                ? Optional.empty()
                : Optional.of(run(refilling, Optional::empty))
                        .filter(outcome -> outcome.verdict() != Verdict.DOES_NOT_HOLD)
                        .map(outcome -> CountedLimit.otherwise(pool, outcome));
    }

    /**
     * Returns whether a variant holds, if limits are counted by the window. Where nothing else about it has been asked for, its run ends with the first prompt that
     * fails, which is much sooner than the horizon. Blocks for the run.
     */
    boolean hold(Variant variant) {
        CompletableFuture<Outcome> whole = outcomes.get(variant);
        if (whole != null) {
            return whole.join().verdict().held();
        }
        if (failing.contains(variant)) {
            return false;
        }
        Outcome outcome = arithmetic
                .outcome(variant, Optional::empty)
                .orElseGet(() -> new Simulation(request, variant)
                        .endingWithTheFirstFailure()
                        .run(Optional::empty));
        if (outcome.verdict().held()) {
            outcomes.putIfAbsent(variant, CompletableFuture.completedFuture(outcome));
        } else {
            failing.add(variant);
        }
        return outcome.verdict().held();
    }
}
