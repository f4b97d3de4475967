package dev.whippletree.emulator.model;

import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of a {@link Latency}. */
final class LatencyText {

    private static final Pattern FORM = Pattern.compile(
            "([^~]+?)\\s*(?:~\\s*(?:(\\d{1,3}(?:\\.\\d{1,4})?)\\s*%|lognormal:(\\d(?:\\.\\d{1,4})?)))?");
    private static final double PERCENT = 100;

    private LatencyText() {}

    static Latency parse(String text) {
        Matcher matcher = FORM.matcher(text.trim());
        try {
            if (matcher.matches()) {
                return of(matcher);
            }
        } catch (IllegalArgumentException e) {
            throw wrong(text, ": " + e.getMessage());
        }
        throw wrong(text, "");
    }

    private static Latency of(Matcher matcher) {
        Duration mean = Settings.parseDuration(matcher.group(1));
        if (matcher.group(2) != null) {
            return Latency.uniform(mean, Double.parseDouble(matcher.group(2)) / PERCENT);
        }
        if (matcher.group(3) != null) {
            return Latency.lognormal(mean, Double.parseDouble(matcher.group(3)));
        }
        return Latency.constant(mean);
    }

    private static IllegalArgumentException wrong(String text, String what) {
        return new IllegalArgumentException("'" + text + "' is not a latency" + what
                + "; write, for example, '1s', '800ms~20%' (evenly around it) or '1s~lognormal:0.3'");
    }
}
