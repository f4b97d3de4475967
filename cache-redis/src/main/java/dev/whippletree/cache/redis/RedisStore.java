package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.cache.redis.link.Cause;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.cache.redis.link.RedisLink;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.cache.redis.link.Remarks;
import dev.whippletree.cache.redis.link.ShardUnavailableException;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheEnvelope;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Answers as envelopes, large ones packed, under one key each, which Redis drops when they expire. Thread-safe.
 *
 * <p>The envelope's own expiry is checked on reading as well: Redis has another clock, and a key may have been given
 * more time.
 */
final class RedisStore implements CacheStore {

    /** Longer than anything lives, and far from overflowing Redis's milliseconds. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    /** By so much the clocks of processes may differ. */
    private static final Duration SKEW = Duration.ofDays(1);

    /** Keys looked at in one step of a sweep: a millisecond's work for Redis. */
    private static final int SWEEP_STEP = 1_000;

    private final RedisSettings settings;
    private final RedisKeys keys;
    private final RedisLink link;
    private final InstantSource clock;
    private final CorruptValue corrupt;
    private final Remarks remarks;

    /** For sweeps: to look at a cluster's next node, Lettuce waits until it is connected. */
    private final Executor executor;

    RedisStore(RedisSettings settings, RedisLink link, Services services) {
        this.settings = settings;
        this.link = link;
        keys = new RedisKeys(settings.keyPrefix());
        corrupt = new CorruptValue(settings, services);
        remarks = new Remarks(settings);
        clock = services.clock();
        executor = services.executor();
    }

    /**
     * Sends a command. The link reports a Redis that is away. The engine reports one that answers late or refuses, and
     * what is wrong with one shard of a cluster.
     */
    private <T> CompletionStage<T> send(
            Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        return link.send(command).exceptionallyCompose(failure -> CompletableFuture.failedFuture(named(failure)));
    }

    private Throwable named(Throwable failure) {
        Throwable cause = Cause.of(failure);
        Throwable reason = ShardUnavailableException.reasonOf(cause);
        return reason instanceof TimeoutException || reason instanceof IOException
                ? new IllegalStateException(Problem.what(settings, cause), cause)
                : reason;
    }

    /** Compares the clocks. Where a user may not ask for Redis's time, nobody is told. */
    void lookAtClock() {
        send(RedisClusterAsyncCommands::time)
                .thenAccept(time ->
                        remarks.time(Long.parseLong(new String(time.get(0), US_ASCII)) * 1_000, clock.instant()));
    }

    @Override
    public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
        return send(redis -> redis.get(keys.answer(key)))
                .thenApply(stored -> Optional.ofNullable(stored)
                        .flatMap(bytes -> read(key, bytes))
                        .map(entry -> new CacheHit(entry, true)));
    }

    private Optional<CacheEntry> read(CacheKey key, byte[] stored) {
        Instant now = clock.instant();
        Optional<CacheEntry> entry = Packing.unpack(stored)
                .flatMap(bytes -> CacheEnvelope.read(bytes, Instant.MIN))
                .filter(found -> Duration.between(now, found.expires()).compareTo(LONGEST.plus(SKEW)) <= 0);
        if (entry.isEmpty()) {
            corrupt.note("the answer under " + new String(keys.answer(key), US_ASCII));
        }
        return entry.filter(found -> now.isBefore(found.expires()));
    }

    @Override
    public List<String> remarks() {
        return Stream.of(link.trouble(), link.remark(), remarks.sentence(), corrupt.sentence())
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
        Instant now = clock.instant();
        if (!now.isBefore(entry.expires())) {
            return CompletableFuture.completedFuture(null);
        }
        Instant latest = now.plus(LONGEST);
        Instant expires = entry.expires().isBefore(latest) ? entry.expires() : latest;
        byte[] envelope = Packing.pack(CacheEnvelope.write(new CacheEntry(entry.completion(), expires)));
        // Rounded up, since Redis refuses zero and the envelope knows better.
        long millis = Math.max(1, Duration.between(now, expires).toMillis());
        return send(redis -> redis.set(keys.answer(key), envelope, SetArgs.Builder.px(millis)))
                .thenAccept(ok -> {});
    }

    @Override
    public CompletionStage<Void> remove(CacheKey key) {
        return send(redis -> redis.unlink(keys.answer(key))).thenAccept(removed -> {});
    }

    /** Sweeps the keys step by step, node by node in a cluster. Answers stored meanwhile may stay. */
    @Override
    public CompletionStage<Long> clear(Optional<String> tenant) {
        ScanArgs args = new ScanArgs().match(keys.answers(tenant)).limit(SWEEP_STEP);
        return CompletableFuture.supplyAsync(() -> sweep(ScanCursor.INITIAL, args, 0), executor)
                .thenCompose(Function.identity());
    }

    private CompletionStage<Long> sweep(ScanCursor from, ScanArgs args, long removedBefore) {
        return send(redis -> redis.scan(from, args))
                .thenCompose(step -> unlink(step)
                        .thenComposeAsync(
                                removed -> step.isFinished()
                                        ? CompletableFuture.completedFuture(removedBefore + removed)
                                        : sweep(step, args, removedBefore + removed),
                                executor));
    }

    private CompletionStage<Long> unlink(KeyScanCursor<byte[]> step) {
        List<byte[]> found = step.getKeys();
        return found.isEmpty()
                ? CompletableFuture.completedFuture(0L)
                : send(redis -> redis.unlink(found.toArray(byte[][]::new)));
    }

    @Override
    public void close() {
        link.close();
    }
}
