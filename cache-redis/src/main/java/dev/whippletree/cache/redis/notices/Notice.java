package dev.whippletree.cache.redis.notices;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.model.Scope;
import dev.whippletree.model.ShownText;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.ScopeClosing;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What processes tell each other. Immutable.
 *
 * <p>As text, it is a list of parts with blanks between them, each encoded as in URLs, so that parts may hold any
 * characters. The first is the version of the form; what has another one isn't heard, nor is what no process of this
 * version tells.
 *
 * @param process whose
 * @param kind what has happened
 * @param parts to what
 */
public record Notice(String process, Kind kind, List<String> parts) {

    private static final int VERSION = 1;
    private static final int LONGEST_REASON = 500;
    private static final int LONGEST_TEXT = 8_192;
    private static final Pattern PROCESS = Pattern.compile("[0-9a-z-]{1,64}");

    /** The longest that providers take a service at its word. */
    private static final Duration LONGEST_CLOSING = Duration.ofDays(31);

    /** When somebody looks again. */
    private static final Duration LONGEST_UNKNOWN = Duration.ofHours(1);

    public enum Kind {
        UNCLAIMED,
        CLOSED,
        REOPENED
    }

    public Notice {
        parts = List.copyOf(parts);
    }

    public static Notice unclaimed(String process, CacheKey key) {
        return new Notice(process, Kind.UNCLAIMED, List.of(RedisKeys.question(key)));
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

    public String text() {
        return Stream.concat(Stream.of(Integer.toString(VERSION), process, kind.name()), parts.stream())
                .map(part -> URLEncoder.encode(part, UTF_8))
                .collect(Collectors.joining(" "));
    }

    /**
     * Reads a text; empty if it is of another version, or nothing that a process tells.
     *
     * @param corrupt is told of notices that no process sends
     */
    public static Optional<Notice> read(String text, CorruptValue corrupt) {
        try {
            List<String> all = split(text);
            if (Integer.parseInt(all.get(0)) != VERSION) {
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
                    case UNCLAIMED -> parts.size() == 1;
                    case REOPENED -> parts.size() == 2;
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
        return Stream.of(text.split(" ", -1))
                .map(part -> URLDecoder.decode(part, UTF_8))
                .toList();
    }
}
