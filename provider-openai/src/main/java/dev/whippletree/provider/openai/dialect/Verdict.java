package dev.whippletree.provider.openai.dialect;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The meaning of an error. Immutable.
 *
 * @param kind the kind of failure
 * @param reach the accounts or models it applies to, if the kind closes anything
 * @param retryAfter the wait after which a retry makes sense, zero or more; empty if unknown
 */
public record Verdict(FailureKind kind, Reach reach, Optional<Duration> retryAfter) {

    /** Checks that nothing is null. */
    public Verdict {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(reach, "reach");
        Objects.requireNonNull(retryAfter, "retryAfter");
    }

    /** Returns a verdict without a time. */
    public static Verdict of(FailureKind kind, Reach reach) {
        return new Verdict(kind, reach, Optional.empty());
    }

    /** Returns the same verdict with another reach. */
    public Verdict reaching(Reach reach) {
        return new Verdict(kind, reach, retryAfter);
    }

    /** Returns the same verdict with another time. */
    public Verdict after(Optional<Duration> retryAfter) {
        return new Verdict(kind, reach, retryAfter);
    }
}
