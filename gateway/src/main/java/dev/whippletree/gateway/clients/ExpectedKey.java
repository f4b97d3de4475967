package dev.whippletree.gateway.clients;

import dev.whippletree.gateway.http.Patience;
import dev.whippletree.model.Secret;
import dev.whippletree.time.Threads;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key that requests must send, as last read. One that can't be read matches no request, at once; one of which nothing
 * can be learned, as when its file hangs, stays as it was for {@link #KEPT}. The log tells when either begins, when the
 * reason changes and when it ends. Thread-safe.
 */
final class ExpectedKey {

    /** How long an unreadable key stays valid. */
    static final Duration KEPT = Duration.ofSeconds(60);

    /** How long a request waits for a reading. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(ExpectedKey.class);
    private static final AtomicLong CHANGES = new AtomicLong();

    /** Virtual threads blocked on a file would block their carriers. */
    private static final Executor FILES = Threads.newPlatformExecutor("whippletree-gateway-key");

    private final String owner;
    private final Secret secret;
    private final Timeline timeline;

    // All guarded by this.
    private Optional<ShownKey> value = Optional.empty();
    private long change;
    private OptionalLong uncertainSince = OptionalLong.empty();
    private OptionalLong readingSince = OptionalLong.empty();
    private String trouble = "";
    private String told = "";
    private CompletableFuture<Void> latest = CompletableFuture.completedFuture(null);

    /** The next read, not begun yet. */
    private @Nullable CompletableFuture<Void> next;

    /** Reads one. Blocks as long as that takes. */
    ExpectedKey(String owner, Secret secret, Timeline timeline) {
        this.owner = owner;
        this.secret = secret;
        this.timeline = timeline;
        readNow();
    }

    String owner() {
        return owner;
    }

    /** Compares with the key of a request, in constant time. */
    synchronized boolean is(ShownKey shown) {
        long now = timeline.nanoTime();
        if (hangs(now)) {
            doubt("reading it takes longer than a second");
        }
        if (uncertainSince.isPresent() && now - uncertainSince.getAsLong() >= KEPT.toNanos()) {
            learn(Optional.empty(), trouble);
        }
        return value.isPresent() && value.get().is(shown);
    }

    synchronized long change() {
        return change;
    }

    /**
     * Reads it again, unless it is fixed. Doesn't block.
     *
     * @return ends after a fresh read, or when that takes too long
     */
    CompletableFuture<Void> read() {
        CompletableFuture<Void> reading;
        synchronized (this) {
            if (secret.isFixed() || hangs(timeline.nanoTime())) {
                return CompletableFuture.completedFuture(null);
            }
            if (next == null || next.isDone()) {
                next = latest.thenRunAsync(this::readNext, FILES);
            }
            reading = next;
        }
        return Patience.atMost(PATIENCE, reading, timeline);
    }

    private boolean hangs(long now) {
        return readingSince.isPresent() && now - readingSince.getAsLong() >= PATIENCE.toNanos();
    }

    private void readNext() {
        synchronized (this) {
            latest = next == null ? latest : next;
            next = null;
            readingSince = OptionalLong.of(timeline.nanoTime());
        }
        readNow();
    }

    private void readNow() {
        Optional<ShownKey> found = Optional.empty();
        String why = "";
        boolean certain = true;
        try {
            found = Optional.of(new ShownKey(secret.reveal()));
        } catch (Throwable e) {
            why = String.valueOf(e.getMessage());
            certain = e instanceof RuntimeException && !(e instanceof Secret.UncertainException);
        }
        synchronized (this) {
            readingSince = OptionalLong.empty();
            if (certain) {
                learn(found, why);
            } else {
                doubt(why);
            }
        }
    }

    private void learn(Optional<ShownKey> now, String why) {
        boolean same = now.isPresent() && value.isPresent() && now.get().is(value.get());
        change = same ? change : CHANGES.incrementAndGet();
        value = now;
        uncertainSince = OptionalLong.empty();
        tell(why, "so the gateway rejects it");
    }

    private void doubt(String why) {
        if (value.isEmpty()) {
            learn(value, why);
        } else {
            uncertainSince = uncertainSince.isPresent() ? uncertainSince : OptionalLong.of(timeline.nanoTime());
            tell(why, "so it stays as it was for " + KEPT.toSeconds() + " seconds");
        }
    }

    private void tell(String why, String meaning) {
        trouble = why;
        String now = why.isEmpty() ? "" : meaning + ": " + why;
        if (now.equals(told)) {
            return;
        }
        told = now;
        if (now.isEmpty()) {
            LOG.info("The key of {} can be read again", owner);
        } else {
            LOG.warn("The key of {} can't be read, {}", owner, now);
        }
    }
}
