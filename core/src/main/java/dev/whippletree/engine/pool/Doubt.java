package dev.whippletree.engine.pool;

import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Decides whether refusals that name nothing ({@link Reach#PROMPT}) are a target's fault or their prompts'. Guarded by the engine's lock.
 *
 * <p>A target that has never answered is at fault at once. Any other is after 100 refused prompts in a row, unless it has accepted a call
 * that began after the first of them. Prompts of each tenant whose calls it has accepted within an hour must be among them. A prompt
 * doesn't count if another account refuses it too, and has accepted other calls meanwhile.
 */
public final class Doubt {

    private static final int MOST_PROMPTS = 100;
    private static final int MOST_TENANTS = 100;
    private static final long RECENT_NANOS = Duration.ofHours(1).toNanos();

    private final Target target;

    /** The prompts refused in a row, their tenants, and when the first of their calls began. */
    private int prompts;

    private final Set<String> tenants = new HashSet<>(2);
    private long since;

    /** When a call of each tenant was last accepted. */
    private final Map<String, Long> acceptedAt = new HashMap<>(2);

    Doubt(Target target) {
        this.target = target;
    }

    /**
     * The target refused a prompt without naming anything. Returns whether the target is at fault, and is to be closed.
     *
     * @param others the targets that have refused the same prompt like that
     */
    public boolean refused(Lease lease, String tenant, Collection<Target> others, long now) {
        if (!target.health().hasAnswered()) {
            return others.isEmpty();
        }
        if (prompts == 0) {
            tenants.clear();
            since = lease.beganNanos();
        }
        if (others.stream().noneMatch(this::isAnsweredMeanwhileBy)) {
            prompts++;
            tenants.add(tenant);
        }
        others.stream()
                .map(Target::doubt)
                .filter(doubt -> doubt.prompts > 0 && doubt.isAnsweredMeanwhileBy(target))
                .forEach(doubt -> doubt.prompts--);
        return target.availability().needsMending(now) || isConclusive(lease, now);
    }

    private boolean isAnsweredMeanwhileBy(Target other) {
        return other.health().isGoodSince(since);
    }

    /** A call under way for twice as long as the refused one is taken for accepted. */
    private boolean isConclusive(Lease refused, long now) {
        long accepted = now - 2 * (now - refused.beganNanos());
        acceptedAt.values().removeIf(at -> now - at > RECENT_NANOS);
        return prompts >= MOST_PROMPTS
                && tenants.containsAll(acceptedAt.keySet())
                && target.organization().underWay().stream()
                        .filter(lease -> lease.target() == target)
                        .noneMatch(lease -> lease.beganNanos() >= since && lease.beganNanos() < accepted);
    }

    /** The target accepted a call: it answered the prompt, or refused it as wrong. */
    public void accepted(Lease lease, String tenant, long now) {
        if (lease.beganNanos() >= since) {
            prompts = 0;
        }
        if (acceptedAt.size() >= MOST_TENANTS) {
            acceptedAt.clear();
        }
        acceptedAt.put(tenant, now);
    }
}
