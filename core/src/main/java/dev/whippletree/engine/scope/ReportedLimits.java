package dev.whippletree.engine.scope;

import dev.whippletree.engine.run.Waits;
import dev.whippletree.limits.learning.RefillInference;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The limits of one scope that its service reports, each by its key. Guarded by the engine's lock. */
final class ReportedLimits {

    private final Map<ReportKey, LimitCounter> counters = new LinkedHashMap<>();

    /** How limits refill whose service doesn't say, by their keys as reported. */
    private final Map<ReportKey, RefillInference> searches = new HashMap<>(0);

    /**
     * A report that makes sense. Immutable.
     *
     * @param key which limit it is of; how it refills may be unsaid
     * @param amount how much a window allows, 1 or more
     * @param left what was left, 0 to the amount
     * @param resetNanos how long until all is left again, from 0 to its window, or to a day if that is longer or unsaid
     */
    record ValidReport(ReportKey key, long amount, long left, long resetNanos) {

        static Optional<ValidReport> of(RateLimitReport report) {
            if (report.amount().isEmpty()
                    || report.remaining().isEmpty()
                    || report.reset().filter(reset -> !reset.isNegative()).isEmpty()) {
                return Optional.empty();
            }
            long amount = report.amount().getAsLong();
            return Optional.of(new ValidReport(
                    ReportKey.of(report),
                    amount,
                    Math.min(amount, report.remaining().getAsLong()),
                    Math.min(
                            Waits.nanos(report.reset().get()),
                            Math.max(
                                    Waits.LONGEST_BELIEVED_NANOS,
                                    Waits.nanos(report.window().orElse(Duration.ZERO))))));
        }

        long used() {
            return amount - left;
        }
    }

    /** Returns which limit a report is of, once what it tells of how that refills is taken in. */
    ReportKey find(ValidReport valid, long begunNanos, long now) {
        ReportKey key = valid.key();
        if (key.refill() != Refill.UNSAID) {
            return key;
        }
        RefillInference search = searches.computeIfAbsent(key, unknown -> new RefillInference(believed(key)));
        search.report(begunNanos, valid.used(), valid.resetNanos(), now);
        return key.refilling(search.found());
    }

    /** Returns how a limit refills that an earlier process knew; a fixed window if none did. */
    private Refill believed(ReportKey key) {
        for (Refill refill : Refill.values()) {
            if (counters.containsKey(key.refilling(refill))) {
                return refill;
            }
        }
        return Refill.AT_ONCE;
    }

    /** Removes the limit that is the same as one of which something else was believed of how it refills. */
    Optional<LimitCounter> takeMistaken(ReportKey key) {
        if (!searches.containsKey(key.refilling(Refill.UNSAID))) {
            return Optional.empty();
        }
        for (Refill refill : Refill.values()) {
            @Nullable LimitCounter mistaken = refill == key.refill() ? null : counters.remove(key.refilling(refill));
            if (mistaken != null) {
                return Optional.of(mistaken);
            }
        }
        return Optional.empty();
    }

    @Nullable LimitCounter get(ReportKey key) {
        return counters.get(key);
    }

    void put(ReportKey key, LimitCounter counter) {
        counters.put(key, counter);
    }

    /** Removes a limit, however it refills. Returns whether it was there. */
    boolean remove(ReportKey key) {
        return counters.keySet().removeIf(known -> known.refilling(key.refill()).equals(key));
    }

    /**
     * Returns those of which the provider knows that they refill bit by bit: what is only inferred from resets may be
     * something else.
     */
    Stream<Map.Entry<ReportKey, LimitCounter>> buckets() {
        return counters.entrySet().stream()
                .filter(entry -> entry.getKey().refill() == Refill.CONTINUOUS)
                .filter(entry -> !searches.containsKey(entry.getKey().refilling(Refill.UNSAID)));
    }

    Map<ReportKey, LimitCounter> all() {
        return Collections.unmodifiableMap(counters);
    }
}
