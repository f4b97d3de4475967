package dev.whippletree.emulator.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A wait that a service told, and the calls that have tried it out. Confined to one run.
 *
 * <p>No call that it concerns is made before it is over. But a long wait for a limit may be wrong: from a 64th of it on, and no sooner than
 * after two seconds, a call may try it out, one at a time. As soon as one is let in, the wait is over for all.
 */
final class ToldWait {

    private static final long LONG_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long SMALLEST_SHARE = 64;
    private static final long SHORTEST_TRIAL_NANOS = Duration.ofSeconds(2).toNanos();

    /** A call under way for so long may be taken to be let in, as long as nothing else is heard of it. */
    private static final long LET_IN_NANOS = Duration.ofMillis(100).toNanos();

    /**
     * Waits are told in whole seconds, rounded up, and refusals don't all take equally long: ends that differ by no more are the same, and
     * what is no more too long is right.
     */
    private static final long ROUNDING_NANOS = Duration.ofMillis(1_500).toNanos();

    private final Predicate<Call> concerned;
    private final Predicate<Call> mayTry;
    private final long fromNanos;
    private final long toldNanos;
    private long endNanos;
    private boolean isLong;

    /** The same wait, told earlier: what tried that out has tried this one out. */
    private @Nullable ToldWait before;

    /** The calls that were made before it was over. */
    private final List<Call> early = new ArrayList<>();

    /** Those of them that were to find out if it is. */
    private final List<Call> trials = new ArrayList<>();

    /**
     * Creates one.
     *
     * @param concerned the calls that it forbids
     * @param mayTry the calls that may try it out: more than those if what was closed is unknown, none if it can't be wrong
     */
    ToldWait(Predicate<Call> concerned, Predicate<Call> mayTry, long fromNanos, long toldNanos) {
        this.concerned = concerned;
        this.mayTry = mayTry;
        this.fromNanos = fromNanos;
        this.toldNanos = toldNanos;
        this.endNanos = fromNanos + toldNanos;
        this.isLong = toldNanos >= LONG_NANOS;
    }

    long endNanos() {
        return endNanos;
    }

    /** Returns whether it takes the place of one that was told before: if it isn't over clearly sooner. */
    boolean replaces(ToldWait earlier) {
        return endNanos >= earlier.endNanos - ROUNDING_NANOS;
    }

    /** Another wait was told for what may be the same limit: if they end together, they are one, and the later one tells when it ends. */
    void meet(ToldWait later) {
        if (Math.abs(later.endNanos - endNanos) <= ROUNDING_NANOS) {
            endNanos = Math.min(endNanos, later.endNanos);
            later.isLong |= isLong;
            later.before = this;
        }
    }

    /**
     * Returns whether a call may be made.
     *
     * @param exaggeration how many times too long waits are known to be told, 1 or more
     */
    boolean allows(Call call, double exaggeration, long now) {
        boolean decidedBefore = now <= fromNanos;
        boolean over = now >= fromNanos + (long) ((endNanos - fromNanos) / exaggeration);
        return !concerned.test(call) || decidedBefore || over || isLetIn(now) || (isTrial(call, now) && isAlone());
    }

    /** A call is made. */
    void made(Call call, long now) {
        if (before != null) {
            before.made(call, now);
        }
        if (isTrial(call, now)) {
            early.add(call);
            if (!isLetIn(now)) {
                trials.add(call);
            }
        }
    }

    private boolean isTrial(Call call, long now) {
        long first = Math.max(SHORTEST_TRIAL_NANOS, toldNanos / SMALLEST_SHARE);
        return mayTry.test(call) && isLong && now >= fromNanos + first && now < endNanos;
    }

    /** A call that nobody waits for any more is broken off at the same instant. */
    private boolean isAlone() {
        return trials.stream().allMatch(trial -> trial.ended || trial.asked.callers == 0 || !concerned.test(trial));
    }

    private boolean isLetIn(long now) {
        return early.stream().anyMatch(trial -> trial.letIn || (!trial.ended && now >= trial.sentNanos + LET_IN_NANOS));
    }

    /**
     * Returns how many times too long it was told, 1 if nothing shows that. A call under way for more than twice as long as the service
     * took to refuse another one was let in.
     */
    double exaggeration(Call refused, long now) {
        long sureNanos = 2 * (now - refused.sentNanos);
        return early.stream()
                .filter(call -> call.letIn || (!call.ended && now - call.sentNanos > sureNanos))
                .mapToDouble(call -> (double) (toldNanos - ROUNDING_NANOS) / (call.sentNanos - fromNanos))
                .reduce(before == null ? 1 : before.exaggeration(refused, now), Math::max);
    }
}
