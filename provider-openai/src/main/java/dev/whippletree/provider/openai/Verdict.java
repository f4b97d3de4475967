package dev.whippletree.provider.openai;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What an error means. Immutable.
 *
 * @param kind what it means
 * @param reach what it applies to, where the kind closes anything
 * @param retryAfter when trying again makes sense, zero or more; empty if that isn't known
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
