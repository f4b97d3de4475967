package dev.whippletree.cache.redis;

import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One process's way to a {@link ModelledRedis}, over a network that takes time, and loses questions and answers when told to.
 * Commands arrive in their order, as on one connection. Confined.
 */
final class FaultyCommands implements CoordinationCommands {

    static final Duration TIMEOUT = Duration.ofMillis(250);

    private static final long LONGEST_WAY_NANOS = Duration.ofMillis(3).toNanos();

    private final ModelledRedis redis;
    private final VirtualTimeline timeline;
    private @Nullable Events events;
    private long lastArrivalNanos;
    private double lossRate;
    private boolean down;
    private long frozenUntilNanos;

    FaultyCommands(ModelledRedis redis, VirtualTimeline timeline) {
        this.redis = redis;
        this.timeline = timeline;
    }

    /** Loses so many of all questions, and of all answers. */
    void lose(double rate) {
        lossRate = rate;
    }

    /** Keeps what is asked until then, and does it afterwards. */
    void freeze(Duration time) {
        frozenUntilNanos = timeline.nanoTime() + time.toNanos();
    }

    void setDown(boolean away) {
        boolean back = down && !away;
        down = away;
        if (back && events != null) {
            connect(events);
        }
    }

    private <T> CompletionStage<T> send(Supplier<T> command) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (down) {
            answer.completeExceptionally(new RedisUnavailableException("coordinator redis: Redis can't be used"));
            return answer;
        }
        timeline.schedule(TIMEOUT.toNanos(), () -> answer.completeExceptionally(new TimeoutException("silence")));
        if (timeline.random().nextDouble() >= lossRate) {
            long arrival = Math.max(frozenUntilNanos, timeline.nanoTime() + way());
            lastArrivalNanos = Math.max(lastArrivalNanos, arrival);
            timeline.schedule(lastArrivalNanos - timeline.nanoTime(), () -> arrive(command, answer));
        }
        return answer;
    }

    private <T> void arrive(Supplier<T> command, CompletableFuture<T> answer) {
        if (down) {
            answer.completeExceptionally(new RedisUnavailableException("coordinator redis: the connection broke"));
            return;
        }
        T value = command.get();
        if (timeline.random().nextDouble() >= lossRate) {
            timeline.schedule(way(), () -> answer.complete(value));
        }
    }

    private long way() {
        return timeline.random().nextLong(LONGEST_WAY_NANOS);
    }

    private CompletionStage<Void> tell(Runnable command) {
        return this.<Boolean>send(() -> {
                    command.run();
                    return true;
                })
                .thenAccept(done -> {});
    }

    @Override
    public void start(Events events) {
        this.events = events;
        redis.subscribe(text -> {
            if (!down) {
                timeline.schedule(way(), () -> events.notice(text));
            }
        });
        connect(events);
    }

    private void connect(Events told) {
        timeline.schedule(0, told::connected);
        timeline.schedule(0, told::subscribed);
    }

    @Override
    public CompletionStage<Beat> beat(String process, Duration goneAfter) {
        return send(() -> redis.beat(process, goneAfter));
    }

    @Override
    public CompletionStage<Void> leave(String process) {
        return tell(() -> redis.leave(process));
    }

    @Override
    public CompletionStage<LimitsReply> reserve(LimitsCall call, String grant, List<Long> uses) {
        return send(() -> redis.reserve(call, grant, uses));
    }

    @Override
    public CompletionStage<LimitsReply> enter(
            LimitsCall call, String process, List<GrantEntry> grants, List<DatedEntry> dated) {
        return send(() -> redis.enter(call, process, grants, dated));
    }

    @Override
    public CompletionStage<Void> end(LimitsCall call, String grant, Duration sinceArrival, List<Long> uses) {
        return tell(() -> redis.end(call, grant, sinceArrival, uses));
    }

    @Override
    public CompletionStage<Map<String, Long>> survey(Map<String, Duration> own) {
        return send(redis::survey);
    }

    @Override
    public CompletionStage<Long> claim(CacheKey key, String token, Duration lease, long notAfterMillis) {
        return send(() -> redis.claim(key, token, lease));
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
}
