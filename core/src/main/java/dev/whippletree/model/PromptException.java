package dev.whippletree.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reports why a prompt got no answer. Immutable. If a provider has thrown something on the way, its cause is that.
 *
 * <pre>{@code
 * try {
 *     return whippletree.ask(prompt).text();
 * } catch (PromptException e) {
 *     return e.isRetryable() ? "Later: " + e.roomAt().map(Instant::toString).orElse("soon") : e.getMessage();
 * }
 * }</pre>
 */
public final class PromptException extends WhippletreeException {

    private static final long serialVersionUID = 1L;

    /** Why a prompt got no answer. */
    public enum Reason {
        /** The service refused it as invalid; other accounts would too. */
        REJECTED,
        /** The service's content filter refused it. */
        FILTERED,
        /** It is longer than any model of the route or any limit allows. */
        TOO_LARGE,
        /** All accounts that could answer are closed for an unknown time. */
        NO_ACCOUNT,
        /** There will be no room before its deadline. */
        NO_ROOM_IN_TIME,
        /**
         * Its deadline passed, or services fail until then, or its route was stalled
         * ({@link Prompt.Builder#endWhenStalled()}).
         */
        DEADLINE,
        /**
         * It waited until shortly before its caller's timeout. Asked again within two minutes, it gets its turn back;
         * {@link #roomAt} says when to ask, well before the turn comes.
         */
        CALLER_TIMEOUT,
        /** The waiting line is full. */
        LINE_FULL,
        /** All allowed attempts failed. */
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
    private final Duration tried;

    /**
     * Creates an exception for a prompt without a call that anybody timed.
     *
     * @param reason why there is no answer
     * @param message the same for people, with what to do
     * @param attempts the attempts that failed, in order; may be empty
     * @param roomAt when there would be room if nothing else happened, if that is known
     */
    public PromptException(Reason reason, String message, List<AttemptReport> attempts, Optional<Instant> roomAt) {
        this(reason, message, attempts, roomAt, kindOfLast(attempts), Duration.ZERO);
    }

    /**
     * Creates an exception with the kind of its cause.
     *
     * @param reason why there is no answer
     * @param message the same for people, with what to do
     * @param attempts the attempts that failed, in order; may be empty
     * @param roomAt when there would be room if nothing else happened, if that is known
     * @param kind the kind of failure that caused it, if any
     * @param tried from the beginning of the first call until the prompt failed; zero without a call
     */
    public PromptException(
            Reason reason,
            String message,
            List<AttemptReport> attempts,
            Optional<Instant> roomAt,
            Optional<FailureKind> kind,
            Duration tried) {
        super(message);
        this.reason = reason;
        this.attempts = List.copyOf(attempts);
        this.roomAt = roomAt;
        this.kind = kind;
        this.tried = tried;
    }

    /** Returns the kind of the last failed attempt; empty if there is none. */
    public static Optional<FailureKind> kindOfLast(List<AttemptReport> attempts) {
        return attempts.isEmpty()
                ? Optional.empty()
                : Optional.of(attempts.get(attempts.size() - 1).failure().kind());
    }

    /** Returns why there is no answer. */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns whether the same prompt may be answered later although nobody changes anything: there was no room or
     * time, or services failed. Not if the prompt itself was refused, if all accounts are closed until somebody fixes
     * one, or if the Whippletree is closed.
     */
    public boolean isRetryable() {
        return switch (reason) {
            case NO_ROOM_IN_TIME, DEADLINE, CALLER_TIMEOUT, LINE_FULL, ATTEMPTS_EXHAUSTED, STREAM_INTERRUPTED -> true;
            case NO_ACCOUNT ->
                roomAt.isPresent()
                        && kind.filter(cause ->
                                        cause == FailureKind.UNAUTHORIZED || cause == FailureKind.MODEL_UNAVAILABLE)
                                .isEmpty();
            case REJECTED, FILTERED, TOO_LARGE, CLOSED -> false;
        };
    }

    /** Returns the attempts that failed, in order. */
    public List<AttemptReport> attempts() {
        return attempts;
    }

    /**
     * Returns when there would be room if nothing else happened, if that is known: for failed attempts, when the first
     * target opens again. Also empty if that is now.
     */
    public Optional<Instant> roomAt() {
        return roomAt;
    }

    /**
     * Returns the kind of failure that caused it: the last attempt's or, for {@link Reason#NO_ACCOUNT}, the kind that
     * closed all accounts. Empty if there is none, or several.
     */
    public Optional<FailureKind> kind() {
        return kind;
    }

    /**
     * Returns how long calls have been tried: from the beginning of the first one until the prompt failed, pauses
     * included; zero without a call.
     */
    public Duration tried() {
        return tried;
    }

    /** The cause may not be serializable, or its class unknown to the reader: so its text and frames are written. */
    private Object writeReplace() {
        Throwable cause = getCause();
        if (cause == null) {
            return this;
        }
        Throwable shown = new Throwable(cause.toString());
        shown.setStackTrace(cause.getStackTrace());
        return copy(shown);
    }

    /** What isn't written is empty, not null. */
    private Object readResolve() {
        return copy(getCause());
    }

    private PromptException copy(@Nullable Throwable cause) {
        PromptException copy = new PromptException(
                reason, String.valueOf(getMessage()), List.of(), Optional.empty(), Optional.empty(), tried);
        copy.setStackTrace(getStackTrace());
        if (cause != null) {
            copy.initCause(cause);
        }
        return copy;
    }
}
