package dev.whippletree.cache.redis;

import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheEnvelope;
import dev.whippletree.spi.CacheHit;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.CacheStore;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Answers as envelopes, large ones packed, under one key each, which Redis drops when they expire. Thread-safe.
 *
 * <p>The envelope's own expiry is checked on reading as well: Redis has another clock, and a key may have been given more time.
 */
final class RedisStore implements CacheStore {

    /** Longer than anything lives, and far from overflowing Redis's milliseconds. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    /** Keys looked at in one step of a sweep: a millisecond's work for Redis. */
    private static final int SWEEP_STEP = 1_000;

    private final RedisKeys keys;
    private final RedisLink link;
    private final InstantSource clock;

    RedisStore(RedisKeys keys, RedisLink link, InstantSource clock) {
        this.keys = keys;
        this.link = link;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Optional<CacheHit>> get(CacheKey key) {
        return link.send(redis -> redis.get(keys.of(key)))
                .thenApply(stored -> Optional.ofNullable(stored)
                        .flatMap(Packing::unpack)
                        .flatMap(bytes -> CacheEnvelope.read(bytes, clock.instant()))
                        .map(entry -> new CacheHit(entry, true)));
    }

    @Override
    public CompletionStage<Void> put(CacheKey key, CacheEntry entry) {
        if (!clock.instant().isBefore(entry.expires())) {
            return CompletableFuture.completedFuture(null);
        }
        byte[] envelope = Packing.pack(CacheEnvelope.write(entry));
        long millis = millisUntil(entry.expires());
        return link.send(redis -> redis.set(keys.of(key), envelope, SetArgs.Builder.px(millis)))
                .thenAccept(ok -> {});
    }

    /** Rounds up, since Redis refuses zero and the envelope knows better. */
    private long millisUntil(Instant expires) {
        Duration left = Duration.between(clock.instant(), expires);
        return left.compareTo(LONGEST) < 0 ? Math.max(1, left.toMillis()) : LONGEST.toMillis();
    }

    /** Sweeps the keys step by step. Answers stored meanwhile may stay. */
    @Override
    public CompletionStage<Long> clear(Optional<String> tenant) {
        ScanArgs args = new ScanArgs().match(keys.pattern(tenant)).limit(SWEEP_STEP);
        return sweep(ScanCursor.INITIAL, args, 0);
    }

    private CompletionStage<Long> sweep(ScanCursor from, ScanArgs args, long removedBefore) {
        return link.send(redis -> redis.scan(from, args))
                .thenCompose(step -> unlink(step)
                        .thenCompose(removed -> step.isFinished()
                                ? CompletableFuture.completedFuture(removedBefore + removed)
                                : sweep(step, args, removedBefore + removed)));
    }

    private CompletionStage<Long> unlink(KeyScanCursor<byte[]> step) {
        List<byte[]> found = step.getKeys();
        return found.isEmpty()
                ? CompletableFuture.completedFuture(0L)
                : link.send(redis -> redis.unlink(found.toArray(byte[][]::new)));
    }

    @Override
    public void close() {
        link.close();
    }
}
