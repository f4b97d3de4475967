package dev.whippletree.cache.redis;

import dev.whippletree.spi.Services;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The way to Redis: one connection, made anew whenever it is lost.
 *
 * <p>It counts as lost when it breaks, and when commands have gone unanswered for a while and none was answered, since a Redis
 * that hangs, or a network that swallows everything, breaks no connection. (A burst of timeouts at one moment is no sign of
 * that: it may have been this process that paused.) While there is none, commands fail at once. Attempts to connect go on in the
 * background, at most a second apart. Going away and coming back are logged, a line each. Thread-safe; never blocks.
 */
final class RedisLink implements AutoCloseable {

    /** From the first of several timeouts, with no answer between, to giving the connection up. */
    private static final long LONGEST_SILENCE_NANOS = 500_000_000;

    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;
    private static final int MOST_DOUBLINGS = 5;

    private final RedisSettings settings;
    private final String where;
    private final String address;
    private final String consequence;
    private final RedisConnector connector;
    private final Services services;
    private final Logger log;
    private final LifeSigns lifeSigns;

    /** Ends as the first attempt does: commands that come before share its fate. */
    private final CompletableFuture<StatefulRedisConnection<byte[], byte[]>> first = new CompletableFuture<>();

    /** What commands go through: the first attempt, a connection, or a failure that says why there is none. */
    private volatile CompletableFuture<StatefulRedisConnection<byte[], byte[]>> current = first;

    /** Told of each connection, once commands go through it. */
    private volatile Runnable onConnected = () -> {};

    private volatile boolean silent;

    /** Attempts and connections in a row that came to nothing; written under the lock. */
    private volatile int failures;

    // Guarded by this.
    private @Nullable StatefulRedisConnection<byte[], byte[]> connection;
    private long silentSinceNanos;
    private boolean away;
    private boolean closed;

    /**
     * Creates a link that isn't connected.
     *
     * @param settings how messages name its owner, and where Redis is
     * @param consequence what it means to users that Redis is away, for the log
     */
    RedisLink(RedisSettings settings, String consequence, RedisConnector connector, Services services) {
        this.settings = settings;
        this.where = settings.where();
        this.address = settings.address();
        this.consequence = consequence;
        this.connector = connector;
        this.services = services;
        this.log = services.logger("cache.redis");
        this.lifeSigns = LifeSigns.of(address);
    }

    /** Sets what is told of each connection; called before {@link #connect()}. It mustn't hold up the thread. */
    void onConnected(Runnable listener) {
        onConnected = listener;
    }

    /** Begins to connect, and goes on until the link is closed. */
    void connect() {
        services.executor().execute(this::attempt);
    }

    /** Sends a command. The stage ends on one of Lettuce's threads, which must not be held up. */
    <T> CompletionStage<T> send(Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        return current.thenCompose(open -> {
            long answersBefore = lifeSigns.answers();
            return command.apply(open.async()).whenComplete((answer, failure) -> observe(open, answersBefore, failure));
        });
    }

    private void observe(
            StatefulRedisConnection<byte[], byte[]> open, long answersBefore, @Nullable Throwable failure) {
        if (failure == null || failure instanceof RedisCommandExecutionException) {
            lifeSigns.answered();
            answered();
        } else if (failure instanceof RedisCommandTimeoutException) {
            lifeSigns.unanswered(answersBefore);
            if (isSilentForLong()) {
                lose(open, "it doesn't answer");
            }
        }
    }

    /** Called for each answer, a refusal too, so it looks before it locks. */
    private void answered() {
        if (silent || failures > 0) {
            synchronized (this) {
                silent = false;
                failures = 0;
            }
        }
    }

    private synchronized boolean isSilentForLong() {
        long now = services.nanoTime();
        if (!silent) {
            silent = true;
            silentSinceNanos = now;
        }
        return now - silentSinceNanos >= LONGEST_SILENCE_NANOS;
    }

    @Override
    public void close() {
        RuntimeException reason = new IllegalStateException(where + " is closed");
        synchronized (this) {
            closed = true;
            connection = null;
            current = CompletableFuture.failedFuture(reason);
        }
        first.completeExceptionally(reason);
        connector.close();
    }

    private void attempt() {
        try {
            connector.connect().whenComplete((open, failure) -> {
                if (failure == null) {
                    connected(open);
                } else {
                    failed(failure);
                }
            });
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void connected(StatefulRedisConnection<byte[], byte[]> open) {
        if (!accept(open)) {
            var unused = open.closeAsync();
            return;
        }
        first.complete(open);
        open.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                lose(open, "the connection broke");
            }
        });
        if (!open.isOpen()) {
            lose(open, "the connection broke");
            return;
        }
        onConnected.run();
    }

    private synchronized boolean accept(StatefulRedisConnection<byte[], byte[]> open) {
        if (closed) {
            return false;
        }
        connection = open;
        current = CompletableFuture.completedFuture(open);
        silent = false;
        if (away) {
            away = false;
            log.info("{}: Redis at {} is back", where, address);
        }
        return true;
    }

    private void failed(Throwable failure) {
        RuntimeException unavailable;
        Duration pause;
        synchronized (this) {
            if (closed) {
                return;
            }
            unavailable = goAway(reasonOf(failure));
            pause = nextPause();
        }
        first.completeExceptionally(unavailable);
        services.schedule(pause, this::attempt);
    }

    private void lose(StatefulRedisConnection<byte[], byte[]> lost, String reason) {
        Duration pause;
        synchronized (this) {
            if (connection != lost) {
                return;
            }
            connection = null;
            goAway(reason);
            pause = nextPause();
        }
        var unused = lost.closeAsync();
        services.schedule(pause, this::attempt);
    }

    /** Guarded by this. */
    private RuntimeException goAway(String reason) {
        String message = where + ": Redis at " + address + " can't be used (" + reason + ")";
        RuntimeException unavailable = new RedisUnavailableException(message);
        current = CompletableFuture.failedFuture(unavailable);
        if (!away) {
            away = true;
            log.warn("{}; until it is back, {}; {}", message, consequence, Remedy.of(message, settings));
        }
        return unavailable;
    }

    /** Doubles with each failure, and is drawn from its upper half so that many processes don't come back at once. */
    private synchronized Duration nextPause() {
        long most = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, MOST_DOUBLINGS));
        failures = failures + 1;
        return Duration.ofMillis(most / 2 + services.random().nextLong(most / 2));
    }

    /** Returns the words of what went wrong first, and that it was about TLS, which they don't always tell. */
    private static String reasonOf(Throwable failure) {
        String about = "";
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
            if (root instanceof CertificateException) {
                about = "its certificate isn't accepted: ";
            } else if (root instanceof SSLException) {
                about = "TLS fails: ";
            }
        }
        return about + (root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage());
    }
}
