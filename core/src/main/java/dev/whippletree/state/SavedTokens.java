package dev.whippletree.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * The tokens learned for prompts or completions of one kind. Immutable.
 *
 * @param latest the latest values, the oldest first, 0 or more each; the last 100 are kept
 * @param changed when the last one came
 */
public record SavedTokens(SavedTokensKey key, List<Integer> latest, Instant changed) {

    /** How many values are kept of each: enough for the second largest of 93 to be certain. */
    public static final int MOST_VALUES = 100;

    /** How long they are kept: models and prompts have changed by then. */
    private static final Duration KEPT = Duration.ofDays(30);

    /**
     * Identifies a kind of prompts or completions. Immutable.
     *
     * @param name the provider or route
     * @param size the size of the prompts, where that matters
     */
    public record SavedTokensKey(String kind, String name, String model, int size) {

        public SavedTokensKey {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(model, "model");
        }
    }

    public SavedTokens {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(changed, "changed");
        latest = List.copyOf(latest.subList(Math.max(0, latest.size() - MOST_VALUES), latest.size()));
        if (latest.stream().anyMatch(value -> value < 0)) {
            throw new IllegalArgumentException("tokens can't be negative");
        }
    }

    boolean isOver(Instant now) {
        return changed.isBefore(now.minus(KEPT));
    }

    /** Returns it for a clock that has been put back since. */
    SavedTokens seenAt(Instant now) {
        return Clocks.isAhead(changed, now) ? new SavedTokens(key, latest, now) : this;
    }

    /** Returns the better of two views: the one with more values, else the newer one. */
    static SavedTokens better(SavedTokens one, SavedTokens other) {
        if (one.latest.size() != other.latest.size()) {
            return one.latest.size() > other.latest.size() ? one : other;
        }
        return other.changed.isAfter(one.changed) ? other : one;
    }
}
