package dev.whippletree.metrics;

import dev.whippletree.model.Origin;
import java.util.List;
import java.util.Locale;

/** The names of event metrics that the conventions don't define. */
final class Own {

    static final String PREFIX = "whippletree.";
    static final String ENGINE = "engine";
    static final String ONLY = "default";

    static final String OUTCOME = "outcome";
    static final String REASON = "reason";
    static final String FAILED = "failed";
    static final String CANCELLED = "cancelled";

    /** The value of a tag without one, as all rows of a meter need the same tags. */
    static final String NONE = "none";

    /** The value of a tag for everything beyond the most values it may have. */
    static final String OTHER = "_OTHER";

    /** Prompts may wait for an hour's limit. In seconds. */
    static final List<Double> SECONDS =
            List.of(0.01, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0);

    private Own() {}

    /** Returns how a prompt was answered, in a word. */
    static String outcome(Origin.Source source) {
        return switch (source) {
            case CALL -> "service";
            case JOINED -> "joined";
            case CACHE -> "cache";
        };
    }

    /** Returns a constant's name as a tag's value. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
