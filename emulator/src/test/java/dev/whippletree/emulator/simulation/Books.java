package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission.Counting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * What must be known to be used of declared limits, counted slowly and plainly from the calls alone: a use counts from
 * its call until a window after the latest moment at which it can have arrived, by its answer or by the transit,
 * whichever is earlier. An assumed transit may be given up once a refusal could come of a longer one, and then either
 * may be counted. Shares no code with the engine's own count.
 */
final class Books {

    private static final long UNDATED = Long.MAX_VALUE;
    private static final long ASSUMED_TRANSIT_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long UNTOLD_TRANSIT_NANOS = Duration.ofSeconds(5).toNanos();

    private final Map<Owner, List<Use>> uses = new LinkedHashMap<>();

    /** The connections whose requests may be under way for longer than is assumed. */
    private final Set<String> doubted = new HashSet<>();

    /** A limit of an organization, or of one model of it. */
    record Owner(String organization, Optional<String> model, Limit limit) {}

    /** What one call uses of one limit: until its service says how many tokens, what may have been reserved for it. */
    static final class Use {
        private final Limit.Unit unit;
        private long least;
        private long amount;
        private long most;
        private long dateNanos = UNDATED;

        /** The date if no transit is assumed. */
        private long lateNanos = UNDATED;

        private boolean doubted;

        private Use(Limit.Unit unit, long least, long amount, long most) {
            this.unit = unit;
            this.least = least;
            this.amount = amount;
            this.most = most;
        }

        static Use of(Call call, Limit.Unit unit) {
            return unit == Limit.Unit.REQUESTS
                    ? new Use(unit, 1, 1, 1)
                    : new Use(unit, call.leastReserved(), call.tokens(), call.mostReserved());
        }

        /** Returns the latest moment at which it can have arrived, if what may be doubted is. */
        private long latestNanos() {
            return doubted ? lateNanos : dateNanos;
        }

        private void date(long nanos) {
            dateNanos = Math.min(dateNanos, nanos);
            lateNanos = Math.min(lateNanos, nanos);
        }

        void settle(long counted) {
            least = counted;
            amount = counted;
            most = counted;
        }
    }

    /** Between what is left of a limit, as far as that can be told from outside. */
    record Left(long least, long most) {

        boolean includes(long left) {
            return left >= least && left <= most;
        }
    }

    /** Opens the page of each limit that the engine is told of. */
    void open(SimulatedAccount account) {
        account.models()
                .forEach(model ->
                        owners(account, model).forEach(owner -> uses.computeIfAbsent(owner, own -> new ArrayList<>())));
    }

    static List<Owner> owners(SimulatedAccount account, String model) {
        return account.limits().stream()
                .map(limit -> new Owner(
                        account.organization(),
                        limit.perModel() ? Optional.of(model) : Optional.empty(),
                        limit.limit()))
                .distinct()
                .toList();
    }

    void sent(Call call, long nowNanos) {
        for (Owner owner : owners(call.account, call.model)) {
            List<Use> page = uses.get(owner);
            if (page != null) {
                Use use = Use.of(call, owner.limit().unit());
                use.dateNanos =
                        nowNanos + call.account.transit().map(Duration::toNanos).orElse(ASSUMED_TRANSIT_NANOS);
                use.doubted = doubted.contains(call.connection);
                page.add(use);
                call.uses.add(use);
            }
        }
    }

    void arrived(Call call, long nowNanos) {
        date(call, nowNanos);
    }

    /** Nobody will hear any more when it arrived. */
    void lost(Call call, long nowNanos) {
        date(call, nowNanos + call.account.transit().map(Duration::toNanos).orElse(UNTOLD_TRANSIT_NANOS));
        call.uses.clear();
    }

    private static void date(Call call, long dateNanos) {
        call.uses.forEach(use -> use.date(dateNanos));
    }

    /**
     * A limit was hit: perhaps because requests are under way for longer than is assumed, if more is used than the
     * amount in that case.
     */
    void refused(Call call, long nowNanos) {
        if (call.account.transit().isPresent()) {
            return;
        }
        for (Owner owner : owners(call.account, call.model)) {
            long since = nowNanos - owner.limit().window().toNanos();
            long used = uses.getOrDefault(owner, List.of()).stream()
                    .filter(use -> use.lateNanos > since)
                    .mapToLong(use -> use.most)
                    .sum();
            if (used > owner.limit().amount()) {
                doubted.add(call.connection);
            }
        }
    }

    void settle(Call call, TokenUsage usage) {
        long counted = call.admission.counting() == Counting.ON_ENTRY
                ? usage.promptTokens() + call.admission.completionBound().orElseThrow()
                : usage.total();
        call.uses.stream().filter(use -> use.unit == Limit.Unit.TOKENS).forEach(use -> use.settle(counted));
    }

    /** Returns how much is left of a limit, if the engine was told of it. */
    Optional<Left> left(Owner owner, long nowNanos) {
        List<Use> page = uses.get(owner);
        if (page == null) {
            return Optional.empty();
        }
        forgetWhatHasLeft(page, owner, nowNanos);
        long amount = owner.limit().amount();
        long since = nowNanos - owner.limit().window().toNanos();
        long most = sum(page, use -> use.latestNanos() > since ? use.most : 0);
        long least = sum(page, use -> use.dateNanos > since ? use.least : 0);
        return Optional.of(new Left(Math.max(0, amount - most), Math.max(0, amount - least)));
    }

    private static void forgetWhatHasLeft(List<Use> page, Owner owner, long nowNanos) {
        long since = nowNanos - owner.limit().window().toNanos();
        page.removeIf(use -> use.lateNanos <= since);
    }

    private static long sum(List<Use> page, ToLongFunction<Use> amount) {
        return page.stream().mapToLong(amount).sum();
    }

    /**
     * Returns how long until a call of so many tokens fits, as many of them as given; what may still arrive counts as
     * arriving now.
     */
    long waitNanos(SimulatedAccount account, String model, long calls, long tokens, long nowNanos) {
        long wait = 0;
        for (Owner owner : owners(account, model)) {
            List<Use> page = uses.getOrDefault(owner, List.of());
            long amount = owner.limit().unit() == Limit.Unit.REQUESTS ? calls : tokens;
            wait = Math.max(wait, waitNanos(page, owner, amount, nowNanos));
        }
        return wait;
    }

    private static long waitNanos(List<Use> page, Owner owner, long amount, long nowNanos) {
        long windowNanos = owner.limit().window().toNanos();
        List<Use> inOrder = page.stream()
                .filter(use -> use.dateNanos > nowNanos - windowNanos)
                .sorted(Comparator.comparingLong(use -> use.dateNanos))
                .toList();
        long excess = sum(inOrder, use -> use.amount) + amount - owner.limit().amount();
        if (excess <= 0) {
            return 0;
        }
        if (amount > owner.limit().amount()) {
            // Whatever goes first has to leave before the rest fits.
            return windowNanos;
        }
        long freed = 0;
        for (Use use : inOrder) {
            freed += use.amount;
            if (freed >= excess) {
                return Math.min(use.dateNanos, nowNanos) + windowNanos - nowNanos;
            }
        }
        return Long.MAX_VALUE;
    }
}
