package dev.whippletree.cache.redis.link;

import dev.whippletree.model.DurationText;
import dev.whippletree.model.ShownText;
import dev.whippletree.spi.Services;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The way to Redis: one connection, made anew whenever it is lost.
 *
 * <p>It counts as lost when it breaks, and when a command has gone unanswered and a question sent after it isn't
 * answered either ({@link ConnectionCheck}), since a Redis that hangs, or a network that swallows everything, breaks no
 * connection. While there is none, commands fail at once. Attempts to connect go on in the background, at most a second
 * apart. Going away and coming back are logged, a line each, unless a connection that has worked, or lasted for a
 * second, breaks and the first attempt makes up for it: a server may close connections that are idle. Thread-safe;
 * never blocks.
 *
 * <p>A connection to a cluster isn't lost with one of its nodes. When a node isn't there for a command, another
 * connection is made beside the present one, and takes its place when it is there: it knows who serves the slots by
 * then. The cluster is away only when none of its nodes can be asked. In the same way, a server that says that it is a
 * replica is left: another may have become the master, under the same name.
 */
public final class RedisLink implements AutoCloseable {

    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;
    private static final int MOST_DOUBLINGS = 5;
    private static final String BROKEN = "the connection broke";

    /** Lettuce's words, whichever of its queues is full: of commands to be sent, or of those that await an answer. */
    private static final String QUEUE_IS_FULL = "Commands are not accepted until";

    private static final Pattern BREAK = Pattern.compile("Connection .*(closed|disconnected)|not connected");
    private static final long BETWEEN_RENEWALS_NANOS = Duration.ofSeconds(1).toNanos();

    private final RedisSettings settings;
    private final @Nullable Effect effect;
    private final RedisConnector connector;
    private final Services services;
    private final Logger log;
    private final OutageLog outage;

    /** Ends as the first attempt does: commands that come before share its fate. */
    private final CompletableFuture<Way> first = new CompletableFuture<>();

    /** What commands go through: the first attempt, a connection, or a failure that says why there is none. */
    private volatile CompletableFuture<Way> current = first;

    /** Told of each connection, once commands go through it. */
    private volatile Runnable onConnected = () -> {};

    /** Attempts and connections in a row that came to nothing; written under the lock. */
    private volatile int failures;

    /** Whether a server that was taken for one alone has answered as a node of a cluster does. */
    private volatile boolean isNode;

    /** Why Redis can't be used, and what to do, while it is away; written under the lock. */
    private volatile Optional<String> trouble = Optional.empty();

    // Guarded by this.
    private @Nullable RedisConnection connection;
    private boolean renewing;
    private long renewedNanos;
    private boolean closed;

    /**
     * What it means to users that Redis is away, for the log and the status, and that it is back.
     */
    public record Effect(String away, String back) {}

    /**
     * Creates a link that isn't connected.
     *
     * @param settings how messages name its owner, and where Redis is
     * @param effect null: its owner says itself what it means
     */
    public RedisLink(RedisSettings settings, @Nullable Effect effect, RedisConnector connector, Services services) {
        this.settings = settings;
        this.effect = effect;
        this.connector = connector;
        this.services = services;
        this.log = services.logger("cache.redis");
        this.outage = new OutageLog(services);
    }

    /** Sets what is told of each connection; called before {@link #connect()}. It mustn't hold up the thread. */
    public void onConnected(Runnable listener) {
        onConnected = listener;
    }

    /** Begins to connect, and goes on until the link is closed. */
    public void connect() {
        services.executor().execute(this::attempt);
    }

    /** Returns why Redis can't be used, what that means and what to do, a sentence; empty while it can be used. */
    public Optional<String> trouble() {
        return trouble;
    }

    /** Returns what is wrong with the address, if that has shown, and what to do. */
    public Optional<String> remark() {
        return isNode
                ? Optional.of(settings.where() + ": Redis at " + settings.address() + " has only a part of the keys; "
                        + Remedy.of("MOVED", settings))
                : Optional.empty();
    }

