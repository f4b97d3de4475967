package dev.whippletree.emulator.wire;

import dev.whippletree.emulator.model.LimitHit;
import dev.whippletree.model.Limit;
import java.time.Duration;

/** How Groq and services like it speak of a limit: {@code tokens per minute (TPM)}. Stateless. */
final class LimitWords {

    private LimitWords() {}

    static String name(Limit limit) {
        String unit = limit.unit().wireName().replace('-', ' ');
        if (limit.window().equals(Duration.ofMinutes(1))) {
            return unit + " per minute (" + initial(limit) + "PM)";
        }
        if (limit.window().equals(Duration.ofDays(1))) {
            return unit + " per day (" + initial(limit) + "PD)";
        }
        String text = limit.toString();
        return unit + " per " + text.substring(text.indexOf('/') + 2);
    }

    /** Returns the figures of a hit limit: {@code Limit 6000, Used 5034, Requested 1443}. */
    static String figures(LimitHit hit) {
        return "Limit " + hit.limit().amount() + ", Used " + hit.state().used() + ", Requested " + hit.requested();
    }

    private static String initial(Limit limit) {
        return switch (limit.unit()) {
            case REQUESTS -> "R";
            case TOKENS -> "T";
            case INPUT_TOKENS -> "IT";
            case OUTPUT_TOKENS -> "OT";
        };
    }
}
