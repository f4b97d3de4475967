package dev.whippletree.model;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Why an attempt got no answer. Immutable.
 *
 * @param kind what happened, independent of the service's words
 * @param message the service's message, shortened, without secrets; ours if it sent none; kept as
 *     {@link ShownText#line}
 * @param status the HTTP status, if any
 * @param code the service's error code, if any, or {@link #DAMAGED} or {@link #ENDED_EARLY}
 * @param param the field of the request that the service names, if any
 * @param retryAfter the service's Retry-After; for {@link FailureKind#QUOTA_EXHAUSTED}, the time until the reset;
 *     believed for a day at most
 * @param reach what it applies to, if its kind closes anything
 */
public record Failure(
        FailureKind kind,
        String message,
        OptionalInt status,
        Optional<String> code,
        Optional<String> param,
        Optional<Duration> retryAfter,
        Reach reach) {

    /** The code of {@link FailureKind#UNAVAILABLE} for an unusable answer: the service can be reached. */
    public static final String DAMAGED = "damaged_answer";

    /** The code of {@link FailureKind#UNAVAILABLE} for a stream that ended before its answer did. */
    public static final String ENDED_EARLY = "stream_ended_early";

    /** Rejects null, and makes the message safe to show. */
    public Failure {
        Objects.requireNonNull(kind, "kind");
        message = ShownText.line(message);
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(param, "param");
        Objects.requireNonNull(retryAfter, "retryAfter");
        Objects.requireNonNull(reach, "reach");
    }

    /** Creates a failure whose service names no field. */
    public Failure(
            FailureKind kind,
            String message,
            OptionalInt status,
            Optional<String> code,
            Optional<Duration> retryAfter,
            Reach reach) {
        this(kind, message, status, code, Optional.empty(), retryAfter, reach);
    }

    /** Returns a failure of the account alone, without status, code or Retry-After. */
    public static Failure of(FailureKind kind, String message) {
        return new Failure(kind, message, OptionalInt.empty(), Optional.empty(), Optional.empty(), Reach.ACCOUNT);
    }

    /** Returns its kind in lower case; {@code refused} if, as far as known, it concerns only the prompt. */
    public String word() {
        return reach == Reach.PROMPT ? "refused" : kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return word().toUpperCase(Locale.ROOT) + (status.isPresent() ? " (" + status.getAsInt() + ")" : "") + ": "
                + message;
    }
}
