package dev.whippletree.cache.redis;

import dev.whippletree.model.ShownText;
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
 * <p>It counts as lost when it breaks, and when a command has gone unanswered and a question sent after it isn't
 * answered either ({@link ConnectionCheck}), since a Redis that hangs, or a network that swallows everything, breaks no
 * connection. While there is none, commands fail at once. Attempts to connect go on in the background, at most a second
 * apart. Going away and coming back are logged, a line each. Thread-safe; never blocks.
 */
final class RedisLink implements AutoCloseable {

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

    /** Ends as the first attempt does: commands that come before share its fate. */
    private final CompletableFuture<Way> first = new CompletableFuture<>();

    /** What commands go through: the first attempt, a connection, or a failure that says why there is none. */
    private volatile CompletableFuture<Way> current = first;

    /** Told of each connection, once commands go through it. */
    private volatile Runnable onConnected = () -> {};

    /** Attempts and connections in a row that came to nothing; written under the lock. */
    private volatile int failures;

    // Guarded by this.
    private @Nullable StatefulRedisConnection<byte[], byte[]> connection;
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
        return current.thenCompose(way -> way.send(command));
    }

    /** Called for each answer in time, a refusal too, so it looks before it locks. */
    private void answered() {
        if (failures > 0) {
            synchronized (this) {
                failures = 0;
            }
        }
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
        Way way = new Way(open);
        if (!accept(way)) {
            var unused = open.closeAsync();
            return;
        }
        first.complete(way);
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

    private synchronized boolean accept(Way way) {
        if (closed) {
            return false;
        }
        connection = way.connection;
        current = CompletableFuture.completedFuture(way);
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
        return about
                + (root.getMessage() == null ? root.getClass().getSimpleName() : ShownText.line(root.getMessage()));
    }

    /** What commands go through: a connection, and whether it may be dead. */
    private final class Way {

        private final StatefulRedisConnection<byte[], byte[]> connection;
        private final ConnectionCheck check;

        Way(StatefulRedisConnection<byte[], byte[]> connection) {
            this.connection = connection;
            this.check = new ConnectionCheck(services, this::ask, () -> lose(connection, "it doesn't answer"));
        }

        <T> CompletionStage<T> send(Function<RedisAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
            long sentNanos = services.nanoTime();
            return command.apply(connection.async()).whenComplete((answer, failure) -> observe(sentNanos, failure));
        }

        private void ask() {
            var unused = send(RedisAsyncCommands::ping);
        }

        /**
         * A command may be several stages, which wrap what Lettuce says. Lettuce's timer is up to a tenth of a second
         * late, so an answer may have taken longer than the timeout: a Redis that is as slow as that for all doesn't
         * end the doubt.
         */
        private void observe(long sentNanos, @Nullable Throwable failure) {
            if (failure == null
                    || Cause.find(RedisCommandExecutionException.class, failure).isPresent()) {
                if (services.nanoTime() - sentNanos <= settings.commandTimeout().toNanos()) {
                    check.answered();
                    answered();
                }
            } else if (Cause.find(RedisCommandTimeoutException.class, failure).isPresent()) {
                check.unanswered();
            }
        }
    }
}
