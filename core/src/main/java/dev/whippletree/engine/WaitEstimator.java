package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.line.TurnSums;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Estimates when there will be room, by {@linkplain Forecast forecasts}. Guarded by the engine's lock. */
final class WaitEstimator {

    private static final long LONGEST_FORECAST_NANOS = Duration.ofDays(60).toNanos();

    /** After the longest time that a call may take, this much longer without any sign is a stall. */
    private static final long STALL_MARGIN_NANOS = Duration.ofSeconds(30).toNanos();

    private final WaitingLine line;
    private final Timeline timeline;

    WaitEstimator(WaitingLine line, Timeline timeline) {
        this.line = line;
        this.timeline = timeline;
    }

    /**
     * Returns how much longer a flight has to wait; {@link Waits#UNKNOWN} if it isn't in the line, or the time is
     * unknown.
     */
    long waitNanos(Flight flight) {
        return flight.ticket().isInLine()
                ? Forecast.inTurn(flight, line, timeline.nanoTime()).waitNanos()
                : Waits.UNKNOWN;
    }

    /** Returns when there will be room for a flight behind all that wait now, if known. */
    Optional<Instant> roomAt(Flight flight) {
        long wait = Forecast.behind(TurnSums.NONE, flight, line, Map.of(), timeline.nanoTime())
                .waitNanos();
        return Waits.isKnown(wait) && wait > 0 ? Optional.of(timeline.now().plusNanos(wait)) : Optional.empty();
    }

    /** Returns how long a waiting flight has to wait, if that is known and ends after a deadline. */
    OptionalLong tooLongWait(Flight flight, long deadline, long now) {
        if (Forecast.atBest(flight, line, now).isWithin(Math.max(0, deadline - now))) {
            return OptionalLong.empty();
        }
        long wait = Forecast.inTurn(flight, line, now).waitNanos();
        return Waits.isKnown(wait) ? OptionalLong.of(wait) : OptionalLong.empty();
    }

    /** Returns how long without a sign of its accounts a flight is stalled: its route's longest call and 30 s more. */
    static long stallNanos(Flight flight) {
        return Waits.nanos(flight.route().settings().timeouts().longest(false)) + STALL_MARGIN_NANOS;
    }

    /**
     * Returns how long until a flight may be stalled: no account that may answer it works until then, and none is known
     * to have room later. At most 0: it is stalled.
     *
     * @param since when its caller came, or was last waiting for something else
     */
    static long untilStalledNanos(Flight flight, long since, long now) {
        long sign = since;
        long reset = Waits.UNTIL_EVENT;
        for (Target target : flight.options().ever()) {
            sign = Math.max(sign, target.lastSignNanos());
            long wait = target.resetNanos(flight.tokens(target), flight.reserveShare(), now);
            reset = wait == Waits.NONE ? reset : Math.min(reset, wait);
        }
        long left = sign + stallNanos(flight) - now;
        return left <= 0 && Waits.isKnown(reset) ? Math.min(reset, stallNanos(flight)) + stallNanos(flight) : left;
    }

    /**
     * Estimates in what time more calls like these would have begun, behind everything that waits now, and been
     * answered.
     *
     * @param like unopened flights whose needs are known, one or more, of one route
     * @param count how many calls; 0 asks about the flights that wait now
     * @param leftForAll how much all processes have left of what they share, where that is known
     */
    Optional<Duration> timeFor(List<Flight> like, long count, Map<LimitUse, Long> leftForAll) {
        long now = timeline.nanoTime();
        TurnSums asked = TurnSums.NONE;
        for (Flight flight : like) {
            TokenCount mean = flight.meanTokens();
            asked = asked.plus(new TurnSums(1, mean.prompt(), mean.completion()));
        }
        Flight last = like.get(0);
        double share = (double) Math.max(0, count - 1) / like.size();
        // Without further calls, the last waiting flight is meant, which doesn't count as ahead of itself.
        TurnSums ahead =
                new TurnSums(count - 1, Math.round(asked.prompt() * share), Math.round(asked.completion() * share));
        long wait = Forecast.behind(ahead, last, line, leftForAll, now).waitNanos(LONGEST_FORECAST_NANOS);
        long answer = last.options().ever().stream()
                .mapToLong(Target::meanAnswerNanos)
                .max()
                .orElse(0);
        return Waits.isKnown(wait) ? Optional.of(Duration.ofNanos(wait + answer)) : Optional.empty();
    }
}
