package dev.whippletree.model;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Why an attempt didn't give an answer. Immutable.
 *
 * @param kind what it means
 * @param message the service's own words, shortened, without secrets; or ours where it said nothing; kept as {@link
 *     ShownText#line}
 * @param status the HTTP status, if there was one
 * @param code the service's own code, if it gave one, or {@link #DAMAGED}
 * @param retryAfter how long the service said to wait; for {@link FailureKind#QUOTA_EXHAUSTED} the time until the reset
 * @param reach what it applies to, where the kind closes anything
 */
public record Failure(
        FailureKind kind,
        String message,
        OptionalInt status,
        Optional<String> code,
        Optional<Duration> retryAfter,
        Reach reach) {

    /** The code of {@link FailureKind#UNAVAILABLE} where an answer came that nobody can use: the service is there. */
    public static final String DAMAGED = "damaged_answer";

    /** Rejects null, and makes the message safe to show. */
    public Failure {
        Objects.requireNonNull(kind, "kind");
        message = ShownText.line(message);
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(retryAfter, "retryAfter");
        Objects.requireNonNull(reach, "reach");
    }

    /** Returns a failure that no status, code or wait comes with and that reaches no further than the account. */
    public static Failure of(FailureKind kind, String message) {
        return new Failure(kind, message, OptionalInt.empty(), Optional.empty(), Optional.empty(), Reach.ACCOUNT);
    }

    /** Returns its kind in lower case; where only this prompt is refused, as far as anybody knows, {@code refused}. */
    public String word() {
        return reach == Reach.PROMPT ? "refused" : kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return word().toUpperCase(Locale.ROOT) + (status.isPresent() ? " (" + status.getAsInt() + ")" : "") + ": "
                + message;
    }
}
