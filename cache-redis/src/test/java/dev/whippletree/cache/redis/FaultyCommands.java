package dev.whippletree.cache.redis;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One process's way to a {@link ModelledRedis}, over a network that takes time, and loses questions and answers when
 * told to. Commands arrive in their order, as on one connection. Confined.
 */
final class FaultyCommands implements CoordinationCommands {

    /** As long as Redis has if nothing is set. */
    static final Duration TIMEOUT = Duration.ofMillis(250);

    private final ModelledRedis redis;
    private final VirtualTimeline timeline;
    private final Duration timeout;
    private @Nullable Events events;
    private long lastArrivalNanos;
    private long longestWayNanos = Duration.ofMillis(3).toNanos();
    private double lossRate;
    private boolean down;
    private boolean silent;
    private Deafness deafness = Deafness.NONE;
    private final List<Runnable> withheld = new ArrayList<>();
    private int connection;
    private long frozenUntilNanos;

    FaultyCommands(ModelledRedis redis, VirtualTimeline timeline) {
        this(redis, timeline, TIMEOUT);
    }

    FaultyCommands(ModelledRedis redis, VirtualTimeline timeline, Duration timeout) {
        this.redis = redis;
        this.timeline = timeline;
        this.timeout = timeout;
    }

    /** Loses so many of all questions, and of all answers. */
    void lose(double rate) {
        lossRate = rate;
    }

    /** Lets each way take so long at most; half of {@link #TIMEOUT} and more makes answers come too late. */
    void slowDown(Duration longestWay) {
        longestWayNanos = longestWay.toNanos();
    }

    /** Keeps what is asked until then, and does it afterwards. */
    void freeze(Duration time) {
        frozenUntilNanos = timeline.nanoTime() + time.toNanos();
    }

    /** Breaks the connection, or makes a new one. */
    void setDown(boolean away) {
        boolean back = down && !away;
        connection += away && !down ? 1 : 0;
        down = away;
        if (back) {
            connect();
        }
    }

    /** Lets nothing pass any more although nobody can tell, or makes a new connection. */
    void setSilent(boolean unheard) {
        boolean back = silent && !unheard;
        connection += unheard && !silent ? 1 : 0;
        silent = unheard;
        if (back && !down) {
            connect();
        }
    }

    /** Which answers don't arrive although everything that is asked does. */
    enum Deafness {
        /** All arrive. */
        NONE,
        /** None does, ever. */
        TO_ALL,
        /** None does until this has ended. */
        FOR_A_TIME,
        /** None about limits does. */
        TO_LIMITS,
        /** None about who is there does. */
        TO_BEATS,
        /** Half of them don't. */
        TO_HALF
    }

    /** What a command is about. */
    private enum About {
        BEATS,
        LIMITS,
        OTHERS
    }

    /** Lets everything that is asked arrive, and only some answers. */
    void setDeaf(Deafness deafness) {
        this.deafness = deafness;
        withheld.forEach(answer -> timeline.schedule(way(), answer));
        withheld.clear();
    }

    private <T> CompletionStage<T> send(Supplier<T> command) {
        return send(About.OTHERS, command);
    }

