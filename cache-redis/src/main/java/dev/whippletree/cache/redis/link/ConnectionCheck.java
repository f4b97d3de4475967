package dev.whippletree.cache.redis.link;

import dev.whippletree.spi.Services;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whether a connection that left a command unanswered is dead. Thread-safe; never blocks.
 *
 * <p>The first unanswered command raises the doubt, and a question of our own is sent, since no other command need
 * follow. Any answer within the time that a command may take ends the doubt. Without one, half a second later, the
 * connection is dead.
 *
 * <p>If that half second ends late, this process was paused, for garbage collection or by a signal, and answers may lie
 * unread: then it is asked again, {@value #MOST_PAUSES} times at most, so that a process which is always late still
 * leaves a dead connection.
 */
final class ConnectionCheck {

    private static final Duration LONGEST_SILENCE = Duration.ofMillis(500);
    private static final long LATE_NANOS = Duration.ofMillis(100).toNanos();
    private static final int MOST_PAUSES = 2;

    private final Services services;
    private final Runnable question;
    private final Runnable onDead;

    /** What is doubted now, different each time; null: nothing. */
    private final AtomicReference<@Nullable Object> present = new AtomicReference<>();

    /**
     * Creates none yet.
     *
     * @param question sends a command; its answer is reported by {@link #answered()}
     * @param onDead is run when there is no answer, on the executor of the services
     */
    ConnectionCheck(Services services, Runnable question, Runnable onDead) {
        this.services = services;
        this.question = question;
        this.onDead = onDead;
    }

    void unanswered() {
        Object fresh = new Object();
        if (present.compareAndSet(null, fresh)) {
            begin(fresh, MOST_PAUSES);
        }
    }

    /** Something was answered in its time. Called for each answer, so it looks before it writes. */
    void answered() {
        if (present.get() != null) {
            present.set(null);
        }
    }

    private void begin(Object doubt, int pauses) {
        long dueNanos = services.nanoTime() + LONGEST_SILENCE.toNanos();
        services.schedule(LONGEST_SILENCE, () -> {
            if (present.get() != doubt) {
                return;
            }
            boolean late = services.nanoTime() - dueNanos > LATE_NANOS;
            if (late && pauses > 0) {
                begin(doubt, pauses - 1);
            } else {
                onDead.run();
            }
        });
        question.run();
    }
}
