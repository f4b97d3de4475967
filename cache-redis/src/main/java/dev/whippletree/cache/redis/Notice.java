package dev.whippletree.cache.redis;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.ScopeClosing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What processes tell each other. Immutable.
 *
 * <p>As text, it is a list of parts, each with its length before it, so that parts may hold any characters. The first is the
 * version of the form; what has another one, or can't be read, isn't heard.
 *
 * @param process whose
 * @param kind what has happened
 * @param parts to what
 */
record Notice(String process, Kind kind, List<String> parts) {

    private static final String VERSION = "1";
    private static final int LONGEST_REASON = 500;

    /** What can have happened. */
    enum Kind {
        /** A claim has ended. */
        UNCLAIMED,
        /** A scope is closed. */
        CLOSED,
        /** A scope is open again. */
        REOPENED
    }

    /** Copies the parts. */
    Notice {
        parts = List.copyOf(parts);
    }

    static Notice unclaimed(String process, CacheKey key) {
        return new Notice(process, Kind.UNCLAIMED, List.of(key.tenant(), key.digest()));
    }

    static Notice closed(String process, ScopeClosing closing) {
        String reason = closing.reason();
        return new Notice(
                process,
                Kind.CLOSED,
                List.of(
                        closing.scope().organization(),
                        model(closing.scope()),
                        Long.toString(closing.remaining().toMillis()),
                        Boolean.toString(closing.endKnown()),
                        reason.substring(0, Math.min(reason.length(), LONGEST_REASON))));
    }

    static Notice reopened(String process, Scope scope) {
        return new Notice(process, Kind.REOPENED, List.of(scope.organization(), model(scope)));
    }

    private static String model(Scope scope) {
        return scope.model().map(name -> "=" + name).orElse("");
    }

    /** Returns whether it is about a claim of this key. */
    boolean isOf(CacheKey key) {
        return parts.equals(List.of(key.tenant(), key.digest()));
    }

    /** Returns the scope that it is about. */
    Scope scope() {
        String model = parts.get(1);
        return new Scope(parts.get(0), model.isEmpty() ? Optional.empty() : Optional.of(model.substring(1)));
    }

    /** Returns the closing, as it was when it was told. */
    ScopeClosing closing() {
        long millis = Math.max(1, Long.parseLong(parts.get(2)));
        return new ScopeClosing(scope(), Duration.ofMillis(millis), Boolean.parseBoolean(parts.get(3)), parts.get(4));
    }

    /** Returns it as text. */
    String text() {
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

    /** Reads a text; empty if it is none of this version. */
    static Optional<Notice> read(String text) {
        try {
            List<String> all = split(text);
            Notice notice = new Notice(all.get(1), Kind.valueOf(all.get(2)), all.subList(3, all.size()));
            return all.get(0).equals(VERSION) && notice.isWhole() ? Optional.of(notice) : Optional.empty();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private boolean isWhole() {
        return switch (kind) {
            case UNCLAIMED, REOPENED -> parts.size() == 2;
            case CLOSED -> closing().remaining().toMillis() > 0;
        };
    }

    private static List<String> split(String text) {
        List<String> all = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int colon = text.indexOf(':', at);
            int end = colon + 1 + Integer.parseInt(text.substring(at, colon));
            all.add(text.substring(colon + 1, end));
            at = end;
        }
        return all;
    }
}
