package dev.whippletree.gateway.batches;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a batch ends, and since when that is decided. The name of a file says it. Immutable.
 *
 * @param second since 1970
 */
record Ending(How how, long second) {

    private static final Pattern FILE = Pattern.compile("ending-(completed|failed|expired|cancelled)-(\\d{1,18})");

    /** The statuses that a batch keeps. */
    enum How {
        COMPLETED,
        FAILED,
        EXPIRED,
        CANCELLED;

        /** Returns it as OpenAI calls it. */
        String status() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    String fileName() {
        return "ending-" + how.status() + "-" + second;
    }

    /** Returns the fields of a batch that say it, until it has ended. */
    Map<String, Object> json() {
        return switch (how) {
            case CANCELLED -> Map.of("status", "cancelling", "cancelling_at", second);
            case COMPLETED, EXPIRED -> Map.of("status", "finalizing", "finalizing_at", second);
            case FAILED -> Map.of();
        };
    }

    /** Reads a file's name; empty if it is no ending's. */
    static Optional<Ending> of(String fileName) {
        Matcher name = FILE.matcher(fileName);
        return name.matches()
                ? Optional.of(
                        new Ending(How.valueOf(name.group(1).toUpperCase(Locale.ROOT)), Long.parseLong(name.group(2))))
                : Optional.empty();
    }
}
