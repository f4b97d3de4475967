package dev.whippletree.engine.scope;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out by a service's reports whether it counts the requests of an organization's models together. Guarded by the engine's lock.
 *
 * <p>Between two reports of one model, the service has counted at least the calls that were begun and let in between, and at most those
 * begun before the second one that hadn't ended when the first one's began. If it counts the models together, what is left has shrunk
 * by no less than the calls of all; if it counts each apart, by no more than those of this model. Less shows that they are apart, as
 * do different amounts; seen twice in a row, it is believed for an hour. More may be the uses of others as well, and is taken for the
 * other models' only if those explain it.
 *
 * <p>A service may say a reset as soon as it gets a call or only with the answer: two are the same if they may be.
 */
final class ReportedReach {

    private static final long BELIEVED_NANOS = Duration.ofHours(1).toNanos();

    /** Services tell resets in whole seconds. */
    private static final long ROUNDING_NANOS = Duration.ofSeconds(1).toNanos();

    private static final long SAME_RESET_NANOS = Duration.ofMillis(1_500).toNanos();

    /** A service may count the latest calls a little late: so many, and this share of the amount, are no evidence. */
    private static final long COUNTED_LATE = 1;

    private static final long COUNTED_LATE_SHARE = 20;

    /** What each model's latest report said. */
    private final Map<ScopeState, Told> latest = new HashMap<>(2);

    /** The first report of each model whose reset is still to come. */
    private final Map<ScopeState, First> first = new HashMap<>(2);

    private boolean together;

    /** Whether the last report showed that they are apart: one may be wrong. */
    private boolean suspectedApart;

    private boolean sliding;
    private long apartUntil = Long.MIN_VALUE;

    /**
     * What a report said of a limit of requests.
     *
     * @param resetFrom when all is left again at the earliest: the service may have said it as soon as the call was sent
     * @param resetUntil when it is at the latest: it may have said it with the answer
     * @param begun when the call began that brought it
     * @param at when it came
     */
    private record Told(long amount, long remaining, long resetFrom, long resetUntil, long begun, long at) {

        static Optional<Told> of(RateLimitReport report, long begun, long now) {
            return ReportedLimits.Told.of(report)
                    .filter(told -> told.key().unit() == Limit.Unit.REQUESTS
                            && told.key().refill() != Refill.CONTINUOUS)
                    .map(told -> new Told(
                            told.amount(),
                            told.left(),
                            begun + told.resetNanos(),
                            now + told.resetNanos(),
                            begun,
                            now));
        }

        /** Returns whether an earlier report may be of the same count. */
        boolean mayCountWith(Told earlier, long now) {
            return earlier.resetUntil > now
                    && earlier.amount == amount
                    && earlier.resetFrom - resetUntil <= SAME_RESET_NANOS
                    && resetFrom - earlier.resetUntil <= SAME_RESET_NANOS;
        }

        /** Returns whether a report of the same count that came before leaves less. */
        boolean wasOvertakenBy(Told earlier, long now) {
            return mayCountWith(earlier, now) && earlier.remaining < remaining;
        }

        /** Returns whether it came before the call of another one began. */
        boolean isBefore(Told later) {
            return at <= later.begun;
        }

        /** Returns how much can have come back before the reset, by the time of a later report. */
        double backBy(Told later, boolean sliding) {
            double used = amount - remaining;
            if (sliding) {
                return used;
            }
            long reset = resetUntil - at - ROUNDING_NANOS;
            return reset <= 0 ? Double.POSITIVE_INFINITY : used * (later.at - begun) / reset;
        }
    }

    /**
     * A report, and which calls it can have counted.
     *
     * @param ownEnded how many calls of the model had ended when its call began
     * @param allEnded how many of the organization had
     * @param allCounted how many of the organization the service may have counted when the report came
     */
    private record First(Told told, long ownEnded, long allEnded, long allCounted) {

        /** Returns the fewest calls of the organization that were counted between this report and that of a later call. */
        long fewestUntil(CallUse later) {
            return later.ofOrganization().letInBefore() - allCounted + 1;
        }
    }

