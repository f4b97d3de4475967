package dev.whippletree.cache.redis.notices;

import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.model.Scope;
import dev.whippletree.model.ShownText;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.ScopeClosing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What processes tell each other. Immutable.
 *
 * <p>As text, it is a list of parts, each with its length before it, so that parts may hold any characters. The first
 * is the version of the form; what has another one isn't heard, nor is what no process of this version tells.
 *
 * @param process whose
 * @param kind what has happened
 * @param parts to what
 */
public record Notice(String process, Kind kind, List<String> parts) {

    private static final String VERSION = "1";
    private static final int LONGEST_REASON = 500;
    private static final int LONGEST_TEXT = 8_192;
    private static final int MOST_PARTS = 8;
    private static final Pattern PROCESS = Pattern.compile("[0-9a-z-]{1,64}");

    /** The longest that providers take a service at its word. */
    private static final Duration LONGEST_CLOSING = Duration.ofDays(31);

    /** When somebody looks again. */
    private static final Duration LONGEST_UNKNOWN = Duration.ofHours(1);

    /** What can have happened. */
    public enum Kind {
        /** A claim has ended. */
        UNCLAIMED,
        /** A scope is closed. */
        CLOSED,
        /** A scope is open again. */
        REOPENED
    }

    /** Copies the parts. */
    public Notice {
        parts = List.copyOf(parts);
    }

    /** Returns the notice that a claim has ended. */
    public static Notice unclaimed(String process, CacheKey key) {
        return new Notice(process, Kind.UNCLAIMED, List.of(key.tenant(), key.digest()));
    }

    /** Returns that a scope is closed, for as long as others believe at most. */
    public static Notice closed(String process, ScopeClosing closing) {
        String reason = closing.reason();
        Duration most = longest(closing.endKnown());
        Duration remaining = closing.remaining().compareTo(most) < 0 ? closing.remaining() : most;
        return new Notice(
                process,
                Kind.CLOSED,
                List.of(
                        closing.scope().organization(),
                        model(closing.scope()),
                        Long.toString(remaining.toMillis()),
                        Boolean.toString(closing.endKnown()),
                        reason.substring(0, Math.min(reason.length(), LONGEST_REASON))));
    }

    private static Duration longest(boolean endKnown) {
        return endKnown ? LONGEST_CLOSING : LONGEST_UNKNOWN;
    }

    static Notice reopened(String process, Scope scope) {
        return new Notice(process, Kind.REOPENED, List.of(scope.organization(), model(scope)));
    }

    private static String model(Scope scope) {
        return scope.model().map(name -> "=" + name).orElse("");
    }

    /** Returns the scope that it is about. */
    Scope scope() {
        String model = parts.get(1);
        return new Scope(parts.get(0), model.isEmpty() ? Optional.empty() : Optional.of(model.substring(1)));
    }

    /** Returns the closing, as it was when it was reported; its reason is fit for a terminal. */
    ScopeClosing closing() {
        long millis = Math.max(1, Long.parseLong(parts.get(2)));
        return new ScopeClosing(
                scope(), Duration.ofMillis(millis), Boolean.parseBoolean(parts.get(3)), ShownText.line(parts.get(4)));
    }

    /** Returns it as text. */
    public String text() {
        StringBuilder text = new StringBuilder();
        append(text, VERSION);
        append(text, process);
        append(text, kind.name());
        parts.forEach(part -> append(text, part));
        return text.toString();
    }

    private static void append(StringBuilder text, String part) {
        text.append(part.length()).append(':').append(part);
    }

    /**
     * Reads a text; empty if it is of another version, or nothing that a process tells.
     *
     * @param corrupt is told of notices that no process sends
     */
    public static Optional<Notice> read(String text, CorruptValue corrupt) {
        try {
            List<String> all = split(text);
            if (!all.get(0).equals(VERSION)) {
                return Optional.empty();
            }
            Notice notice = new Notice(all.get(1), Kind.valueOf(all.get(2)), all.subList(3, all.size()));
            if (notice.isPlausible()) {
                return Optional.of(notice);
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // Said below.
        }
        corrupt.note("notice " + text);
        return Optional.empty();
    }

    private boolean isPlausible() {
        return PROCESS.matcher(process).matches()
                && switch (kind) {
                    case UNCLAIMED, REOPENED -> parts.size() == 2;
                    case CLOSED -> parts.size() == 5 && isPlausibleClosing();
                };
    }

    private boolean isPlausibleClosing() {
        long millis = Long.parseLong(parts.get(2));
        boolean endKnown = parts.get(3).equals("true");
        return (endKnown || parts.get(3).equals("false"))
                && millis >= 0
                && millis <= longest(endKnown).toMillis()
                && parts.get(4).length() <= LONGEST_REASON;
    }

    private static List<String> split(String text) {
        if (text.length() > LONGEST_TEXT) {
            throw new IllegalArgumentException("too long");
        }
        List<String> all = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int colon = text.indexOf(':', at);
            int end = colon + 1 + Integer.parseInt(text.substring(at, colon));
            all.add(text.substring(colon + 1, end));
            at = end;
            if (all.size() > MOST_PARTS) {
                throw new IllegalArgumentException("too many parts");
            }
        }
        return all;
    }
}
