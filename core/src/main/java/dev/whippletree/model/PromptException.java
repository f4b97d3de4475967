package dev.whippletree.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reports why a prompt got no answer. Immutable. */
public final class PromptException extends WhippletreeException {

    private static final long serialVersionUID = 1L;

    /** Why a prompt got no answer. */
    public enum Reason {
        /** The service refused it as wrong; another account would too. */
        REJECTED,
        /** The service's content filter refused it. */
        FILTERED,
        /** It is longer than any model of the route, or any limit, can take. */
        TOO_LARGE,
        /** Every account that could answer is closed for an unknown time. */
        NO_ACCOUNT,
        /** There will be room, but only after its deadline. */
        NO_ROOM_IN_TIME,
        /** Its deadline passed. */
        DEADLINE,
        /**
         * It waited until shortly before its caller would have given up. Asked again within two minutes, it goes back
         * to its turn; {@link #roomAt} says when to ask, well before that comes.
         */
        CALLER_TIMEOUT,
        /** The waiting line is full. */
        LINE_FULL,
        /** Everything that may be tried was tried, and failed. */
        ATTEMPTS_EXHAUSTED,
        /** Part of the answer had been delivered when the stream broke, and it couldn't be continued. */
        STREAM_INTERRUPTED,
        /** Whippletree was closed. */
        CLOSED
    }

    private final Reason reason;
    private final transient List<AttemptReport> attempts;
    private final transient Optional<Instant> roomAt;
    private final transient Optional<FailureKind> kind;

    /**
     * Creates one.
     *
     * @param reason why there is no answer
     * @param message the same for people, with what to do
     * @param attempts the attempts that failed, in order; may be empty
     * @param roomAt when there would be room if nothing else happened, if that is known
     */
    public PromptException(Reason reason, String message, List<AttemptReport> attempts, Optional<Instant> roomAt) {
        this(
                reason,
                message,
                attempts,
                roomAt,
                attempts.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                attempts.get(attempts.size() - 1).failure().kind()));
    }

    /**
     * Creates one that says of which kind the failure behind it is.
     *
     * @param reason why there is no answer
     * @param message the same for people, with what to do
     * @param attempts the attempts that failed, in order; may be empty
     * @param roomAt when there would be room if nothing else happened, if that is known
     * @param kind the kind of failure behind it, if there is one
     */
    public PromptException(
            Reason reason,
            String message,
            List<AttemptReport> attempts,
            Optional<Instant> roomAt,
            Optional<FailureKind> kind) {
        super(message);
        this.reason = reason;
        this.attempts = List.copyOf(attempts);
        this.roomAt = roomAt;
        this.kind = kind;
    }

    /** Returns why there is no answer. */
    public Reason reason() {
        return reason;
    }

    /** Returns the attempts that failed, in order. */
    public List<AttemptReport> attempts() {
        return attempts;
    }

    /** Returns when there would be room if nothing else happened, if that is known. */
    public Optional<Instant> roomAt() {
        return roomAt;
    }

    /**
     * Returns the kind of failure behind it: that of the last attempt or, with {@link Reason#NO_ACCOUNT}, the one that
     * closed all accounts. Empty if there is none, or they are of several kinds.
     */
    public Optional<FailureKind> kind() {
        return kind;
    }
}