    /**
     * Sends a command. The stage may end on one of Lettuce's threads, which must not be held up.
     *
     * <p>A failure of Redis or of the connection is a {@link RefusedCommandException}, a
     * {@link TooManyCommandsException}, a {@link TimeoutException}, an {@link IOException} or, while Redis is away, a
     * {@link RedisUnavailableException}. What one shard of a cluster is to blame for is in a
     * {@link ShardUnavailableException}.
     */
    public <T> CompletionStage<T> send(
            Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        return current.thenCompose(way -> way.send(command));
    }

    private Throwable named(Throwable failure) {
        if (String.valueOf(failure.getMessage()).contains(QUEUE_IS_FULL)) {
            return new TooManyCommandsException("too many commands of this process are under way");
        }
        Throwable reason = reasonOfCommand(failure);
        return settings.isCluster() ? new ShardUnavailableException(reason) : reason;
    }

    private Throwable reasonOfCommand(Throwable failure) {
        Optional<RedisCommandExecutionException> refusal = Cause.find(RedisCommandExecutionException.class, failure);
        if (refusal.isPresent()) {
            return new RefusedCommandException(
                    ShownText.line(String.valueOf(refusal.get().getMessage())), failure);
        }
        if (Cause.find(RedisCommandTimeoutException.class, failure).isPresent()) {
            return new TimeoutException(
                    "it doesn't answer within the command-timeout of " + DurationText.of(settings.commandTimeout()));
        }
        if (!(failure instanceof RedisException)
                && Cause.find(IOException.class, failure).isEmpty()) {
            return failure;
        }
        if (!isBreak(failure)) {
            return new IOException(reasonOf(failure));
        }
        return settings.isCluster() ? new IOException(BROKEN) : new RedisUnavailableException(unavailable(BROKEN));
    }

    /** Lettuce has several words for a connection that broke, and one type for all that isn't an answer of Redis. */
    private static boolean isBreak(Throwable failure) {
        return !(failure instanceof RedisConnectionException)
                && (Cause.find(IOException.class, failure).isPresent()
                        || BREAK.matcher(String.valueOf(failure.getMessage())).find());
    }

    private String unavailable(String reason) {
        return settings.where() + ": Redis at " + settings.address() + " can't be used (" + reason + ")";
    }

    /**
     * A node of a cluster says where the key is that it doesn't have, or that a script's keys aren't in one slot. What
     * a script may not do, Redis before 7.0 says within other words.
     */
    private void look(RedisConnection asked, String message) {
        if (!isNode && (message.startsWith("MOVED ") || message.startsWith("CROSSSLOT"))) {
            isNode = true;
            remark().ifPresent(log::warn);
        }
        if (message.contains("READONLY")) {
            renew(asked);
        }
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
        RuntimeException reason = new IllegalStateException(settings.where() + " is closed");
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

    private void connected(RedisConnection open) {
        Way way = new Way(open);
        if (!accept(way)) {
            open.close();
            return;
        }
        first.complete(way);
        if (!open.isCluster()) {
            open.handle().addListener(new RedisConnectionStateListener() {
                @Override
                public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                    lose(open, BROKEN);
                }
            });
            // It may have broken before.
            if (!open.handle().isOpen()) {
                lose(open, BROKEN);
                return;
            }
        }
        onConnected.run();
    }

    private synchronized boolean accept(Way way) {
        if (closed) {
            return false;
        }
        replace(way.connection);
        current = CompletableFuture.completedFuture(way);
        trouble = Optional.empty();
        if (effect != null) {
            outage.end(settings.where() + ": Redis at " + settings.address() + " is back; " + effect.back());
        }
        return true;
    }

    /** What is under way on the former connection may still be answered. Guarded by this. */
    private void replace(@Nullable RedisConnection next) {
        RedisConnection former = connection;
        if (former != null) {
            services.schedule(settings.commandTimeout(), former::close);
        }
        connection = next;
        renewing = false;
        renewedNanos = services.nanoTime();
    }

    /** Makes another connection beside one that some node isn't there for, or that leads to a replica, soon. */
    private void renew(RedisConnection troubled) {
        synchronized (this) {
            boolean lately = services.nanoTime() - renewedNanos < BETWEEN_RENEWALS_NANOS;
            if (!troubled.equals(connection) || renewing || lately) {
                return;
            }
            renewing = true;
        }
        services.schedule(Duration.ofMillis(services.random().nextLong(FIRST_PAUSE_MILLIS)), this::attempt);
    }

