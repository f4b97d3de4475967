package dev.whippletree.model;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The origin of a completion. Immutable.
 *
 * @param source how this caller got it
 * @param account the id of the account that answered, also when the answer was stored or shared
 * @param model the model as the service named it in its answer; kept as {@link ShownText#line}
 * @param attempts calls made for it, 0 if it came from a cache
 * @param waited how long this caller's prompt waited for room before the call that answered it; zero if it came from a
 *     cache
 * @param cache the cache tier it came from, if any, if any
 */
public record Origin(
        Source source, String account, String model, int attempts, Duration waited, Optional<String> cache) {

    /** How a caller got its answer. */
    public enum Source {
        /** By a call made for it. */
        CALL,
        /** By the call of an equal prompt. */
        JOINED,
        /** From a cache. */
        CACHE
    }

    /** Rejects null and negative attempts, and makes the model's name safe to show. */
    public Origin {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(account, "account");
        model = ShownText.line(model);
        Objects.requireNonNull(waited, "waited");
        Objects.requireNonNull(cache, "cache");
        if (attempts < 0) {
            throw new IllegalArgumentException("attempts can't be negative: " + attempts);
        }
    }
}
