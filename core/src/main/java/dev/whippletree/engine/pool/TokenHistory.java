package dev.whippletree.engine.pool;

import java.util.List;

/**
 * The tokens learned for prompts or completions of one kind, for later processes to start from. Immutable.
 *
 * @param key of which
 * @param latest the latest values, the oldest first
 * @param changedAt when the last one came
 */
public record TokenHistory(Key key, List<Integer> latest, long changedAt) {

    /** What is learned. */
    public enum Kind {
        /** By how much a provider's estimates of a model's prompts of one size are wrong, in thousandths. */
        PROMPTS,
        /** How many tokens completions of a route by a model have. */
        COMPLETIONS
    }

    /**
     * What tells one from another. Immutable.
     *
     * @param kind what is learned
     * @param name the provider, or the route
     * @param model by which model
     * @param size the number of binary digits of the estimates; 0 for completions
     */
    public record Key(Kind kind, String name, String model, int size) {

        /** Prompts whose estimates are wrong in the same way. */
        static Key ofPrompts(Target target, long estimate) {
            return new Key(
                    Kind.PROMPTS,
                    target.account().settings().provider(),
                    target.model(),
                    Long.SIZE - Long.numberOfLeadingZeros(estimate));
        }

        /** Completions of about the same length. */
        static Key ofCompletions(Route route, Target target) {
            return new Key(Kind.COMPLETIONS, route.name(), target.model(), 0);
        }
    }

    /** Copies the values. */
    public TokenHistory {
        latest = List.copyOf(latest);
    }
}
