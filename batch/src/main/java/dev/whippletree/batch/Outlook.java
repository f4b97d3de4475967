package dev.whippletree.batch;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.LimitStatus.Source;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Predicts when a batch will be done: the engine's forecast for the calls that the rest needs, with prompts like the
 * latest ones. The share of items answered so far by caches and equal prompts gives the number of calls. Confined to
 * the run.
 */
final class Outlook {

    private static final int SAMPLES = 16;
    private static final long FRESH_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    private final Whippletree whippletree;
    private final OptionalLong total;
    private final Deque<Prompt> latest = new ArrayDeque<>();
    private final Deque<Passed> lastMinute = new ArrayDeque<>();
    private Optional<BatchProgress.Forecast> made = Optional.empty();
    private long madeNanos = -FRESH_NANOS;

    /** How many had ended at some moment. */
    private record Passed(long nanos, long ended) {}

    Outlook(Whippletree whippletree, OptionalLong total) {
        this.whippletree = whippletree;
        this.total = total;
    }

    /** A prompt is being asked. */
    void asked(Prompt prompt) {
        if (latest.size() >= SAMPLES) {
            latest.remove();
        }
        latest.add(prompt);
    }

    /** So many had ended by now. */
    void passed(long nanos, long ended) {
        lastMinute.add(new Passed(nanos, ended));
        while (lastMinute.size() > 2 && nanos - lastMinute.peek().nanos() > MINUTE_NANOS) {
            lastMinute.remove();
        }
    }

    /** Returns how many ended in the last minute, by the minute. */
    double perMinute() {
        Passed first = lastMinute.peekFirst();
        Passed last = lastMinute.peekLast();
        if (first == null || last == null || last.nanos() == first.nanos()) {
            return 0;
        }
        return (double) (last.ended() - first.ended()) * MINUTE_NANOS / (last.nanos() - first.nanos());
    }

    /**
     * Returns when the rest will be done.
     *
     * @param done items that have a result
     * @param underWay items that the engine knows of
     * @param ended items that ended in this run
     * @param fromCache how many of those needed no call
     */
    Optional<BatchProgress.Forecast> forecast(
            StatusSnapshot status, long done, int underWay, long ended, long fromCache) {
        long now = lastMinute.isEmpty() ? 0 : lastMinute.getLast().nanos();
        if (now - madeNanos >= FRESH_NANOS || made.isEmpty()) {
            made = make(status, done, underWay, ended, fromCache);
            madeNanos = now;
        }
        Duration since = Duration.ofNanos(now - madeNanos);
        return made.map(there -> new BatchProgress.Forecast(left(there.least(), since), left(there.most(), since)))
                .filter(there -> !there.most().isZero());
    }

    private static Duration left(Duration time, Duration since) {
        return time.compareTo(since) > 0 ? time.minus(since) : Duration.ZERO;
    }

    private Optional<BatchProgress.Forecast> make(
            StatusSnapshot status, long done, int underWay, long ended, long fromCache) {
        if (total.isEmpty() || latest.isEmpty()) {
            return Optional.empty();
        }
        long left = Math.max(0, total.getAsLong() - done);
        long toBegin = Math.max(0, left - underWay);
        double callsEach = ended == 0 ? 1 : (double) (ended - fromCache) / ended;
        long calls = (long) Math.ceil(toBegin * callsEach);
        List<Prompt> like = sample();
        Optional<Duration> told = whippletree.timeFor(like, calls);
        if (told.isEmpty() || left == 0) {
            return told.map(time -> new BatchProgress.Forecast(Duration.ZERO, Duration.ZERO));
        }
        if (status.accounts().stream().allMatch(Outlook::isDeclared)) {
            return Optional.of(new BatchProgress.Forecast(told.get(), told.get()));
        }
        return Optional.of(range(told.get(), left));
    }

    private List<Prompt> sample() {
        List<Prompt> alike = new ArrayList<>();
        Optional<String> route = latest.getLast().route();
        latest.stream().filter(prompt -> prompt.route().equals(route)).forEach(alike::add);
        return alike;
    }

    private static boolean isDeclared(StatusSnapshot.Account account) {
        return account.limits().stream().anyMatch(limit -> limit.source() == Source.DECLARED)
                && account.limits().stream().noneMatch(limit -> limit.source() == Source.LEARNED);
    }

    /** Where limits are being found out, what they let in lately is as good a word as what is known of them. */
    private BatchProgress.Forecast range(Duration told, long left) {
        double perMinute = perMinute();
        if (perMinute <= 0) {
            return new BatchProgress.Forecast(told, told.multipliedBy(2));
        }
        Duration atThisPace = Duration.ofNanos((long) Math.min(Long.MAX_VALUE / 2.0, left / perMinute * MINUTE_NANOS));
        Duration least = told.compareTo(atThisPace) < 0 ? told : atThisPace;
        Duration most = told.compareTo(atThisPace) < 0 ? atThisPace : told;
        return new BatchProgress.Forecast(least, most);
    }
}
