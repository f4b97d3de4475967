package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.CoordinationCommands.BlockEntry;
import dev.whippletree.cache.redis.CoordinationCommands.BlockReply;
import dev.whippletree.model.Limit;
import java.time.Duration;
import java.util.Locale;

/**
 * What this process has of a limit, and what it knows of the rest: arithmetic alone. Guarded by its account. Moments
 * are those of {@link dev.whippletree.spi.Services#nanoTime()}.
 *
 * <p>The others count all that is in flight here, what has ended and hasn't been told, and the free part, which may be
 * started without asking.
 *
 * <p>Cut off from n processes, each may go on at what it had within a window when it last asked, and an nth of what
 * was left then; all together that is no more than the amount. (What the others know of is {@link Contact#INTERVAL}
 * old at most, so what was granted here in that time is taken off this process's part, as often as there are others
 * who may not know of it, and what would have left in that time isn't gone on with.) From one window after that on, it
 * is an nth of the amount, if that is less, and from two on in any case: but for what all blocks held, until that has
 * left as well.
 */
final class Block {

    private static final long RECENT_NANOS = Contact.INTERVAL.plusMillis(500).toNanos();
    private static final long PACE_NANOS = Duration.ofSeconds(1).toNanos();

    /** At ease is who finds so much of a limit left, as the trade's script does. */
    private static final long EASE = 10;

    private final OwnUses uses = new OwnUses();
    private Limit limit;
    private long inFlight;
    private long free;
    private long touchedAtNanos;

    // Of the last trade that was answered.
    private boolean asked;
    private long askedAtNanos;
    private long left;
    private long heldByAll;
    private long ownThen;
    private long blockThen;
    private long blocksLeaveAtNanos;
    private long unknownToOthers;

    // Of the last trade that was sent: what it says is held, what was this process's then, and what it has got since.
    private long said;
    private long ownAtSent;
    private long gotSinceSent;

    /** Whether the others count nothing, as far as is known. */
    private boolean gone = true;

    private boolean ending;

    private final Recent got = new Recent(RECENT_NANOS);
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

    /** Takes the limit as it is given now. */
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

    OwnUses uses() {
        return uses;
    }

    /** Returns whether nothing is held here or there, and everything has left. */
    boolean isIdle(long nowNanos) {
        return gone && !isHeld() && uses.sum(nowNanos, windowNanos()) == 0 && nowNanos - touchedAtNanos > windowNanos();
    }

    /** Returns whether the others count anything of it that may still change. */
    boolean isHeld() {
        return inFlight > 0 || free > 0;
    }

    /** Returns what is held, and what is left as far as is known. */
    String remark(LimitName name) {
        String whose = name.model().map(model -> " of " + model).orElse("");
        String unit = limit.toString().substring(String.valueOf(limit.amount()).length());
        return count(limit.amount()) + unit + whose + ": " + count(inFlight) + " in flight"
                + (free > 0 ? ", " + count(free) + " for the next calls" : "")
                + (asked ? ", " + count(left) + " left" : "");
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Returns whether so much may be started without asking. */
    boolean hasFree(long amount) {
        return amount <= free;
    }

    /** Starts what {@link #hasFree} says. */
    void startFree(long amount, long nowNanos) {
        free -= amount;
        start(amount, nowNanos);
    }

    /** Starts what a trade has granted. */
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
     * Returns what is said of it in a trade that is sent now.
     *
     * @param untold what has ended and isn't among the trade's uses
     */
    BlockEntry entry(LimitName name, long untold, long nowNanos) {
        long pace = !ending && starts.sum(nowNanos) > 1 ? started.sum(nowNanos) : 0;
        boolean ease = !asked || left >= limit.amount() / EASE;
        free = ease ? Math.min(free, pace) : 0;
        ownAtSent = stillOwn(nowNanos, Long.MAX_VALUE) + inFlight + free;
        gotSinceSent = 0;
        said = inFlight + free + untold;
        gone = false;
        return new BlockEntry(
                name,
                limit.amount(),
                limit.window(),
                said,
                free,
                ease ? Math.max(0, pace - free) : 0,
                uses.sum(nowNanos, windowNanos()));
    }

    /**
     * Takes what was said of it.
     *
     * @param sentAtNanos when the trade was sent
     * @param lease for how long blocks last
     */
    void answered(BlockReply reply, long sentAtNanos, Duration lease) {
        free += reply.more();
        got.add(reply.more(), sentAtNanos);
        see(reply.left(), ownAtSent + gotSinceSent + reply.more(), sentAtNanos);
        heldByAll = reply.held();
        blockThen = inFlight + free;
        blocksLeaveAtNanos = sentAtNanos + lease.toNanos() + windowNanos();
        gone = said == 0 && !isHeld();
    }

    /** Notes what all had left at a moment, if nothing later is known. */
    void seen(long remains, long atNanos) {
        if (!asked || atNanos - askedAtNanos > 0) {
            see(remains, stillOwn(atNanos, atNanos), atNanos);
        }
    }

    private long own(long nowNanos) {
        return uses.sum(nowNanos, windowNanos()) + inFlight + free;
    }

    /** Returns what has ended and the others count for some time to come: what leaves before, they may use again. */
    private long stillOwn(long atNanos, long untilNanos) {
        return uses.sumBetween(atNanos - windowNanos() + RECENT_NANOS, untilNanos);
    }

    private void see(long remains, long own, long atNanos) {
        asked = true;
        askedAtNanos = atNanos;
        ownThen = own;
        left = Math.max(0, remains);
        unknownToOthers = got.sum(atNanos);
    }

    /**
     * Returns how long to wait until an amount can be used without asking and without the free part.
     *
     * @param processes how many to share with; 0, where nobody knows, promises nothing: it is as if there was one
     * @return nanoseconds; 0: now
     */
    long waitNanos(long amount, int processes, long nowNanos) {
        int share = Math.max(1, processes);
        long window = windowNanos();
        if (amount == 0) {
            return 0;
        }
        boolean blocksCount = asked && nowNanos - blocksLeaveAtNanos < 0;
        long most = blocksCount ? Math.max(0, limit.amount() - heldByAll) / share + blockThen : limit.amount() / share;
        if (asked && nowNanos - askedAtNanos < 2 * window) {
            long asThen = ownThen + Math.max(0, left - (share - 1) * unknownToOthers) / share;
            most = nowNanos - askedAtNanos < window ? asThen : Math.min(most, asThen);
        }
        long missing = own(nowNanos) + amount - Math.min(most, limit.amount());
        return missing <= 0 ? 0 : uses.waitNanos(missing, nowNanos, window);
    }
}
