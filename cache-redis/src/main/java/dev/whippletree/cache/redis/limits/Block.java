package dev.whippletree.cache.redis.limits;

import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockReply;
import dev.whippletree.cache.redis.contact.LimitName;
import dev.whippletree.model.Limit;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What this process has of a limit: arithmetic alone. Guarded by its account. Moments are those of
 * {@link dev.whippletree.spi.Services#nanoTime()}.
 *
 * <p>The others count all that is in flight here, what has ended and hasn't been told, and the free part, which may be
 * started without asking. Who can't ask goes by its {@link LastLook}.
 *
 * <p>Untold is what the others don't count as used yet, as far as is known: what is in the window, however long nobody
 * could be told.
 */
final class Block {

    /** A trade that isn't answered has reached Redis by then, if it was there. */
    private static final long ON_THE_WAY_NANOS = Duration.ofMillis(100).toNanos();

    private static final long PACE_NANOS = Duration.ofSeconds(1).toNanos();

    /** Who hasn't traded for longer may be forgotten, as limits.lua has it: else all who ever came would be counted. */
    private static final Duration KNOWN = Duration.ofHours(1);

    /** At ease is who finds so much of a limit left, as the trade's script does. */
    private static final long EASE = 10;

    private static final LastLook NEVER = new LastLook(0, 0, 0, 0, 0, 0);

    private final OwnUses uses = new OwnUses();

    /** What has ended since uses were last told. */
    private OwnUses untold = new OwnUses();

    /** Whether anything has, also if nothing was used: until that is told, others count what was reserved. */
    private boolean ended;

    /** What was told by a trade that isn't answered yet. */
    private List<OwnUses.Dated> unanswered = List.of();

    /** What was told in the window, by number; all of a slot is under the last one. */
    private final TreeMap<Long, OwnUses> told = new TreeMap<>();

    /** Under which number the others have counted last, as far as is known; 0: none. */
    private long counted;

    /** Until when they know that number at least, unless they have lost it. */
    private long countedUntilNanos;

    private Limit limit;
    private long inFlight;
    private long free;
    private long touchedAtNanos;

    private @Nullable LastLook look;

    // Of the last trade that was sent: what it says is held, what was this process's, and what it has got since.
    private long said;
    private long ownAtSent;
    private long gotSinceSent;

    /** Whether the others count nothing, as far as is known. */
    private boolean gone = true;

    private boolean ending;
    private long awaited;
    private long sharedUntilNanos;

    /** Until when it is known what is left; null before any trade. */
    private @Nullable Long knownUntilNanos;

    private final Recent got = new Recent(LastLook.APART_NANOS);
    private final Recent started = new Recent(PACE_NANOS);
    private final Recent starts = new Recent(PACE_NANOS);

    /** A sum over the present span of time and the one before. */
    private static final class Recent {

        private final long spanNanos;
        private long now;
        private long before;
        private long sinceNanos;

        Recent(long spanNanos) {
            this.spanNanos = spanNanos;
        }

        void add(long amount, long nowNanos) {
            rotate(nowNanos);
            now += amount;
        }

        long sum(long nowNanos) {
            rotate(nowNanos);
            return now + before;
        }

        private void rotate(long nowNanos) {
            long age = nowNanos - sinceNanos;
            if (age >= spanNanos) {
                before = age < 2 * spanNanos ? now : 0;
                now = 0;
                sinceNanos = nowNanos;
            }
        }
    }

    Block(Limit limit) {
        this.limit = limit;
    }

    void touch(Limit current, long nowNanos) {
        limit = current;
        touchedAtNanos = nowNanos;
    }

    Limit limit() {
        return limit;
    }

    long windowNanos() {
        return limit.window().toNanos();
    }

    /** Returns whether nothing is held here or there, and everything has left. */
    boolean isIdle(long nowNanos) {
        return gone && !isHeld() && isUnused(nowNanos) && nowNanos - touchedAtNanos > windowNanos();
    }

    /** Returns whether nothing that has ended is in the window. */
    boolean isUnused(long nowNanos) {
        return uses.sum(nowNanos, windowNanos()) == 0;
    }

    /** Returns whether anything is in flight or may be started. */
    boolean isHeld() {
        return inFlight > 0 || free > 0;
    }

    /** Returns whether the others count anything of it that may still change. */
    boolean isCounted() {
        return ended || isHeld();
    }

    /** Returns whether other processes wait for some of the limit, as far as is known. */
    boolean isAwaited() {
        return awaited > 0;
    }

    void forgetAwaited() {
        awaited = 0;
    }

    String remark(LimitName name) {
        String whose = name.model().map(model -> " of " + model).orElse("");
        String unit = limit.toString().substring(String.valueOf(limit.amount()).length());
        return count(limit.amount()) + unit + whose + ": " + count(inFlight) + " in flight"
                + (free > 0 ? ", " + count(free) + " for the next calls" : "")
                + (awaited > 0 ? ", other processes wait for " + count(awaited) : "");
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Returns whether so much may be started without asking. */
    boolean hasFree(long amount) {
        return amount <= free;
    }

    void startFree(long amount, long nowNanos) {
        free -= amount;
        start(amount, nowNanos);
    }

    void startGranted(long amount, long nowNanos) {
        got.add(amount, nowNanos);
        gotSinceSent += amount;
        start(amount, nowNanos);
    }

    /** Starts what {@link #waitNanos} says, of which the others don't know. */
    void start(long amount, long nowNanos) {
        inFlight += amount;
        started.add(amount, nowNanos);
        starts.add(1, nowNanos);
    }

    /** Ends an attempt; a use of zero leaves nothing. */
    void end(long reserved, long used, long atNanos) {
        inFlight -= reserved;
        uses.add(atNanos, used, windowNanos());
        untold.add(atNanos, used, windowNanos());
        untold.forget(atNanos, windowNanos());
        ended = true;
    }

    /** Returns what the next trade tells, and the one after if that isn't answered. */
    List<OwnUses.Dated> unanswered() {
        return unanswered;
    }

    /** Lets the next trade tell what has ended. */
    void tell(long number, long nowNanos) {
        unanswered = untold.all(nowNanos, windowNanos());
        if (!unanswered.isEmpty()) {
            Map.Entry<Long, OwnUses> last = told.lastEntry();
            if (last != null && untold.takeLatest(last.getValue(), windowNanos())) {
                told.remove(last.getKey());
            }
            told.put(number, untold);
        }
        while (!told.isEmpty() && told.firstEntry().getValue().sum(nowNanos, windowNanos()) == 0) {
            told.pollFirstEntry();
        }
        untold = new OwnUses();
        ended = false;
    }

    /** Lets the next trade also tell what was told after a number, since that is lost. */
    void tellAgain(long lastCounted, long number, long nowNanos) {
        SortedMap<Long, OwnUses> lost = told.tailMap(lastCounted + 1);
        lost.values().forEach(uses -> untold.addAll(uses, windowNanos()));
        lost.clear();
        tell(number, nowNanos);
        counted = lastCounted;
    }

    /** Notes that what was told is counted. */
    void told(long number, Duration window, long sentNanos) {
        unanswered = List.of();
        counted = number;
        countedUntilNanos = sentNanos + Math.min(window.toNanos(), KNOWN.toNanos());
    }

    /** Returns whether it matters who has had how much: little is left, or was lately. */
    boolean isShared(long nowNanos) {
        return look != null && (look.left() < limit.amount() / EASE || nowNanos - sharedUntilNanos < 0);
    }

    /** Gives up the free part: it isn't this process's any more, or may not be. */
    void loseFree() {
        free = 0;
    }

    /** Lets nothing stay free, nor be wanted. */
    void retire() {
        ending = true;
    }

    /**
     * Returns what is to be said of it in a trade that is sent now, and goes on from there.
     *
     * @param again whether an earlier trade wasn't answered, so that Redis may have been lost since then, and others
     *     may have used what is left
     */
    BlockEntry state(LimitName name, boolean again, long nowNanos) {
        long pace = !ending && starts.sum(nowNanos) > 1 ? started.sum(nowNanos) : 0;
        boolean ease = look == null || look.left() >= limit.amount() / EASE;
        free = ease ? Math.min(free, pace) : 0;
        if (!again) {
            ownAtSent = usesThatStay(nowNanos, LastLook.APART_NANOS, Long.MAX_VALUE) + inFlight + free;
            // Until it is answered. If it isn't, nobody was granted anything after it.
            if (look != null) {
                look = look.withOwn(usesThatStay(nowNanos, ON_THE_WAY_NANOS, Long.MAX_VALUE) + inFlight + free);
            }
        }
        gotSinceSent = 0;
        said = inFlight + free + untold.sum(nowNanos, windowNanos());
        gone = false;
        return new BlockEntry(
                name,
                limit.amount(),
                limit.window(),
                said,
                free,
                ease && !again ? Math.max(0, pace - free) : 0,
                uses.sum(nowNanos, windowNanos()),
                nowNanos - countedUntilNanos < 0 ? counted : 0);
    }

    /**
     * Takes what was said of it.
     *
     * @param complete whether all have entered what they used: otherwise it isn't known what is left
     * @param sentAtNanos when the trade was sent
     * @param lease for how long blocks last
     */
    void answered(BlockReply reply, boolean complete, long sentAtNanos, Duration lease) {
        free += reply.more();
        got.add(reply.more(), sentAtNanos);
        long more = gotSinceSent + reply.more();
        if (complete) {
            look = new LastLook(
                    sentAtNanos,
                    Math.max(0, reply.left()),
                    ownAtSent + more,
                    got.sum(sentAtNanos),
                    Math.max(0, reply.held() - said - more),
                    sentAtNanos + lease.toNanos() + windowNanos());
        }
        gone = said == 0 && !isHeld();
        awaited = reply.awaited();
        sharedUntilNanos = sentAtNanos + Duration.ofMillis(reply.sharedMillis()).toNanos();
        knowUntil(sentAtNanos + LastLook.APART_NANOS);
    }

    /** Until then there is no more left than a trade has said. */
    void knowUntil(long untilNanos) {
        if (knownUntilNanos == null || untilNanos - knownUntilNanos > 0) {
            knownUntilNanos = untilNanos;
        }
    }

    /** Returns how much all have left, as far as that is known. */
    OptionalLong left(long nowNanos) {
        return look == null || knownUntilNanos == null || nowNanos - knownUntilNanos >= 0
                ? OptionalLong.empty()
                : OptionalLong.of(look.left());
    }

    /** Notes what all had left at a moment, if nothing later is known. */
    void seen(long remains, long atNanos) {
        if (look == null || atNanos - look.atNanos() > 0) {
            long own = usesThatStay(atNanos, LastLook.APART_NANOS, atNanos);
            LastLook last = look == null ? NEVER : look;
            look = last.withUse(atNanos, Math.max(0, remains), own, got.sum(atNanos));
        }
    }

    private long own(long nowNanos) {
        return uses.sum(nowNanos, windowNanos()) + inFlight + free;
    }

    /** Returns what has ended and stays in the window for some time: what leaves before, the others may use again. */
    private long usesThatStay(long atNanos, long forNanos, long untilNanos) {
        return uses.sumBetween(atNanos - windowNanos() + forNanos, untilNanos);
    }

    /**
     * Returns how long to wait until an amount can be used without asking and without the free part.
     *
     * @param processes how many to share with; 0, where nobody knows, promises nothing: it is as if there was one
     * @return nanoseconds; 0: now
     */
    long waitNanos(long amount, int processes, long nowNanos) {
        if (amount == 0) {
            return 0;
        }
        long missing = own(nowNanos) + amount - mostAlone(processes, nowNanos);
        return missing <= 0 ? 0 : uses.waitNanos(missing, nowNanos, windowNanos());
    }

    /** Returns how much can be used without asking, the free part included; processes as above. */
    long leftAlone(int processes, long nowNanos) {
        return Math.max(0, mostAlone(processes, nowNanos) - own(nowNanos) + free);
    }

    private long mostAlone(int processes, long nowNanos) {
        int sharers = Math.max(1, processes);
        return look == null ? limit.amount() / sharers : look.most(limit.amount(), windowNanos(), sharers, nowNanos);
    }
}
