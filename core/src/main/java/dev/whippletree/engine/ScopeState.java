package dev.whippletree.engine;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.quota.FixedWindow;
import dev.whippletree.quota.ReportedQuota;
import dev.whippletree.quota.SlidingWindow;
import dev.whippletree.quota.TokenBucket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The limits and the closure of one scope, and the leases that use it. Guarded by the engine's lock.
 *
 * <p>A declared limit is counted by sliding window until the service reports the same limit, at most as large: what it says
 * replaces our guess at how it counts. A smaller declared one stays beside it, as a ceiling the user set.
 */
final class ScopeState {

    private final Scope scope;
    private final Closure closure = new Closure();
    private final List<Meter> meters = new ArrayList<>();
    private final Map<ReportKey, Meter> reported = new LinkedHashMap<>();
    private final Set<Lease> leases = new LinkedHashSet<>();

    /** What tells one reported limit of a scope from another; a window of zero is one that wasn't said. */
    record ReportKey(Limit.Unit unit, Refill refill, Duration window) {}

    ScopeState(Scope scope) {
        this.scope = scope;
    }

    Scope scope() {
        return scope;
    }

    Closure closure() {
        return closure;
    }

    List<Meter> meters() {
        return meters;
    }

    /** Declares a limit; the same one again, as by a second account of the organization, changes nothing. */
    void declare(Limit limit) {
        boolean known = meters.stream()
                .anyMatch(meter -> meter.unit() == limit.unit()
                        && meter.quota().amount() == limit.amount()
                        && meter.quota().window().equals(Optional.of(limit.window())));
        if (!known) {
            meters.add(new Meter(
                    limit.unit(), LimitStatus.Source.DECLARED, new SlidingWindow(limit.amount(), limit.window())));
        }
    }

    boolean knowsRequestLimit() {
        return counts(Limit.Unit.REQUESTS);
    }

    boolean countsTokens() {
        return counts(Limit.Unit.TOKENS);
    }

    private boolean counts(Limit.Unit unit) {
        for (Meter meter : meters) {
            if (meter.unit() == unit) {
                return true;
            }
        }
        return false;
    }

    /** Returns how long until a reservation fits, the closure aside. */
    long waitNanos(long tokens, long now) {
        long wait = Waits.NONE;
        for (Meter meter : meters) {
            wait = Math.max(wait, meter.quota().waitNanos(meter.cost(tokens), now));
        }
        return wait;
    }

    /** Returns whether reserving for one prompt now would make another one wait longer for its own reservation. */
    boolean wouldDelay(long tokens, long otherTokens, long now) {
        long together = Waits.NONE;
        for (Meter meter : meters) {
            long both = meter.cost(tokens) + meter.cost(otherTokens);
            together = Math.max(together, meter.quota().waitNanos(both, now));
        }
        return together > waitNanos(otherTokens, now);
    }

    boolean canEverFit(long tokens) {
        for (Meter meter : meters) {
            if (!meter.canEverFit(tokens)) {
                return false;
            }
        }
        return true;
    }

    double headroom(long now) {
        double least = 1;
        for (Meter meter : meters) {
            least = Math.min(least, meter.headroom(now));
        }
        return least;
    }

    void join(Lease lease, long now) {
        leases.add(lease);
        for (Meter meter : meters) {
            lease.hold(meter, now);
        }
    }

    void leave(Lease lease) {
        leases.remove(lease);
    }

    /** Takes in what the service said in answer to an attempt. What makes no sense is dropped. */
    void report(RateLimitReport report, Lease lease, long now) {
        if (report.amount().isEmpty()
                || report.remaining().isEmpty()
                || report.reset().isEmpty()) {
            return;
        }
        Optional<Duration> window = window(report);
        if (window.isEmpty() || report.reset().get().isNegative()) {
            return;
        }
        ReportKey key =
                new ReportKey(report.unit(), report.refill(), report.window().orElse(Duration.ZERO));
        long amount = report.amount().getAsLong();
        Meter meter = reported.get(key);
        if (meter == null) {
            meter = learn(key, amount, window.get(), now);
        }
        ((ReportedQuota) meter.quota())
                .report(
                        lease.useOf(meter),
                        amount,
                        Math.min(amount, report.remaining().getAsLong()),
                        Waits.nanos(report.reset().get()),
                        now);
    }

    /** Returns the limits that the service reported. */
    Map<ReportKey, Meter> reported() {
        return Collections.unmodifiableMap(reported);
    }

    /** Goes on counting a limit that the service reported to an earlier process, from where that stood. */
    void resume(ReportKey key, ReportedQuota.Standing standing, long now) {
        boolean derived = key.refill() == Refill.CONTINUOUS && key.window().isZero();
        Duration window = derived ? Duration.ofNanos(standing.refillNanos()) : key.window();
        Meter meter = learn(key, standing.amount(), window, now);
        ((ReportedQuota) meter.quota()).resume(standing, now);
    }

    /** A bucket's window follows from what is used and how long that takes to come back; a fixed window's needn't be known. */
    private static Optional<Duration> window(RateLimitReport report) {
        if (report.refill() == Refill.AT_ONCE || report.window().isPresent()) {
            return Optional.of(report.window().orElse(Duration.ZERO));
        }
        double used = report.amount().getAsLong() - report.remaining().getAsLong();
        double nanos =
                Waits.nanos(report.reset().get()) / used * report.amount().getAsLong();
        return used > 0 && nanos >= 1 ? Optional.of(Duration.ofNanos((long) nanos)) : Optional.empty();
    }

    /** Begins to count a limit that nobody had told of; what is under way counts towards it too. */
    private Meter learn(ReportKey key, long amount, Duration window, long now) {
        ReportedQuota quota =
                key.refill() == Refill.AT_ONCE ? new FixedWindow(amount) : new TokenBucket(amount, window, now);
        Meter meter = new Meter(key.unit(), LimitStatus.Source.REPORTED, quota);
        reported.put(key, meter);
        meters.removeIf(known -> isSame(known, key, amount, window));
        meters.add(meter);
        leases.forEach(lease -> lease.hold(meter, now));
        // Only once all hold it: what the others report may be older than that this one has arrived.
        leases.forEach(lease -> lease.catchUp(meter, now));
        return meter;
    }

    private static boolean isSame(Meter declared, ReportKey key, long amount, Duration window) {
        if (declared.source() != LimitStatus.Source.DECLARED || declared.unit() != key.unit()) {
            return false;
        }
        return window.isZero()
                ? declared.quota().amount() == amount
                : declared.quota().window().equals(Optional.of(window))
                        && amount <= declared.quota().amount();
    }

    List<LimitStatus> limits(long now) {
        return meters.stream().map(meter -> status(meter, now)).toList();
    }

    private LimitStatus status(Meter meter, long now) {
        long left = meter.quota().left(now);
        return new LimitStatus(
                scope,
                meter.unit(),
                meter.quota().amount(),
                meter.quota().window(),
                left,
                meter.source(),
                left > 0 ? OptionalLong.empty() : OptionalLong.of(meter.quota().waitNanos(1, now)));
    }
}
