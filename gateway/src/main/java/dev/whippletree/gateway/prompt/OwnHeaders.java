package dev.whippletree.gateway.prompt;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.Settings;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The gateway's own headers. All have the same prefix.
 *
 * <p>A request may have {@code session} (whose prompt it is, the unit of fairness), {@code priority}
 * ({@code interactive} or {@code batch}), {@code deadline} (such as {@code 30s}), {@code cache} ({@code no-cache},
 * {@code no-store}), {@code keep-alive} ({@code true} or {@code false}: whether an answer begins, if need be with
 * nothing of it, rather than be silent for long) and {@code question} ({@code *} or percent-encoded text: what of the
 * last message may vary in wording). An answer has {@code account}, {@code attempts}, {@code waited-ms} and
 * {@code cache} (the tier's name, {@code joined} or {@code miss}); one that is told while it comes has {@code account}
 * alone, and the rest in its last chunk.
 */
final class OwnHeaders {

    static final String PREFIX = "x-whippletree-";

    private static final String WHOLE_MESSAGE = "*";

    /** Each is made once. */
    private static final Map<String, HttpString> NAMES = new ConcurrentHashMap<>();

    /** To look for a question takes as many comparisons at worst as its places have characters: some 0.1 s. */
    private static final long MOST_COMPARISONS = 100_000_000;

    private OwnHeaders() {}

    /** Takes over what a request's headers say of a prompt. */
    static void apply(HeaderMap headers, Prompt.Builder prompt) {
        value(headers, "session").ifPresent(prompt::session);
        value(headers, "priority").ifPresent(text -> prompt.priority(priority(text)));
        value(headers, "cache").ifPresent(text -> {
            for (String word : text.split(",")) {
                cache(word.strip().toLowerCase(Locale.ROOT), prompt);
            }
        });
    }

    /** Returns how long a request wants to wait at most; empty if it doesn't say. */
    static Optional<Duration> deadline(HeaderMap headers) {
        return value(headers, "deadline").map(OwnHeaders::duration);
    }

    /**
     * Returns the part of the last message that a request declares as its question; empty if it declares none.
     *
     * @throws RequestException if it isn't a part of that, or both are too long to find out
     */
    static Optional<String> question(HeaderMap headers, String message) {
        return value(headers, "question").map(text -> {
            String question = text.equals(WHOLE_MESSAGE) ? message : decoded(text);
            if (question.isBlank()) {
                throw wrong("question", "is empty, or the last message isn't text");
            }
            if ((long) question.length() * (message.length() - question.length()) > MOST_COMPARISONS) {
                throw wrong("question", "is too long for so long a message; send * for the whole message");
            }
            if (!message.contains(question)) {
                throw wrong(
                        "question",
                        "isn't a part of the last message; send * for the whole message, or a part of it in"
                                + " percent-encoded UTF-8");
            }
            return question;
        });
    }

    /** A plus sign is one. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw wrong("question", "isn't percent-encoded UTF-8: write % as %25");
        }
    }

    private static Optional<String> value(HeaderMap headers, String name) {
        return Optional.ofNullable(headers.getFirst(named(name)))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    private static Priority priority(String text) {
        for (Priority priority : Priority.values()) {
            if (priority.name().equalsIgnoreCase(text)) {
                return priority;
            }
        }
        throw wrong("priority", "must be interactive or batch, not '" + text + "'");
    }

    private static Duration duration(String text) {
        Duration duration;
        try {
            duration = Settings.parseDuration(text);
        } catch (IllegalArgumentException e) {
            throw wrong("deadline", "is invalid: " + e.getMessage());
        }
        if (duration.compareTo(Deadlines.MOST) > 0) {
            throw wrong("deadline", "must be at most 7 days, not " + text);
        }
        return duration;
    }

    private static void cache(String word, Prompt.Builder prompt) {
        switch (word) {
            case "no-cache" -> prompt.noCache();
            case "no-store" -> prompt.noStore();
            default -> throw wrong("cache", "must be no-cache, no-store or both, not '" + word + "'");
        }
    }

    /**
     * Returns whether a request wants its answer to begin, if need be with nothing of it, rather than be silent for
     * long; empty if it doesn't say.
     */
    static Optional<Boolean> keepAlive(HeaderMap headers) {
        return value(headers, "keep-alive").map(OwnHeaders::flag);
    }

    private static boolean flag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong("keep-alive", "must be true or false, not '" + text + "'");
        };
    }

    private static RequestException wrong(String name, String what) {
        return new RequestException(ApiError.wrong(PREFIX + name, "the header " + PREFIX + name + " " + what));
    }

    static void put(HeaderMap headers, String name, String value) {
        headers.put(named(name), value);
    }

    private static HttpString named(String name) {
        return NAMES.computeIfAbsent(name, each -> new HttpString(PREFIX + each));
    }
}
