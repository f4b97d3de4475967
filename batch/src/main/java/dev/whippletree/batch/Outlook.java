package dev.whippletree.batch;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.model.StatusSnapshot.LimitStatus.LimitSource;
import dev.whippletree.settings.RouteSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Predicts when a batch will be done: the engine's forecast for the calls that the rest needs, with prompts like the
 * latest ones. If the different prompts are known, each one left needs a call, less the share that caches answer;
 * otherwise each item left needs as many calls as the latest items did. Confined to the run, except for
 * {@link #skipped}.
 */
final class Outlook {

    private static final int SAMPLES = 16;
    private static final long FRESH_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    /** A limit that isn't declared may be used by others too. */
    private static final double OTHERS = 1.2;

    private static final double SLOWER = 1.25;

    private final Whippletree whippletree;
    private final OptionalLong total;
    private final Deque<Prompt> latest = new ArrayDeque<>();
    private final Deque<Passed> lastMinute = new ArrayDeque<>();
    private @Nullable Passed firstMinute;
    private Optional<BatchProgress.Forecast> made = Optional.empty();
    private long madeNanos = -FRESH_NANOS;

    private final @Nullable DistinctPrompts distinct;
    private final CallShare news = new CallShare(1);
    private final CallShare repeats;
    private long answers;
    private long answerCharacters;

    /** How many calls an item needs: the mean of those that have ended, in which the latest 250 weigh most. */
    private static final class CallShare {

        private static final int LATEST = 250;

        private double now;
        private int ended;

        CallShare(double atFirst) {
            this.now = atFirst;
        }

        void ended(int calls) {
            ended = Math.min(LATEST, ended + 1);
            now += (calls - now) / ended;
        }
    }

    /** How many had ended at some moment. */
    private record Passed(long nanos, long ended) {}

    Outlook(Whippletree whippletree, OptionalLong total, @Nullable DistinctPrompts distinct) {
        this.whippletree = whippletree;
        this.total = total;
        this.distinct = distinct;
        this.repeats = new CallShare(whippletree.status().caches().isEmpty() ? 1 : 0);
    }

    /**
     * A prompt is being asked.
     *
     * @param key what stands for it
     */
    DistinctPrompts.Kind asked(Prompt prompt, long key) {
        if (latest.size() >= SAMPLES) {
            latest.remove();
        }
        latest.add(prompt);
        return distinct == null ? DistinctPrompts.Kind.NEW : distinct.asked(key);
    }

    /** A prompt wasn't asked after all, and will be. */
    void notAsked(DistinctPrompts.Kind kind, long key, long characters) {
        if (distinct != null && kind == DistinctPrompts.Kind.NEW) {
            distinct.addAgain(key, characters);
        }
    }

    /**
     * Takes out an item that won't be asked, because an earlier run answered it or because it can't be asked.
     * Thread-safe.
     */
    void skipped(long key) {
        if (distinct != null) {
            distinct.asked(key);
        }
    }

    /** An item that was asked has ended. */
    void ended(DistinctPrompts.Kind kind, BatchResult result) {
        int calls = 1;
        if (result instanceof BatchResult.Answered answered) {
            Origin origin = answered.completion().origin();
            boolean embeds = answered.item().prompt().operation() == Prompt.Operation.EMBEDDING;
            calls = origin.source() == Origin.Source.CALL ? (embeds ? origin.attempts() : 1) : 0;
            answers += embeds ? 0 : 1;
            answerCharacters += embeds ? 0 : answered.completion().words().length();
        }
        switch (kind) {
            case NEW -> news.ended(calls);
            case REPEAT -> repeats.ended(calls);
            case NOT_IN_SAMPLE -> {}
        }
    }

    /** Returns how many calls items need that aren't asked yet. */
    private long calls(long toBegin) {
        double different = distinct == null ? toBegin : Math.min(distinct.left(), toBegin);
        return (long) Math.ceil(different * news.now + (toBegin - different) * repeats.now);
    }

    /** So many had ended by now. */
    void passed(long nanos, long ended) {
        lastMinute.add(new Passed(nanos, ended));
        if (firstMinute == null && nanos >= MINUTE_NANOS) {
            firstMinute = new Passed(nanos, ended);
        }
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
     * Returns what prompts like the latest one wait for; empty if none waits, or one of their accounts is open and
     * answering.
     */
    Optional<BatchProgress.Wait> wait(StatusSnapshot status) {
        if (status.waiting() == 0 || latest.isEmpty()) {
            return Optional.empty();
        }
        Set<String> usable = accounts(latest.getLast());
        List<StatusSnapshot.AccountStatus> accounts = status.accounts().stream()
                .filter(account -> usable.contains(account.id()))
                .toList();
        boolean open = accounts.stream().anyMatch(account -> account.state() == AccountState.OPEN);
        return open && status.inFlight() > 0
                ? Optional.empty()
                : accounts.stream()
                        .map(account -> wait(account, status.at()))
                        .min(Comparator.comparing(wait -> wait.until().orElse(Instant.MAX)));
    }

    private Set<String> accounts(Prompt prompt) {
        if (prompt.account().isPresent()) {
            return Set.of(prompt.account().get());
        }
        List<RouteSettings> routes = whippletree.configuration().routes();
        RouteSettings route = routes.stream()
                .filter(each -> prompt.route().filter(each.name()::equals).isPresent())
                .findFirst()
                .orElse(routes.get(0));
        return route.tiers().stream()
                .flatMap(tier -> tier.targets().stream())
                .map(RouteSettings.TargetSettings::account)
                .filter(id -> prompt.accounts().isEmpty() || prompt.accounts().contains(id))
                .collect(Collectors.toSet());
    }

    private static BatchProgress.Wait wait(StatusSnapshot.AccountStatus account, Instant now) {
        Optional<LimitStatus> scarcest = account.limits().stream()
                .min(Comparator.comparingDouble(limit -> (double) limit.left() / limit.amount()));
        Optional<Instant> until = account.until()
                .or(() -> scarcest.flatMap(limit ->
                        limit.nextIn().stream().mapToObj(now::plusNanos).findFirst()));
        boolean failing = account.state() == AccountState.COOLING || account.state() == AccountState.OFF;
        Optional<String> reason = account.reason()
                .or(() -> scarcest.map(limit -> limit.left() + " of its " + limit.amount() + " "
                        + limit.unit().wireName() + " are left"));
        return new BatchProgress.Wait(account.id(), until, reason.filter(why -> failing || until.isEmpty()));
    }

    /**
     * Returns when the rest will be done.
     *
     * @param done items that have a result
     * @param underWay items that the engine knows of
     */
    Optional<BatchProgress.Forecast> forecast(StatusSnapshot status, long done, int underWay) {
        long now = lastMinute.isEmpty() ? 0 : lastMinute.getLast().nanos();
        if (now - madeNanos >= FRESH_NANOS || made.isEmpty()) {
            made = make(status, done, underWay);
            madeNanos = now;
        }
        Duration since = Duration.ofNanos(now - madeNanos);
        return made.map(there -> new BatchProgress.Forecast(
                        left(there.least(), since), there.most().map(most -> left(most, since))))
                .filter(there -> there.most().filter(Duration::isZero).isEmpty());
    }

    private static Duration left(Duration time, Duration since) {
        return time.compareTo(since) > 0 ? time.minus(since) : Duration.ZERO;
    }

    private Optional<BatchProgress.Forecast> make(StatusSnapshot status, long done, int underWay) {
        if (total.isEmpty() || latest.isEmpty()) {
            return Optional.empty();
        }
        long left = Math.max(0, total.getAsLong() - done);
        long toBegin = Math.max(0, left - underWay);
        Optional<Duration> estimated = whippletree.timeFor(sample(), calls(toBegin));
        if (estimated.isEmpty() || left == 0) {
            return estimated.map(time -> oneTime(Duration.ZERO));
        }
        return Optional.of(
                switch (knowledge(status)) {
                    case DECLARED -> oneTime(estimated.get());
                    case REPORTED ->
                        new BatchProgress.Forecast(estimated.get(), Optional.of(with(estimated.get(), OTHERS)));
                    case LEARNED -> range(estimated.get(), left);
                });
    }

    private static BatchProgress.Forecast oneTime(Duration time) {
        return new BatchProgress.Forecast(time, Optional.of(time));
    }

    private static Duration with(Duration time, double factor) {
        return Duration.ofNanos((long) (time.toNanos() * factor));
    }

    /**
     * Returns sample prompts for the rest: like the latest ones, but with the length of those left, if that is known.
     */
    private List<Prompt> sample() {
        if (distinct != null) {
            double answer = answers == 0 ? 0 : (double) answerCharacters / answers;
            Optional<DistinctPrompts.Length> length = distinct.length();
            if (length.isPresent()) {
                double before = length.get().answers();
                double characters = length.get().characters() + before * answer;
                // The texts of an item for vectors may need several calls.
                return List.of(Prompts.ofLength(latest.getLast(), characters / Math.max(1, news.now), 1 + 2 * before));
            }
        }
        Optional<String> route = latest.getLast().route();
        return latest.stream().filter(prompt -> prompt.route().equals(route)).toList();
    }

    /**
     * Returns how the limits of all accounts are known: the least certain way counts. What other processes leave of a
     * limit shows in the pace alone.
     */
    private static LimitSource knowledge(StatusSnapshot status) {
        if (status.coordination().filter(others -> others.processes() > 1).isPresent()) {
            return LimitSource.LEARNED;
        }
        return status.accounts().stream()
                .map(Outlook::knowledge)
                .max(Comparator.naturalOrder())
                .orElse(LimitSource.LEARNED);
    }

    /** Beside a limit that is declared, one that a service reports counts for nothing. */
    private static LimitSource knowledge(StatusSnapshot.AccountStatus account) {
        Set<LimitSource> sources =
                account.limits().stream().map(limit -> limit.source()).collect(Collectors.toSet());
        if (sources.contains(LimitSource.LEARNED) || sources.isEmpty()) {
            return LimitSource.LEARNED;
        }
        return sources.contains(LimitSource.DECLARED) ? LimitSource.DECLARED : LimitSource.REPORTED;
    }

    /**
     * Returns a range for limits that are being learned: from the better of the engine's forecast and the latest pace
     * to the pace since the first minute, slowed down by a quarter. In the first minute, accounts admit what they had
     * left unused.
     */
    private BatchProgress.Forecast range(Duration estimated, long left) {
        Duration lately = pace(lastMinute.getFirst(), left).orElse(estimated);
        Duration least = estimated.compareTo(lately) < 0 ? estimated : lately;
        Passed first = firstMinute;
        if (first == null) {
            return new BatchProgress.Forecast(least, Optional.of(longest(with(estimated, 2), lately)));
        }
        return new BatchProgress.Forecast(
                least,
                pace(first, left).map(time -> longest(with(time, SLOWER), longest(with(estimated, OTHERS), lately))));
    }

    private static Duration longest(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** Returns in what time the rest would be done as it went since a moment; empty: never. */
    private Optional<Duration> pace(Passed from, long left) {
        Passed now = lastMinute.getLast();
        long ended = now.ended() - from.ended();
        return ended == 0
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(
                        (long) Math.min(Long.MAX_VALUE / 4.0, (double) left / ended * (now.nanos() - from.nanos()))));
    }
}
