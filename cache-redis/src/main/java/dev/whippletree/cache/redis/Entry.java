package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.CoordinationCommands.GrantEntry;
import dev.whippletree.cache.redis.CoordinationCommands.LimitSize;
import dev.whippletree.cache.redis.CoordinationCommands.LimitsCall;
import dev.whippletree.cache.redis.CoordinationCommands.Use;
import dev.whippletree.cache.redis.Holdings.DatedUse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process makes known in one go. Immutable, but for its grants, which are their ledger's.
 *
 * @param call of all limits that are used here
 * @param held the grants that are known there once it has been done
 * @param grants the same, as they are sent
 * @param dated what was used before another epoch began
 * @param whole whether nothing else has to be made known
 */
record Entry(LimitsCall call, List<HeldGrant> held, List<GrantEntry> grants, List<DatedEntry> dated, boolean whole) {

    /** Entered in one step: a millisecond's work there. */
    private static final int MOST_GRANTS = 500;

    /**
     * Writes down what isn't known there, or the first part of it.
     *
     * @param missing grants
     * @param lost what was used before another epoch began
     */
    static Entry of(LimitsCall call, List<HeldGrant> missing, List<DatedUse> lost, long now) {
        List<LimitName> names = call.limits().stream().map(LimitSize::name).toList();
        List<HeldGrant> first = missing.subList(0, Math.min(missing.size(), MOST_GRANTS));
        List<GrantEntry> grants = first.stream()
                .map(grant -> new GrantEntry(grant.id(), rest(grant, call.lease(), now), uses(grant, names)))
                .toList();
        List<DatedEntry> dated = lost.stream()
                .flatMap(each -> use(names, each.limit(), each.use().amount())
                        .map(use -> new DatedEntry(
                                use, Duration.ofNanos(now - each.use().atNanos()))))
                .toList();
        return new Entry(call, first, grants, dated, first.size() == missing.size());
    }

    /** One that has ended is in flight there only until its end arrives, which comes next. */
    private static Duration rest(HeldGrant grant, Duration lease, long now) {
        return grant.state() == HeldGrant.State.IN_FLIGHT ? lease.minusNanos(now - grant.reservedAtNanos()) : lease;
    }

    private static List<Use> uses(HeldGrant grant, List<LimitName> names) {
        return grant.uses().stream()
                .flatMap(use -> use(names, LimitName.of(use), use.amount()))
                .toList();
    }

    /** Returns nothing if the limit isn't used here any more. */
    private static Stream<Use> use(List<LimitName> names, LimitName limit, long amount) {
        int place = names.indexOf(limit);
        return place < 0 ? Stream.empty() : Stream.of(new Use(place, amount));
    }
}
