package dev.whippletree.spi;

import dev.whippletree.model.Scope;
import dev.whippletree.model.ShownText;
import java.time.Duration;
import java.util.Objects;

/**
 * The closing of a scope. Immutable.
 *
 * @param scope what is closed
 * @param remaining for how long, from now: positive
 * @param endKnown whether it is open after that; if not, somebody looks whether it is
 * @param reason why, in the service's words: never with a secret
 */
public record ScopeClosing(Scope scope, Duration remaining, boolean endKnown, String reason) {

    /** Checks that the time is positive, and makes the reason safe to show. */
    public ScopeClosing {
        Objects.requireNonNull(scope, "scope");
        reason = ShownText.line(reason);
        if (remaining.isNegative() || remaining.isZero()) {
            throw new IllegalArgumentException("the remaining time must be positive, not " + remaining);
        }
    }
}