    private void failed(Throwable failure) {
        RuntimeException unavailable;
        synchronized (this) {
            if (closed) {
                return;
            }
            replace(null);
            unavailable = goAway(reasonOf(failure), true);
        }
        first.completeExceptionally(unavailable);
    }

    private void lose(RedisConnection lost, String reason) {
        synchronized (this) {
            if (!lost.equals(connection)) {
                return;
            }
            connection = null;
            boolean atOnce = services.nanoTime() - renewedNanos < BETWEEN_RENEWALS_NANOS;
            goAway(reason, !reason.equals(BROKEN) || (failures > 0 && atOnce));
        }
        lost.close();
    }

    /** Says why commands fail from now on, in the log if so told, and connects soon. Guarded by this. */
    private RuntimeException goAway(String reason, boolean logged) {
        String message = unavailable(reason);
        RuntimeException unavailable = new RedisUnavailableException(message);
        current = CompletableFuture.failedFuture(unavailable);
        if (effect != null) {
            String sentence = message + "; until it is back, " + effect.away() + "; " + Remedy.of(message, settings);
            trouble = Optional.of(sentence);
            if (logged) {
                outage.note(sentence);
            }
        }
        services.schedule(nextPause(), this::attempt);
        return unavailable;
    }

    /** Doubles with each failure, and is drawn from its upper half so that many processes don't come back at once. */
    private synchronized Duration nextPause() {
        long most = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, MOST_DOUBLINGS));
        failures = failures + 1;
        return Duration.ofMillis(most / 2 + services.random().nextLong(most / 2));
    }

    /**
     * Returns the words of what went wrong first, and that it was about TLS, which they don't always tell. Of several
     * nodes that couldn't be asked, Lettuce puts each one's reason beside.
     */
    private String reasonOf(Throwable failure) {
        String about = "";
        Throwable root = failure;
        for (Throwable next = behind(root); next != null; next = behind(root)) {
            root = next;
            if (root instanceof CertificateException) {
                about = "its certificate isn't accepted: ";
            } else if (root instanceof SSLException) {
                about = "TLS fails: ";
            }
        }
        return about + (root.getMessage() == null ? BROKEN : settings.shown(ShownText.line(root.getMessage())));
    }

    private static @Nullable Throwable behind(Throwable failure) {
        Throwable cause = failure.getCause();
        Throwable[] beside = failure.getSuppressed();
        return cause == null && beside.length > 0 ? beside[0] : cause;
    }

    /** What commands go through: a connection, and whether it may be dead. */
    private final class Way {

        private final RedisConnection connection;
        private final ConnectionCheck check;

        Way(RedisConnection connection) {
            this.connection = connection;
            this.check = new ConnectionCheck(services, this::ask, () -> lose(connection, "it doesn't answer"));
        }

        <T> CompletionStage<T> send(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
            long sentNanos = services.nanoTime();
            CompletionStage<T> answer = connection.isCluster()
                    ? ShardCall.send(() -> command.apply(connection.commands()), settings.commandTimeout(), services)
                    : command.apply(connection.commands());
            return answer.exceptionallyCompose(failure -> CompletableFuture.failedFuture(named(Cause.of(failure))))
                    .whenComplete((value, failure) -> observe(
                            sentNanos, failure == null ? null : ShardUnavailableException.reasonOf(Cause.of(failure))));
        }

        private void ask() {
            var unused = send(RedisClusterAsyncCommands::ping);
        }

        /**
         * Lettuce's timer is up to a tenth of a second late, so an answer may have taken longer than the timeout: a
         * Redis that is as slow as that for all doesn't end the doubt.
         */
        private void observe(long sentNanos, @Nullable Throwable failure) {
            if (connection.isCluster()) {
                if (failure == null) {
                    answered();
                } else if (ShardCall.isNotServed(failure)) {
                    renew(connection);
                }
            } else if (failure instanceof TimeoutException) {
                check.unanswered();
            } else if (failure == null || failure instanceof RefusedCommandException) {
                if (failure != null) {
                    look(connection, String.valueOf(failure.getMessage()));
                }
                if (services.nanoTime() - sentNanos <= settings.commandTimeout().toNanos()) {
                    check.answered();
                    answered();
                }
            }
        }
    }
}
