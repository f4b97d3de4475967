package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.Admission.Counting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What must be known to be used of declared limits, counted slowly and plainly from the calls alone: a use counts from its call
 * until a window after the latest moment at which it can have arrived. Shares no code with the engine's own count.
 */
final class Books {

    private static final long UNDATED = Long.MAX_VALUE;
    private static final long UNTOLD_TRANSIT_NANOS = Duration.ofSeconds(5).toNanos();

    private final Map<Owner, List<Use>> uses = new LinkedHashMap<>();

    /** A limit of an organization, or of one model of it. */
    record Owner(String organization, Optional<String> model, Limit limit) {}

    /** What one call uses of one limit. */
    static final class Use {
        private final Limit.Unit unit;
        private long amount;
        private long dateNanos = UNDATED;

        Use(Limit.Unit unit, long amount) {
            this.unit = unit;
            this.amount = amount;
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

    void sent(Call call) {
        for (Owner owner : owners(call.account, call.model)) {
            List<Use> page = uses.get(owner);
            if (page != null) {
                Use use = new Use(
                        owner.limit().unit(),
                        owner.limit().unit() == Limit.Unit.REQUESTS ? 1 : call.tokens());
                call.account.transit().ifPresent(transit -> use.dateNanos = call.sentNanos + transit.toNanos());
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
    }

    private static void date(Call call, long dateNanos) {
        for (Use use : call.uses) {
            if (use.dateNanos == UNDATED) {
                use.dateNanos = dateNanos;
            }
        }
    }

    void settle(Call call, TokenUsage usage) {
        long counted = call.admission.counting() == Counting.ON_ENTRY
                ? usage.promptTokens() + call.admission.completionBound()
                : usage.total();
        call.uses.stream().filter(use -> use.unit == Limit.Unit.TOKENS).forEach(use -> use.amount = counted);
    }

    /** Returns how much is left of a limit, if the engine was told of it. */
    Optional<Long> left(Owner owner, long nowNanos) {
        List<Use> page = uses.get(owner);
        return page == null
                ? Optional.empty()
                : Optional.of(Math.max(0, owner.limit().amount() - used(page, owner, nowNanos)));
    }

    private static long used(List<Use> page, Owner owner, long nowNanos) {
        long windowNanos = owner.limit().window().toNanos();
        page.removeIf(use -> use.dateNanos != UNDATED && use.dateNanos <= nowNanos - windowNanos);
        long used = 0;
        for (Use use : page) {
            used += use.amount;
        }
        return used;
    }

    /** Returns how long until a call of so many tokens fits, as many of them as given; what is under way is dated now. */
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
        long excess = used(page, owner, nowNanos) + amount - owner.limit().amount();
        if (excess <= 0) {
            return 0;
        }
        if (amount > owner.limit().amount()) {
            return Long.MAX_VALUE;
        }
        List<Use> inOrder = new ArrayList<>(page);
        inOrder.sort((one, other) -> Long.compare(one.dateNanos, other.dateNanos));
        long freed = 0;
        for (Use use : inOrder) {
            freed += use.amount;
            if (freed >= excess) {
                return use.dateNanos == UNDATED ? windowNanos : use.dateNanos + windowNanos - nowNanos;
            }
        }
        return Long.MAX_VALUE;
    }
}
