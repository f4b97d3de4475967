package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.CoordinationCommands.LimitSize;
import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this process holds and has used of one organization's limits, and how much of that the others know of:
 * arithmetic alone. Guarded by its ledger. Moments are those of {@link dev.whippletree.spi.Services#nanoTime()}.
 */
final class Holdings {

    /** When something can have changed for one who can't ask. */
    private static final long LONGEST_WAIT_NANOS = Contact.INTERVAL.toNanos();

    private final String organization;
    private final UsageSync usageSync;
    private final Map<LimitName, OwnLimit> limits = new LinkedHashMap<>();
    private final Map<String, HeldGrant> held = new LinkedHashMap<>();

    /** A use that has a date. */
    record DatedUse(LimitName limit, OwnUses.Dated use) {}

    /**
     * Creates what holds nothing.
     *
     * @param usageSync what others use of limits that are new here
     */
    Holdings(String organization, UsageSync usageSync) {
        this.organization = organization;
        this.usageSync = usageSync;
    }

    /** Takes limits as they are given now. */
    void touch(List<LimitUse> uses, long now) {
        uses.forEach(use -> limit(use).touch(use.limit(), now));
    }

    /** Returns a refusal if the uses don't fit this process's share; empty if they fit. */
    Optional<Grant> refusal(List<LimitUse> uses, int processes, long now) {
        LimitUse by = null;
        long longest = 0;
        for (LimitUse use : uses) {
            long wait = limit(use).waitNanos(use.amount(), processes, now);
            if (wait > longest) {
                longest = wait;
                by = use;
            }
        }
        return by == null
                ? Optional.empty()
                : Optional.of(new Grant.Refused(by, Duration.ofNanos(Math.min(longest, LONGEST_WAIT_NANOS))));
    }

    /** Holds what Redis has granted, and notes what it has left. */
    void holdGranted(HeldGrant grant, List<Long> left, long now) {
        grant.uses().forEach(use -> limit(use).granted(use.amount(), now));
        if (asked(grant.uses(), left, now)) {
            grant.setCounted();
            hold(grant);
        } else {
            holdUncounted(grant);
        }
    }

    /** Holds a grant that Redis hadn't counted when it was last asked. */
    void holdUncounted(HeldGrant grant) {
        hold(grant);
        grant.uses().forEach(use -> limit(use).addSinceAsked(use.amount()));
    }

    private void hold(HeldGrant grant) {
        held.put(grant.id(), grant);
        grant.uses().forEach(use -> limit(use).hold(use.amount()));
    }

    /** Remembers a reservation that was refused here but may have been made in Redis, to release it there. */
    void keepRefused(String id, List<LimitUse> uses, long now) {
        HeldGrant grant = new HeldGrant(id, uses, now, true);
        grant.release();
        grant.setCounted();
        held.put(id, grant);
    }

    /** Returns a grant, also one that has ended. */
    Optional<HeldGrant> find(String id) {
        return Optional.ofNullable(held.get(id));
    }

    /** Returns a grant if it hasn't ended. */
    Optional<HeldGrant> findInFlight(String id) {
        return find(id).filter(grant -> grant.state() == HeldGrant.State.IN_FLIGHT);
    }

    /** Ends a grant that was used. */
    void settle(HeldGrant grant, Optional<TokenCount> tokens, long atNanos) {
        grant.settle(tokens, atNanos);
        countEnd(grant, atNanos);
    }

    /** Ends a grant of which nothing was used. */
    void release(HeldGrant grant, long now) {
        grant.release();
        countEnd(grant, now);
    }

    private void countEnd(HeldGrant grant, long atNanos) {
        for (LimitUse use : grant.uses()) {
            long used = grant.used(use);
            limit(use).end(use.amount(), used, atNanos);
            if (!grant.isCounted()) {
                limit(use).addSinceAsked(used - use.amount());
            }
        }
    }

    /** Forgets a grant that is done with; what was used of it stays used. */
    void remove(String id) {
        held.remove(id);
    }

    /** Returns the grants that have to be made known there. */
    List<HeldGrant> missing() {
        return held.values().stream()
                .filter(grant -> !grant.isEntered() && grant.state() != HeldGrant.State.RELEASED)
                .toList();
    }

    /** Returns whether each grant is known there. */
    boolean isAllEntered() {
        return held.values().stream().allMatch(HeldGrant::isEntered);
    }

    /** Returns the grants that have ended and aren't done with. */
    List<HeldGrant> ended() {
        return held.values().stream()
                .filter(grant -> grant.state() != HeldGrant.State.IN_FLIGHT)
                .toList();
    }

    /** Notes that grants have been made known there, so that what was released may be let go of there. */
    void entered(List<HeldGrant> grants) {
        grants.forEach(grant -> grant.setEntered(true));
        held.values().stream()
                .filter(grant -> grant.state() == HeldGrant.State.RELEASED)
                .forEach(grant -> grant.setEntered(true));
    }

    /**
     * Notes what Redis has left, unless it lacks some of this process's grants.
     *
     * @return whether it lacked none
     */
    boolean asked(List<LimitUse> uses, List<Long> left, long now) {
        boolean complete = held.values().stream().allMatch(HeldGrant::isCounted);
        for (int i = 0; complete && i < uses.size(); i++) {
            limit(uses.get(i)).asked(left.get(i), now);
        }
        return complete;
    }

    /** Notes what the others have left of all limits, the grants that are entered included. */
    void askedAll(List<LimitSize> sizes, List<Long> left, long now) {
        held.values().stream().filter(HeldGrant::isEntered).forEach(HeldGrant::setCounted);
        for (int i = 0; i < sizes.size(); i++) {
            OwnLimit own = limits.get(sizes.get(i).name());
            if (own != null) {
                own.asked(left.get(i), now);
            }
        }
        held.values().stream()
                .filter(grant -> !grant.isCounted())
                .forEach(grant -> grant.uses().forEach(use -> limit(use).addSinceAsked(grant.used(use))));
    }

    /**
     * Takes it that nothing is known there any more.
     *
     * @return what was used in the last window; only what is in flight is still held
     */
    List<DatedUse> beginAnew(long now) {
        List<DatedUse> all = new ArrayList<>();
        limits.forEach((name, own) -> {
            own.uses().sum(now, own.windowNanos());
            own.uses().all().forEach(use -> all.add(new DatedUse(name, use)));
        });
        held.values().removeIf(grant -> grant.state() != HeldGrant.State.IN_FLIGHT);
        held.values().forEach(grant -> grant.setEntered(false));
        return all;
    }

    /**
     * Lets go of what time has ended.
     *
     * @param lease longest time that a grant is in flight
     * @return the grants that were in flight for longer, and count as used
     */
    List<String> tidy(Duration lease, long now) {
        List<String> expired = new ArrayList<>();
        for (Iterator<HeldGrant> each = held.values().iterator(); each.hasNext(); ) {
            HeldGrant grant = each.next();
            long expiry = grant.reservedAtNanos() + lease.toNanos();
            if (grant.state() == HeldGrant.State.IN_FLIGHT && now - expiry >= 0) {
                settle(grant, Optional.empty(), expiry);
                expired.add(grant.id());
            }
            if (grant.state() == HeldGrant.State.SETTLED
                    && hasLeft(grant, now)
                    && !isPerhapsThere(grant, expiry, now)) {
                each.remove();
            }
        }
        limits.values().removeIf(own -> own.isIdle(now));
        return expired;
    }

    /** A grant that Redis may have in flight has to be ended there, or it stays until its lease is over. */
    private static boolean isPerhapsThere(HeldGrant grant, long expiry, long now) {
        return (grant.isSent() || grant.isEntered()) && now - expiry < 0;
    }

    private static boolean hasLeft(HeldGrant grant, long now) {
        return grant.uses().stream()
                .allMatch(use ->
                        now - grant.arrivedAtNanos() > use.limit().window().toNanos());
    }

    /** Returns all limits. */
    List<LimitSize> sizes() {
        List<LimitSize> sizes = new ArrayList<>();
        limits.forEach((name, own) ->
                sizes.add(new LimitSize(name, own.limit().amount(), own.limit().window())));
        return sizes;
    }

    private OwnLimit limit(LimitUse use) {
        return limits.computeIfAbsent(LimitName.of(use), name -> open(name, use.limit()));
    }

    private OwnLimit open(LimitName name, Limit limit) {
        OwnLimit own = new OwnLimit(limit);
        usageSync
                .of(RedisKeys.place(organization, name))
                .ifPresent(sight -> own.asked(limit.amount() - sight.used(), sight.atNanos()));
        return own;
    }
}
