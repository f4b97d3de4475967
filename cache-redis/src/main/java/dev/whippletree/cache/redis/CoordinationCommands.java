package dev.whippletree.cache.redis;

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
 * timeout, with another exception at once while the connection is known to be lost, and with a
 * {@link RefusedCommandException} when the other side said that it can't. It may end on a thread that mustn't be held
 * up.
 *
 * <p>Nothing but the other side's clock dates what is shared; a duration is how long ago, or until when, something is
 * from the moment at which the command arrives.
 */
interface CoordinationCommands extends AutoCloseable {

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

    /** Reserves of all limits or of none. */
    CompletionStage<LimitsReply> reserve(LimitsCall call, String grant, List<Long> uses);

    /** Enters grants and dated uses that aren't known there, and looks what is left. May be sent again. */
    CompletionStage<LimitsReply> enter(
            LimitsCall call, String process, List<GrantEntry> grants, List<DatedEntry> dated);

    /** Ends a grant that is in flight; others are left alone. May be sent again. */
    CompletionStage<Void> end(LimitsCall call, String grant, Duration sinceArrival, List<Long> uses);

    /**
     * Registers limits and looks at all that are registered.
     *
     * @param own the places of limits ({@link RedisKeys#place}), and for how long they are worth knowing
     * @return what is used and in flight, by place
     */
    CompletionStage<Map<String, Long>> survey(Map<String, Duration> own);

    /**
     * Returns 0 if the key has become this token's, or else for how many milliseconds it is another's; negative if too
     * late.
     */
    CompletionStage<Long> claim(CacheKey key, String token, Duration lease, long notAfterMillis);

    /** Returns for how many milliseconds a key is claimed; 0 or less if it isn't. */
    CompletionStage<Long> claimedFor(CacheKey key);

    /** Keeps a claim for another lease; false if it has become another's. */
    CompletionStage<Boolean> renew(CacheKey key, String token, Duration lease);

    /** Ends a claim unless it has become another's, and sends the notice if it hadn't. */
    CompletionStage<Void> unclaim(CacheKey key, String token, String notice);

    /** Returns whether the scope's probe has become this token's. */
    CompletionStage<Boolean> claimProbe(Scope scope, String token, Duration lease);

    /** Keeps a scope's closing, frees its probe, sends the notice. */
    CompletionStage<Void> close(Scope scope, Duration remaining, String notice);

    /** Forgets a scope's closing, frees its probe, sends the notice. */
    CompletionStage<Void> reopen(Scope scope, String notice);

    /** Returns the closings that hold. */
    CompletionStage<List<KeptNotice>> closings();

    @Override
    void close();

    /**
     * Who is there.
     *
     * @param nowMillis the other side's clock
     * @param processes how many, this one included
     */
    record Beat(long nowMillis, int processes) {}

    /**
     * Limits of one organization.
     *
     * @param organization whose
     * @param knownEpoch the epoch this process has been in; empty if it has been in none
     * @param freshEpoch the epoch to begin if there is none
     * @param notAfterMillis by the other side's clock; what arrives later isn't done. 0: whenever
     * @param lease longest time that a grant is in flight
     * @param limits which
     */
    record LimitsCall(
            String organization,
            String knownEpoch,
            String freshEpoch,
            long notAfterMillis,
            Duration lease,
            List<LimitSize> limits) {}

    /** A limit, and its size as this process knows it. */
    record LimitSize(LimitName name, long amount, Duration window) {}

    /**
     * A grant in flight.
     *
     * @param lease how long it still lasts
     * @param uses of some of the call's limits
     */
    record GrantEntry(String id, Duration lease, List<Use> uses) {}

    /**
     * An amount of a limit.
     *
     * @param limit its place in the call, from 0
     */
    record Use(int limit, long amount) {}

    /** A use that has a date. */
    record DatedEntry(Use use, Duration ago) {}

    /** How a call about limits ended. */
    enum Verdict {
        /** It was done. */
        DONE,
        /** A limit has no room; nothing was reserved. */
        REFUSED,
        /** There is another epoch: what this process has used may have been lost. Nothing was done. */
        CHANGED,
        /** Nothing was reserved: other processes are entering what was lost. */
        CAREFUL,
        /** Nothing was done: it arrived after the moment it was meant for. */
        LATE
    }

    /**
     * Answers a call about limits.
     *
     * @param nowMillis the other side's clock
     * @param epoch the epoch there is; empty if late
     * @param careful for how long processes enter what was lost
     * @param refuser which limit had no room, by its place in the call
     * @param waitMillis when it could have
     * @param left of each limit, by this process's idea of its amount; may be negative; empty if nothing was done
     */
    record LimitsReply(
            Verdict verdict,
            long nowMillis,
            String epoch,
            Duration careful,
            int refuser,
            long waitMillis,
            List<Long> left) {}

    /** A notice that was kept, and for how long it still holds. */
    record KeptNotice(Duration remaining, String text) {}
}