    /** Takes in a report of unknown reach that came for an attempt. */
    void report(CallUse call, RateLimitReport report, long now) {
        Told.of(report, call.beganNanos(), now).ifPresent(told -> {
            ScopeState model = call.model();
            first.values().removeIf(before -> before.told.resetFrom <= now);
            first.computeIfPresent(model, (same, before) -> before.told.amount == told.amount ? before : null);
            noticeSliding(call, report);
            boolean showsApart = isOfAnotherAmount(model, told)
                    || first.values().stream().anyMatch(before -> showApart(before, told, call));
            if (showsApart && suspectedApart) {
                together = false;
                apartUntil = now + BELIEVED_NANOS;
            }
            suspectedApart = showsApart;
            if (!countsApart(now) && mayCountWithAnother(model, told, now) && isUsedByOthers(told, call)) {
                together = true;
            }
            first.computeIfAbsent(model, unused -> first(told, call));
            latest.merge(model, told, (earlier, later) -> later.wasOvertakenBy(earlier, now) ? earlier : later);
        });
    }

    /** As long as a sliding window isn't known as one, what comes back at once looks as if it had never been used. */
    private void noticeSliding(CallUse call, RateLimitReport report) {
        boolean before = sliding;
        sliding = call.model().limits().hasSliding(report)
                || call.organization().limits().hasSliding(report);
        if (sliding && !before) {
            apartUntil = Long.MIN_VALUE;
        }
    }

    private static First first(Told told, CallUse call) {
        return new First(
                told,
                call.model().uses().endedBefore(call.ofModel()),
                call.organization().uses().endedBefore(call.ofOrganization()),
                call.organization().uses().countedCalls());
    }

    /** Returns whether another model has reported another amount between two reports of this one. */
    private boolean isOfAnotherAmount(ScopeState model, Told told) {
        Told own = latest.get(model);
        return own != null
                && own.amount == told.amount
                && latest.values().stream()
                        .anyMatch(other -> other.amount != told.amount && own.isBefore(other) && other.isBefore(told));
    }

    private boolean showApart(First before, Told told, CallUse call) {
        if (!before.told.isBefore(told) || before.told.amount != told.amount) {
            return false;
        }
        double late = COUNTED_LATE + (double) told.amount / COUNTED_LATE_SHARE;
        double shrunk = before.told.remaining - told.remaining + before.told.backBy(told, sliding);
        return shrunk + late < before.fewestUntil(call);
    }

    private boolean isUsedByOthers(Told told, CallUse call) {
        @Nullable First before = first.get(call.model());
        long own = call.model().uses().begunCalls();
        long all = call.organization().uses().begunCalls();
        if (before == null) {
            long used = told.amount - told.remaining;
            return !latest.containsKey(call.model()) && used > own && used <= all;
        }
        long shrunk = before.told.remaining - told.remaining;
        return before.told.begun <= told.begun
                && shrunk > own - before.ownEnded - 1
                && shrunk <= all - before.allEnded - 1
                && !(before.told.isBefore(told) && shrunk < before.fewestUntil(call));
    }

    private boolean mayCountWithAnother(ScopeState model, Told told, long now) {
        return latest.entrySet().stream()
                .anyMatch(other -> other.getKey() != model && told.mayCountWith(other.getValue(), now));
    }

    /** Returns whether no limit of requests was reported. */
    boolean isEmpty() {
        return latest.isEmpty();
    }

    /** Returns whether the models are known to count together. */
    boolean countsTogether() {
        return together;
    }

    /** Returns whether they are known not to. */
    boolean countsApart(long now) {
        return now < apartUntil;
    }

    /** Something else shows that the models count together. */
    void foundTogether() {
        together = true;
    }

    /** Returns whether nothing is left of a model's limit, nor of another one's that may be the same count. */
    boolean isUsedUpWithAnother(ScopeState model, long now) {
        return isUsedUpWith(latest.keySet(), model, now);
    }

    /** Returns whether nothing is left of a model's limit, nor of one of some others' that may be the same count. */
    boolean isUsedUpWith(Collection<ScopeState> others, ScopeState model, long now) {
        Told own = latest.get(model);
        return own != null
                && own.remaining() == 0
                && !countsApart(now)
                && others.stream().filter(other -> other != model).anyMatch(other -> {
                    Told another = latest.get(other);
                    return another != null && another.remaining() == 0 && own.mayCountWith(another, now);
                });
    }
}
