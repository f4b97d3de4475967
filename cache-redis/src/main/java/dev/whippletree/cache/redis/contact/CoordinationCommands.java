package dev.whippletree.cache.redis.contact;

import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What processes can ask of what they share: each is one atomic step there. Thread-safe; no method blocks.
 *
 * <p>A stage ends with a {@link java.util.concurrent.TimeoutException} when there is no answer within the command
 * timeout, with another exception at once while the connection is known to be lost, with a
 * {@link dev.whippletree.cache.redis.link.TooManyCommandsException} at once while too many of this process's commands
 * are under way, and with a {@link RefusedCommandException} when the other side said that it can't. It may end on a
 * thread that mustn't be held up.
 *
 * <p>Nothing but the other side's clock dates what is shared; a duration is how long ago, or until when, something is
 * from the moment at which the command arrives.
 */
public interface CoordinationCommands extends AutoCloseable {

    /** What arrives without having been asked for. Doesn't block. */
    interface Events {

        /** Commands can be sent, again or for the first time. */
        void connected();

        /** Notices arrive from now on; earlier ones may have been missed. */
        void subscribed();

        /** A notice, this process's own ones included. */
        void notice(String text);
    }

    /** Begins to connect, and goes on until it is closed. Called once. */
    void start(Events events);

    /** Returns what should be put right at the other side although it works, a sentence; makes no call. */
    Optional<String> remark();

    /** Says that this process is there, and counts those that are. */
    CompletionStage<Beat> beat(String process, Duration goneAfter);

    /** Says that this process isn't there any more. */
    CompletionStage<Void> leave(String process);

    /** Counts uses, puts blocks, and grants what is asked for. May be sent again, with another turn. */
    CompletionStage<TradeReply> trade(Trade trade);

    /**
     * Registers limits and looks at all that are registered.
     *
     * @param own the places of limits ({@link RedisKeys#place}), and for how long they are worth knowing
     * @return what is used and in flight, by place
     */
    CompletionStage<Map<String, Long>> survey(Map<String, Duration> own);

    /** A claim of a key whose earlier claim may have ended in the last two seconds. */
    long ENDED_LATELY = -1;

    /**
     * Returns 0 or {@link #ENDED_LATELY} if the key has become this token's, or else for how many milliseconds it is
     * another's.
     */
    CompletionStage<Long> claim(CacheKey key, String token, Duration lease);

    /**
     * Returns for how many milliseconds a key is claimed; 0 or less if it isn't. Whoever has asked this or claimed the
     * key in vain is told of its end.
     */
    CompletionStage<Long> claimedFor(CacheKey key);

    /** Keeps a claim for another lease unless it has become another's or has just ended. */
    CompletionStage<Void> renew(CacheKey key, String token, Duration lease);

    /** Ends a claim unless it has become another's, and sends the notice if it hadn't and somebody waits. */
    CompletionStage<Void> unclaim(CacheKey key, String token, String notice);

    /** Claims a scope's probe, also again; returns whether it is this token's. */
    CompletionStage<Boolean> claimProbe(Scope scope, String token, Duration lease);

    /** Keeps a scope's closing, frees its probe, sends the notice. */
    CompletionStage<Void> close(Scope scope, Duration remaining, String notice);

    /** Forgets a scope's closing, frees its probe, sends the notice. */
    CompletionStage<Void> reopen(Scope scope, String notice);

    CompletionStage<List<KeptNotice>> closings();

    @Override
    void close();

    /**
     * Who is there.
     *
     * @param processes how many, this one included
     * @param forgotten whether this one wasn't known: it is new, or has been away, or all was lost
     */
    record Beat(int processes, boolean forgotten) {}

    /**
     * What a process says and asks about limits of one organization.
     *
     * @param knownEpoch the epoch this process has been in; empty if it has been in none
     * @param freshEpoch the epoch to begin if there is none
     * @param process which
     * @param turn more than that of any trade before; what arrives after a later one isn't done
     * @param number of the uses, which are counted once a number
     * @param lease after which blocks count as used if their process isn't heard of any more
     * @param blocks which limits, and what the process has of them
     * @param uses what has ended
     * @param attempts what each would take, of each limit
     * @param askers whose turns the process asks for
     */
    record Trade(
            String organization,
            String knownEpoch,
            String freshEpoch,
            String process,
            long turn,
            long number,
            Duration lease,
            List<BlockEntry> blocks,
            List<DatedEntry> uses,
            List<List<Long>> attempts,
            List<AskerEntry> askers) {}

    /**
     * Whose turns a process asks for.
     *
     * @param turns the name of a tenant's turns of a priority ({@link RedisKeys#turnDigits})
     * @param weight of these turns, in thousandths; 1 or more
     */
    record AskerEntry(String turns, long weight) {}

    /**
     * What a process has of a limit.
     *
     * @param amount of the limit, as this process knows it
     * @param held what is in flight or may be started, and what has ended and isn't among the trade's uses
     * @param free how much of that may be started
     * @param wanted how much more it would like to be free
     * @param used what has ended within the window, of this process alone
     * @param counted the number of the last uses that were counted, if that was answered and must still be known; or 0
     */
    record BlockEntry(
            LimitName name, long amount, Duration window, long held, long free, long wanted, long used, long counted) {}

    /**
     * A use that has a date.
     *
     * @param limit its place among the trade's blocks, from 0
     */
    record DatedEntry(int limit, Duration ago, long amount) {}

    /** How a trade ended. */
    enum Verdict {
        DONE,
        /** It was done, but no attempt was looked at: other processes are entering what was lost. */
        CAREFUL,
        /** There is another epoch, or uses that were counted are missing: they have been lost. Nothing was done. */
        CHANGED,
        /** Nothing was done: a later turn had arrived before. */
        LATE
    }

    /**
     * Answers a trade.
     *
     * @param epoch the epoch there is
     * @param careful for how long processes enter what was lost
     * @param blocks of each block; empty if nothing was done
     * @param attempts of each attempt; empty if nothing was done
     * @param processes by how many each asker is named; empty if nothing was done
     * @param counted of each block, the number of the uses that were counted last; empty unless something was lost
     */
    record TradeReply(
            Verdict verdict,
            String epoch,
            Duration careful,
            List<BlockReply> blocks,
            List<AttemptReply> attempts,
            List<Integer> processes,
            List<Long> counted) {}

    /**
     * What has become of a block.
     *
     * @param more how much more is free
     * @param left of the limit, by this process's idea of its amount; may be negative
     * @param held by the blocks of all processes
     * @param awaited by other processes
     * @param sharedMillis for how long those that have had their share are held back; 0 if nobody is
     */
    record BlockReply(long more, long left, long held, long awaited, long sharedMillis) {}

    /**
     * What has become of an attempt.
     *
     * @param refuser which limit had no room, by its place among the blocks; negative: all had, and it is granted
     * @param waitMillis when there could be
     */
    record AttemptReply(int refuser, long waitMillis) {

        /** Returns whether all limits had room. */
        public boolean isGranted() {
            return refuser < 0;
        }
    }

    /** A notice that was kept, and for how long it still holds. */
    record KeptNotice(Duration remaining, String text) {}
}