    private <T> CompletionStage<T> send(About about, Supplier<T> command) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (down) {
            breakOff(answer);
            return answer;
        }
        timeline.schedule(timeout.toNanos(), () -> answer.completeExceptionally(new TimeoutException("silence")));
        if (!isLost()) {
            int sentOn = connection;
            long arrival = Math.max(frozenUntilNanos, timeline.nanoTime() + way());
            lastArrivalNanos = Math.max(lastArrivalNanos, arrival);
            timeline.schedule(lastArrivalNanos - timeline.nanoTime(), () -> arrive(about, command, answer, sentOn));
        }
        return answer;
    }

    private <T> void arrive(About about, Supplier<T> command, CompletableFuture<T> answer, int sentOn) {
        if (sentOn != connection) {
            end(answer);
            return;
        }
        T value = command.get();
        Runnable answering = () -> {
            if (sentOn == connection) {
                answer.complete(value);
            } else {
                end(answer);
            }
        };
        if (deafness == Deafness.FOR_A_TIME) {
            withheld.add(answering);
        } else if (!isLost() && !isUnheard(about)) {
            timeline.schedule(way(), answering);
        }
    }

    private boolean isUnheard(About about) {
        return switch (deafness) {
            case NONE, FOR_A_TIME -> false;
            case TO_ALL -> true;
            case TO_LIMITS -> about == About.LIMITS;
            case TO_BEATS -> about == About.BEATS;
            case TO_HALF -> timeline.random().nextBoolean();
        };
    }

    /** The connection has ended meanwhile: nobody can tell whether the command was done, or even that much. */
    private void end(CompletableFuture<?> answer) {
        if (!silent) {
            breakOff(answer);
        }
    }

    private static void breakOff(CompletableFuture<?> answer) {
        answer.completeExceptionally(new RedisUnavailableException("coordinator redis: there is no connection"));
    }

    private boolean isLost() {
        return silent || timeline.random().nextDouble() < lossRate;
    }

    private long way() {
        return timeline.random().nextLong(longestWayNanos);
    }

    private CompletionStage<Void> tell(Runnable command) {
        return tell(About.OTHERS, command);
    }

    private CompletionStage<Void> tell(About about, Runnable command) {
        return this.<Boolean>send(about, () -> {
                    command.run();
                    return true;
                })
                .thenAccept(done -> {});
    }

    @Override
    public void start(Events events) {
        this.events = events;
        redis.subscribe(text -> {
            if (!down && !silent && deafness == Deafness.NONE) {
                timeline.schedule(way(), () -> events.notice(text));
            }
        });
        connect();
    }

    private void connect() {
        Events told = events;
        if (told != null) {
            timeline.schedule(0, told::connected);
            timeline.schedule(0, told::subscribed);
        }
    }

    /** Returns this process's way to the common cache, over the same network. */
    CacheStore store() {
        return new Store();
    }

    @Override
    public CompletionStage<Beat> beat(String process, Duration goneAfter) {
        return send(About.BEATS, () -> redis.beat(process, goneAfter));
    }

    @Override
    public CompletionStage<Void> leave(String process) {
        return tell(() -> redis.leave(process));
    }

    @Override
    public CompletionStage<LimitsReply> reserve(LimitsCall call, String grant, List<Long> uses) {
        return send(About.LIMITS, () -> redis.reserve(call, grant, uses));
    }

    @Override
    public CompletionStage<LimitsReply> enter(
            LimitsCall call, String process, List<GrantEntry> grants, List<DatedEntry> dated) {
        return send(About.LIMITS, () -> redis.enter(call, process, grants, dated));
    }

    @Override
    public CompletionStage<Void> end(LimitsCall call, String grant, Duration sinceArrival, List<Long> uses) {
        return tell(About.LIMITS, () -> redis.end(call, grant, sinceArrival, uses));
    }

    @Override
    public CompletionStage<Map<String, Long>> survey(Map<String, Duration> own) {
        return send(About.BEATS, redis::survey);
    }

    @Override
    public CompletionStage<Long> claim(CacheKey key, String token, Duration lease, long notAfterMillis) {
        return send(() -> redis.claim(key, token, lease, notAfterMillis));
    }

    @Override
    public CompletionStage<Long> claimedFor(CacheKey key) {
        return send(() -> redis.claimedFor(key));
    }

    @Override
    public CompletionStage<Boolean> renew(CacheKey key, String token, Duration lease) {
        return send(() -> redis.renew(key, token, lease));
    }

    @Override
    public CompletionStage<Void> unclaim(CacheKey key, String token, String notice) {
        return tell(() -> redis.unclaim(key, token, notice));
    }

    @Override
    public CompletionStage<Boolean> claimProbe(Scope scope, String token, Duration lease) {
        return send(() -> redis.claimProbe(scope, token, lease));
    }

    @Override
    public CompletionStage<Void> close(Scope scope, Duration remaining, String notice) {
        return tell(() -> redis.close(scope, remaining, notice));
    }

    @Override
    public CompletionStage<Void> reopen(Scope scope, String notice) {
        return tell(() -> redis.reopen(scope, notice));
    }

    @Override
    public CompletionStage<List<KeptNotice>> closings() {
        return send(redis::closings);
    }

    @Override
    public void close() {}

    private final class Store implements CacheStore {

        @Override
        public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
            return send(() -> redis.answer(key).map(answer -> new CacheHit(answer, true)));
        }

        @Override
        public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
            return tell(() -> redis.keep(key, entry));
        }

        @Override
        public CompletionStage<Void> remove(CacheKey key) {
            throw new UnsupportedOperationException("nothing here forgets an answer");
        }

        @Override
        public CompletionStage<Long> clear(Optional<String> tenant) {
            return CompletableFuture.completedFuture(-1L);
        }

        @Override
        public void close() {}
    }
}
