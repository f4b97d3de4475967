package dev.whippletree.cache.redis.contact;

import dev.whippletree.cache.redis.link.RedisUnavailableException;
import dev.whippletree.cache.redis.link.ShardUnavailableException;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.time.VirtualTimeline;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One process's way to a {@link ModelledRedis}, over a network that takes time, and loses questions and answers when
 * told to. Commands arrive in their order, as on one connection. Confined.
 */
public final class FaultyCommands {

    /** As long as Redis has if nothing is set. */
    public static final Duration TIMEOUT = Duration.ofMillis(250);

    private final ModelledRedis redis;
    private final VirtualTimeline timeline;
    private final Duration timeout;
    private CoordinationCommands.@Nullable Events events;
    private long lastArrivalNanos;
    private long longestWayNanos = Duration.ofMillis(3).toNanos();
    private double lossRate;
    private boolean down;
    private boolean silent;
    private boolean unsubscribed;
    private boolean inACluster;
    private Deafness deafness = Deafness.NONE;
    private final List<Runnable> withheld = new ArrayList<>();
    private int connection;
    private long frozenUntilNanos;

    public FaultyCommands(ModelledRedis redis, VirtualTimeline timeline) {
        this(redis, timeline, TIMEOUT);
    }

    public FaultyCommands(ModelledRedis redis, VirtualTimeline timeline, Duration timeout) {
        this.redis = redis;
        this.timeline = timeline;
        this.timeout = timeout;
    }

    /** Lets what isn't answered be the trouble of one shard. */
    public void beInACluster() {
        inACluster = true;
    }

    /** Loses so many of all questions, and of all answers. */
    public void lose(double rate) {
        lossRate = rate;
    }

    /** Lets each way take so long at most; half of {@link #TIMEOUT} and more makes answers come too late. */
    public void slowDown(Duration longestWay) {
        longestWayNanos = longestWay.toNanos();
    }

    /** Keeps what is asked until then, and does it afterwards. */
    public void freeze(Duration time) {
        frozenUntilNanos = timeline.nanoTime() + time.toNanos();
    }

    /** Breaks the connection, or makes a new one. */
    public void setDown(boolean away) {
        boolean back = down && !away;
        connection += away && !down ? 1 : 0;
        down = away;
        if (back) {
            connect();
        }
    }

    /** Lets nothing pass any more although nobody can tell, or makes a new connection. */
    public void setSilent(boolean unheard) {
        boolean back = silent && !unheard;
        connection += unheard && !silent ? 1 : 0;
        silent = unheard;
        if (back && !down) {
            connect();
        }
    }

    /** Lets no notice arrive although everything else does, or subscribes anew. */
    public void setUnsubscribed(boolean away) {
        unsubscribed = away;
        CoordinationCommands.Events told = events;
        if (!away && told != null) {
            timeline.schedule(0, told::subscribed);
        }
    }

    /** Which answers don't arrive although everything that is asked does. */
    public enum Deafness {
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

    private static final Map<String, About> ABOUT =
            Map.of("beat", About.BEATS, "survey", About.BEATS, "trade", About.LIMITS);

    /** What does a command there. */
    private static final Map<Method, Method> MODELLED = new ConcurrentHashMap<>();

    /** What a command is about. */
    private enum About {
        BEATS,
        LIMITS,
        OTHERS
    }

    /** Lets everything that is asked arrive, and only some answers. */
    public void setDeaf(Deafness deafness) {
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
        timeline.schedule(timeout.toNanos(), () -> {
            if (!answer.isDone()) {
                answer.completeExceptionally(silence());
            }
        });
        if (!isLost()) {
            int sentOn = connection;
            long arrival = Math.max(frozenUntilNanos, timeline.nanoTime() + way());
            lastArrivalNanos = Math.max(lastArrivalNanos, arrival);
            timeline.schedule(lastArrivalNanos - timeline.nanoTime(), () -> arrive(about, command, answer, sentOn));
        }
        return answer;
    }

    private Throwable silence() {
        TimeoutException silence = new TimeoutException("silence");
        return inACluster ? new ShardUnavailableException(silence) : silence;
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

    private void connect() {
        CoordinationCommands.Events told = events;
        if (told != null) {
            timeline.schedule(0, told::connected);
            timeline.schedule(0, told::subscribed);
        }
    }

    /** Returns this process's way to the common cache, over the same network. */
    public CacheStore store() {
        return new Store();
    }

    /** Returns the commands of this process, which all end in the methods of the same name there. */
    public CoordinationCommands commands() {
        return (CoordinationCommands) Proxy.newProxyInstance(
                FaultyCommands.class.getClassLoader(), new Class<?>[] {CoordinationCommands.class}, this::command);
    }

    private @Nullable Object command(Object proxy, Method method, Object @Nullable [] arguments) {
        if (arguments != null && arguments[0] instanceof CoordinationCommands.Events told) {
            start(told);
            return null;
        }
        if (method.getReturnType() == void.class) {
            return null;
        }
        if (method.getReturnType() == Optional.class) {
            return Optional.empty();
        }
        int count = arguments == null ? 0 : arguments.length;
        Method there = MODELLED.computeIfAbsent(
                method,
                command -> Arrays.stream(ModelledRedis.class.getDeclaredMethods())
                        .filter(each -> each.getName().equals(command.getName()) && each.getParameterCount() == count)
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("nobody models " + command)));
        return send(ABOUT.getOrDefault(method.getName(), About.OTHERS), () -> {
            try {
                Object reply = there.invoke(redis, arguments);
                redis.count(method, arguments, reply);
                return reply;
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void start(CoordinationCommands.Events told) {
        events = told;
        redis.subscribe(text -> {
            if (!down && !silent && !unsubscribed && deafness == Deafness.NONE) {
                timeline.schedule(way(), () -> told.notice(text));
            }
        });
        connect();
    }

    private final class Store implements CacheStore {

        @Override
        public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
            return send(() -> redis.ask(key).map(answer -> new CacheHit(answer, true)));
        }

        @Override
        public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
            return FaultyCommands.this
                    .<Boolean>send(() -> {
                        redis.keep(key, entry);
                        return true;
                    })
                    .thenAccept(done -> {});
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
