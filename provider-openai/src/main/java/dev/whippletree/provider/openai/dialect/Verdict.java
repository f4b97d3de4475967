package dev.whippletree.provider.openai.dialect;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.Optional;

/**
 * The meaning of an error. Immutable.
 *
 * @param kind the kind of failure
 * @param reach the accounts or models it applies to, if the kind closes anything
 * @param retryAfter the wait after which a retry makes sense, zero or more; empty if unknown
 */
public record Verdict(FailureKind kind, Reach reach, Optional<Duration> retryAfter) {

    public static Verdict of(FailureKind kind, Reach reach) {
        return new Verdict(kind, reach, Optional.empty());
    }

    public Verdict reaching(Reach reach) {
        return new Verdict(kind, reach, retryAfter);
    }

    public Verdict after(Optional<Duration> retryAfter) {
        return new Verdict(kind, reach, retryAfter);
    }
}
