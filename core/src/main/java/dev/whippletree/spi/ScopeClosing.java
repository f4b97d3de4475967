package dev.whippletree.spi;

import dev.whippletree.model.DurationText;
import dev.whippletree.model.Scope;
import dev.whippletree.model.ShownText;
import java.time.Duration;
import java.util.Objects;

/**
 * The closing of a scope. Immutable.
 *
 * @param scope the closed scope
 * @param remaining the remaining time from now, positive
 * @param endKnown whether the scope is open after that time; if not, a process probes it then
 * @param reason the service's message, without secrets
 */
public record ScopeClosing(Scope scope, Duration remaining, boolean endKnown, String reason) {

    /** Checks that the time is positive, and makes the reason safe to show. */
    public ScopeClosing {
        Objects.requireNonNull(scope, "scope");
        reason = ShownText.line(reason);
        if (remaining.isNegative() || remaining.isZero()) {
            throw new IllegalArgumentException(
                    "the remaining time must be positive, not " + DurationText.of(remaining));
        }
    }
}
