package dev.whippletree.planner;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Caches the outcomes of a request's variants. Thread-safe. */
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
     * Returns the outcome of a variant, by arithmetic if that is enough, else by a simulation. Blocks until the
     * simulation ends, on this thread or another.
     */
    Outcome of(Variant variant) {
        CompletableFuture<Outcome> own = new CompletableFuture<>();
        CompletableFuture<Outcome> there = outcomes.putIfAbsent(variant, own);
        if (there != null) {
            return there.join();
        }
        try {
            own.complete(run(variant, false, () -> gradually(variant)));
        } catch (RuntimeException | Error e) {
            own.completeExceptionally(e);
            throw e;
        }
        return own.join();
    }

    private Outcome run(
            Variant variant, boolean endsWithTheFirstFailure, Supplier<Optional<Outcome.Otherwise>> otherwise) {
        return arithmetic
                .outcome(variant, otherwise)
                .orElseGet(() -> new Simulation(request, variant, endsWithTheFirstFailure).run(otherwise));
    }

    /** Returns the outcome with limits that refill gradually; empty if that isn't enough either. */
    private Optional<Outcome.Otherwise> gradually(Variant variant) {
        AccountPool pool = variant.pool();
        Variant refilling = new Variant(variant.interviews(), pool.refilling());
        Allowance allowance = new Allowance(request);
        long allowed = allowance.calls(refilling.pool());
        long needed = new Questions(request, variant.interviews()).distinct();
        return allowed <= allowance.calls(pool) || allowed < needed
                ? Optional.empty()
                : Optional.of(run(refilling, false, Optional::empty))
                        .filter(outcome -> outcome.verdict() != Verdict.DOES_NOT_HOLD)
                        .map(outcome -> CountedLimit.otherwise(pool, outcome));
    }

    /**
     * Returns whether the accounts of a variant are enough, if limits are counted by the window. Unless the whole
     * outcome is known, the simulation stops at the first failed prompt, long before the horizon. Blocks until it ends.
     */
    boolean hold(Variant variant) {
        CompletableFuture<Outcome> whole = outcomes.get(variant);
        if (whole != null) {
            return whole.join().verdict().held();
        }
        if (failing.contains(variant)) {
            return false;
        }
        Outcome outcome = run(variant, true, Optional::empty);
        if (outcome.verdict().held()) {
            outcomes.putIfAbsent(variant, CompletableFuture.completedFuture(outcome));
        } else {
            failing.add(variant);
        }
        return outcome.verdict().held();
    }
}
