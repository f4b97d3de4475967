package dev.whippletree.settings;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How long an attempt may be silent, and how long it may take. Immutable. All positive.
 *
 * @param firstByte from sending to the head of the response; absent: bounded by {@code firstToken} or {@code whole},
 *     and for an answer in one piece, if another account is ready, by what is usual
 * @param firstToken from sending to the first piece of a streamed answer; absent: 30 s, or as little as 12 s if another
 *     tier may answer and the model's latest stream began quickly
 * @param betweenTokens from one piece of a streamed answer to the next
 * @param whole from sending to the end of any answer; absent: 2 minutes for one in one piece, which shows no sign of
 *     life before, and 10 minutes for a streamed one, as long as OpenAI's clients wait
 */
public record Timeouts(
        Optional<Duration> firstByte, Optional<Duration> firstToken, Duration betweenTokens, Optional<Duration> whole) {

    /** 15 s between tokens, and none of the others. */
    public static final Timeouts DEFAULT =
            new Timeouts(Optional.empty(), Optional.empty(), Duration.ofSeconds(15), Optional.empty());

    private static final Duration IN_ONE_PIECE = Duration.ofMinutes(2);
    private static final Duration STREAMED = Duration.ofMinutes(10);

    /** Checks that each is positive. */
    public Timeouts {
        Stream.of(firstByte, firstToken, Optional.of(betweenTokens), whole)
                .flatMap(Optional::stream)
                .filter(timeout -> timeout.isZero() || timeout.isNegative())
                .findFirst()
                .ifPresent(timeout -> {
                    throw new IllegalArgumentException("a timeout must be positive, not " + timeout.toMillis() + " ms");
                });
    }

    /** Creates timeouts without one for the first byte. */
    public Timeouts(Duration firstToken, Duration betweenTokens, Duration whole) {
        this(Optional.empty(), Optional.of(firstToken), betweenTokens, Optional.of(whole));
    }

    /** Returns the same with a bound on the time to the head of the response. */
    public Timeouts withFirstByte(Duration firstByte) {
        return new Timeouts(Optional.of(firstByte), firstToken, betweenTokens, whole);
    }

    /** Returns the same with another time to the first piece of a streamed answer. */
    public Timeouts withFirstToken(Duration firstToken) {
        return new Timeouts(firstByte, Optional.of(firstToken), betweenTokens, whole);
    }

    /** Returns the same with another time between two pieces of a streamed answer. */
    public Timeouts withBetweenTokens(Duration betweenTokens) {
        return new Timeouts(firstByte, firstToken, betweenTokens, whole);
    }

    /** Returns the same with another time to the end of any answer. */
    public Timeouts withWhole(Duration whole) {
        return new Timeouts(firstByte, firstToken, betweenTokens, Optional.of(whole));
    }

    /** Returns how long an attempt may take, from sending to the end of its answer. */
    public Duration longest(boolean streamed) {
        return whole.orElse(streamed ? STREAMED : IN_ONE_PIECE);
    }
}
