package dev.whippletree.engine.pool;

import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.scope.LimitCounter;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.limits.SlidingWindow;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.LimitUse;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Computes how many attempts some targets of one organization could start within a time, if prompts were always
 * waiting. Reads the engine's state under its lock.
 */
public final class Capacity {

    private static final long PLENTY = Long.MAX_VALUE / 1_000_000;

    /** After so many windows, each further one gives the same. */
    private static final long WINDOWS_LOOKED_AT = 32;

    /** Further rounds come so late that windows hardly matter any more. */
    private static final int ROUNDS_LOOKED_AT = 16;

    private final ScopeState organization;
    private final Set<ScopeState> models = new LinkedHashSet<>();
    private final Map<Account, NextOpening> accounts = new LinkedHashMap<>();
    private final Map<LimitUse, Long> leftForAll;
    private final long now;

    /**
     * The slots of all accounts, the shortest time that one is held, and the longest time from reserving a use to its
     * date.
     */
    private long slots;

    private long roundNanos = PLENTY;
    private long lagNanos;

    /** When the first of an account's targets opens, how many attempts may be under way then, and how many later. */
    private record NextOpening(long nanos, long slots, long mostSlots) {}

    private Capacity(ScopeState organization, Map<LimitUse, Long> leftForAll, long now) {
        this.organization = organization;
        this.leftForAll = leftForAll;
        this.now = now;
    }

    /**
     * Returns the capacity of each organization that some targets belong to.
     *
     * @param leftForAll how much all processes have left of what they share, where that is known; what they use from
     *     now on isn't
     */
    public static Collection<Capacity> of(List<Target> targets, Map<LimitUse, Long> leftForAll, long now) {
        Map<ScopeState, Capacity> capacities = new LinkedHashMap<>();
        for (Target target : targets) {
            long opening = target.soonestNanos(now);
            if (opening != Waits.UNKNOWN) {
                capacities
                        .computeIfAbsent(
                                target.organization(), organization -> new Capacity(organization, leftForAll, now))
                        .add(target, opening == Waits.UNTIL_EVENT ? Waits.NONE : opening);
            }
        }
        capacities.values().forEach(Capacity::total);
        return capacities.values();
    }

    private void add(Target target, long opening) {
        models.add(target.modelScope());
        accounts.merge(
                target.account(),
                new NextOpening(opening, target.concurrency(), target.mostConcurrency()),
                (one, other) -> one.nanos() <= other.nanos() ? one : other);
    }

    private void total() {
        accounts.forEach((account, opening) -> {
            long latency = account.latency().recentMeanNanos();
            slots += opening.mostSlots();
            roundNanos = Math.min(roundNanos, latency);
            lagNanos =
                    Math.max(lagNanos, Math.min(latency, account.transitNanos().orElse(latency)));
        });
    }

    /**
     * Returns how many attempts could begin: within any time, no more than limits admit before it and slots allow
     * during it. The beginning of that time is tried at the latest rounds of slots, since a limit may admit many at
     * once.
     *
     * @param tokens that each reserves
     * @param reserve the share of each limit that each reserves for others, 0 to 1
     */
    public long roomWithin(long aheadNanos, TokenCount tokens, double reserve) {
        long room = Math.min(limitsWithin(aheadNanos, tokens, reserve), slotsWithin(aheadNanos));
        for (int rounds = 1; rounds <= ROUNDS_LOOKED_AT; rounds++) {
            long before = aheadNanos - rounds * roundNanos;
            if (before < 0 || slots * rounds >= room) {
                break;
            }
            room = Math.min(room, limitsWithin(before, tokens, reserve) + slots * rounds);
        }
        return room;
    }

    private long limitsWithin(long aheadNanos, TokenCount tokens, double reserve) {
        long room = roomOf(organization, aheadNanos, tokens, reserve);
        long ofModels = 0;
        for (ScopeState model : models) {
            ofModels = Math.min(PLENTY, ofModels + roomOf(model, aheadNanos, tokens, reserve));
        }
        return Math.min(room, ofModels);
    }

    private long slotsWithin(long aheadNanos) {
        long room = 0;
        for (Map.Entry<Account, NextOpening> entry : accounts.entrySet()) {
            Account account = entry.getKey();
            long open = aheadNanos - entry.getValue().nanos();
            if (open >= 0) {
                long ofAccount = account.slots()
                        .roomWithin(
                                open,
                                entry.getValue().slots(),
                                entry.getValue().mostSlots(),
                                account.latency().recentMeanNanos(),
                                now);
                room = Math.min(PLENTY, room + ofAccount);
            }
        }
        return room;
    }

    private long roomOf(ScopeState scope, long aheadNanos, TokenCount tokens, double reserve) {
        long room = PLENTY;
        for (LimitCounter counter : scope.limits().counters()) {
            long cost = Math.max(1, counter.cost(tokens));
            long claimed =
                    Math.min(counter.left(reserve), Math.max(0, counter.quota().amount() - cost));
            long left = counter.quota() instanceof SlidingWindow window
                    ? roomOf(window, aheadNanos, cost, claimed, usedByOthers(scope, counter))
                    : counter.quota().roomWithin(aheadNanos, claimed, now);
            room = Math.min(room, left / cost);
        }
        return room;
    }

    /** Returns what only the other processes have counted of a limit. */
    private long usedByOthers(ScopeState scope, LimitCounter counter) {
        OptionalLong left =
                leftForAll.isEmpty() ? OptionalLong.empty() : scope.shared().left(counter, leftForAll);
        return left.isPresent() ? Math.max(0, counter.quota().left(now) - left.getAsLong()) : 0;
    }

    /**
     * A use leaves the window a little more than a window later. So the attempts begun by any moment are those that
     * found free room, plus those begun a window earlier, and never more than there were slots. Room that is too small
     * for a whole reservation is lost, and so is what others claim. When others' uses were made isn't known: they leave
     * with the last.
     */
    private long roomOf(SlidingWindow window, long aheadNanos, long cost, long claimed, long usedByOthers) {
        long period = window.windowNanos() + lagNanos;
        long alike = Math.max(0, aheadNanos / period - WINDOWS_LOOKED_AT);
        long last = aheadNanos - alike * period;
        long left = claimed + (window.amount() - claimed) % cost;
        long begun = 0;
        for (long ahead = last % period; ahead <= last; ahead += period) {
            long slots = Math.min(PLENTY, slotsWithin(ahead)) * Math.min(cost, Long.MAX_VALUE / PLENTY);
            long held = left + (ahead < period ? usedByOthers : 0);
            begun = Math.min(slots, Math.max(0, window.freeWithin(ahead, lagNanos, now) - held) + begun);
        }
        return begun + alike * Math.min(window.amount() - left, PLENTY / (alike + 1));
    }
}
