package dev.whippletree.engine.pool;

import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Decides whether refusals that name nothing ({@link Reach#PROMPT}) are a target's fault or their prompts'. Guarded by the engine's lock.
 *
 * <p>A target that has never answered is at fault at once, unless one that has refuses the same prompt. Any other is after 100 refused prompts in a row, unless it has accepted a call
 * that began after the first of them. Prompts of each tenant whose calls it has accepted within an hour must be among them. A prompt
 * doesn't count if another account refuses it too, and has accepted other calls meanwhile.
 */
final class Doubt {

    private static final int MOST_PROMPTS = 100;
    private static final int MOST_TENANTS = 100;
    private static final long RECENT_NANOS = Duration.ofHours(1).toNanos();

    private final Health health;

    /** The prompts refused in a row, their tenants, and when the first of their calls began. */
    private int prompts;

    private final Set<String> tenants = new HashSet<>(2);
    private long since;

    /** When a call of each tenant was last accepted. */
    private final Map<String, Long> acceptedAt = new HashMap<>(2);

    Doubt(Health health) {
        this.health = health;
    }

    /**
     * The target refused a prompt without naming anything. Returns whether the target is at fault, and is to be closed.
     *
     * @param began when the refused call began
     * @param others the same of the targets that have refused the same prompt like that
     * @param underWay when the calls began that are under way on the target
     */
    boolean refused(long began, String tenant, List<Doubt> others, LongStream underWay, long now) {
        if (!health.hasAnswered()) {
            return others.stream().noneMatch(other -> other.health.hasAnswered());
        }
        if (prompts == 0) {
            tenants.clear();
            since = began;
        }
        if (others.stream().noneMatch(other -> other.health.isGoodSince(since))) {
            prompts++;
            tenants.add(tenant);
        }
        others.stream()
                .filter(other -> other.prompts > 0 && health.isGoodSince(other.since))
                .forEach(other -> other.prompts--);
        acceptedAt.values().removeIf(at -> now - at > RECENT_NANOS);
        return prompts >= MOST_PROMPTS
                && tenants.containsAll(acceptedAt.keySet())
                && underWay.noneMatch(other -> other >= since && isAccepted(now - other, now - began));
    }

    /** Refusals come sooner than answers. */
    private static boolean isAccepted(long underWayNanos, long refusalNanos) {
        return underWayNanos > 2 * refusalNanos;
    }

    /** The target accepted a call: it answered the prompt, or refused it as wrong. */
    void accepted(long began, String tenant, long now) {
        if (began >= since) {
            prompts = 0;
        }
        if (acceptedAt.size() >= MOST_TENANTS) {
            acceptedAt.clear();
        }
        acceptedAt.put(tenant, now);
    }
}
