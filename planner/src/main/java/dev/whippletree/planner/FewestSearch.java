package dev.whippletree.planner;

import dev.whippletree.planner.CapacityPlan.Fewest;
import dev.whippletree.terminal.board.Words;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/**
 * Finds how few accounts of a kind, beside the others, would be enough: from the number below which arithmetic rules it
 * out, doubling until it holds, then bisecting. Each number is tried by a run. Confined to one search.
 */
final class FewestSearch {

    /** More accounts than anybody has. */
    private static final int MOST = 2_000;

    private final Runs runs;
    private final Allowance allowance;
    private final int interviews;
    private final AccountGroup kind;
    private final AccountPool others;
    private final IntFunction<AccountPool> pools;
    private final Arithmetic arithmetic;
    private final long needed;

    /** Creates a search for a kind, by its number in the order of the pool. */
    FewestSearch(PlanRequest request, Runs runs, int interviews, int group) {
        this.runs = runs;
        this.allowance = new Allowance(request);
        this.interviews = interviews;
        this.kind = request.pool().groups().get(group);
        this.pools = count -> request.pool().withCount(group, count);
        this.others = pools.apply(0);
        this.arithmetic = new Arithmetic(request);
        this.needed = arithmetic.needed(interviews);
    }

    Fewest find() {
        if (kind.isUnknown()) {
            return none("unknown, because it declares no limits");
        }
        if (others.groups().stream().anyMatch(other -> other.isUnknown() && other.count() > 0)) {
            return none("unknown, because others declare no limits");
        }
        Optional<String> price = pools.apply(1).groups().stream()
                .flatMap(group -> allowance.missingPrice(group).stream())
                .findFirst();
        if (price.isPresent()) {
            return none("unknown without " + price.get());
        }
        if (allowance.atOnce(kind) == 0) {
            return none("one prompt needs more than a whole window of its limits");
        }
        boolean tooLarge = arithmetic.tooLarge(interviews);
        if (tooLarge && arithmetic.waitsMatter()) {
            return none("unknown, because how long prompts wait isn't known");
        }
        long least = least(1);
        if (least > MOST || tooLarge) {
            return byArithmetic(least);
        }
        int failing = (int) least - 1;
        int holding = (int) least;
        while (!holds(holding)) {
            if (holding >= MOST || !isBoundByLimits(holding)) {
                return none("not even " + Words.count(holding) + " are enough: "
                        + outcome(holding).binding().text());
            }
            failing = holding;
            holding = (int) Math.min(MOST, Math.max(holding + 1L, holding * 2L));
        }
        while (holding - failing > 1) {
            int middle = (failing + holding) >>> 1;
            if (holds(middle)) {
                holding = middle;
            } else {
                failing = middle;
            }
        }
        return found(holding);
    }

    /** Returns the number below which the load would exceed a share, whatever happens. */
    private long least(double load) {
        long allowed = allowance.calls(others);
        double missing = needed / load - allowed;
        return missing <= 0 || allowed == Allowance.UNLIMITED ? 0 : (long) Math.ceil(missing / allowance.calls(kind));
    }

    /** Once all calls could start at once, more accounts only add concurrency. */
    private boolean isBoundByLimits(int count) {
        return (double) count * allowance.atOnce(kind) < 2.0 * needed;
    }

    private boolean holds(int count) {
        return runs.hold(new Variant(interviews, pools.apply(count)));
    }

    private Outcome outcome(int count) {
        return runs.of(new Variant(interviews, pools.apply(count)));
    }

    private Fewest found(int count) {
        Outcome outcome = outcome(count);
        return result(
                OptionalInt.of(count),
                Optional.of(outcome.verdict()),
                outcome.load(),
                comfortable(count),
                outcome.simulated(),
                "");
    }

    private OptionalInt comfortable(int count) {
        int roomy = (int) Math.min(MOST, Math.max(count, least(Judge.COMFORTABLE)));
        return outcome(roomy).verdict() == Verdict.HOLDS ? OptionalInt.of(roomy) : OptionalInt.empty();
    }

    private Fewest byArithmetic(long least) {
        if (least > Integer.MAX_VALUE) {
            return none("more than is possible: " + Words.count(least));
        }
        double allowed = (double) allowance.calls(others) + (double) least * allowance.calls(kind);
        return result(
                OptionalInt.of((int) least),
                Optional.empty(),
                needed / allowed,
                OptionalInt.of((int) Math.min(Integer.MAX_VALUE, least(Judge.COMFORTABLE))),
                false,
                "");
    }

    private Fewest none(String reason) {
        return result(OptionalInt.empty(), Optional.empty(), 0, OptionalInt.empty(), false, reason);
    }

    private Fewest result(
            OptionalInt count,
            Optional<Verdict> verdict,
            double load,
            OptionalInt comfortable,
            boolean simulated,
            String reason) {
        return new Fewest(
                kind.label(), kind.service(), kind.count(), count, verdict, load, comfortable, simulated, reason);
    }
}
