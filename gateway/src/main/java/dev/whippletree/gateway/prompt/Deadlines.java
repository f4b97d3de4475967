package dev.whippletree.gateway.prompt;

import dev.whippletree.config.Configuration;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import io.undertow.util.HeaderMap;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Chooses how long a request may wait: its deadline, from the gateway's own header, else from the route or the gateway;
 * and the timeout that the client's library sends, which is no deadline. Thread-safe.
 *
 * <p>OpenAI's libraries tell their timeouts in seconds. {@code X-Stainless-Timeout} is for the whole call, in those for
 * JavaScript and Java. {@code X-Stainless-Read-Timeout}, in the one for Python, bounds the silence before the first
 * piece and between two. A value there that can't be used is ignored: the client's program didn't write it.
 *
 * @param otherwise how long a request waits where nothing else says
 */
record Deadlines(Supplier<Configuration> configuration, Duration otherwise) {

    private static final String CALL = "X-Stainless-Timeout";
    private static final String SILENCE = "X-Stainless-Read-Timeout";
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    private static final int NANOS_DIGITS = 9;
    private static final Duration LEAST = Duration.ofMillis(1);

    /** How long a request may ask to wait. */
    static final Duration MOST = Duration.ofDays(7);

    /**
     * Sets a prompt's deadline; a stream's holds until its first piece.
     *
     * @throws RequestException if the gateway's own header can't be understood
     */
    void apply(HeaderMap headers, boolean streaming, String route, Prompt.Builder prompt) {
        Duration deadline =
                OwnHeaders.deadline(headers).or(() -> ofRoute(route)).orElse(otherwise);
        if (streaming) {
            prompt.firstPieceWithin(deadline);
        } else {
            prompt.deadline(deadline);
        }
    }

    /** Returns the timeout of the client's library, if it says one. */
    static Optional<Duration> ofLibrary(HeaderMap headers) {
        return seconds(headers.getFirst(CALL)).or(() -> seconds(headers.getFirst(SILENCE)));
    }

    private Optional<Duration> ofRoute(String name) {
        return configuration.get().routes().stream()
                .filter(route -> route.name().equals(name))
                .findFirst()
                .flatMap(RouteSettings::deadline);
    }

    private static Optional<Duration> seconds(@Nullable String text) {
        return Optional.ofNullable(text)
                .map(String::strip)
                .filter(number -> SECONDS.matcher(number).matches())
                .map(number -> Duration.ofNanos(
                        new BigDecimal(number).movePointRight(NANOS_DIGITS).longValue()))
                .filter(value -> value.compareTo(LEAST) >= 0 && value.compareTo(MOST) <= 0);
    }
}
