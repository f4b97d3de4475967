package dev.whippletree.batch;

import dev.whippletree.model.Prompt;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which prompts of a batch are different: add those of all items in their order, then give it to {@link Batch.Builder#distinct}. The forecast then knows
 * how many calls are left, whatever the order in which prompts repeat each other. In a conversation, two prompts are alike if all before them are.
 *
 * <p>It keeps 65,536 different prompts at most, as hashes. Of more it keeps each second, fourth or eighth, and so on, by their hashes: adaptive sampling
 * (Flajolet 1990), which is right within 1 %. Thread-safe.
 */
public final class DistinctPrompts {

    private static final int MOST = 1 << 16;

    /** Before a conversation's first prompt. */
    static final long START = 0;

    /** The key of a prompt that asks for a fresh answer, and so is like no other. */
    private static final long FRESH = 0;

    private static final long MIX = 0x9e3779b97f4a7c15L;

    private final boolean conversations;
    private final Map<String, Long> latestBySession = new HashMap<>();
    private final Map<Long, Integer> unaskedByKey = new HashMap<>();
    private long unaskedFresh;
    private int halvings;

    /** What a prompt is among those that were asked before. */
    enum Kind {
        NEW,
        REPEAT,
        NOT_IN_SAMPLE
    }

    /**
     * Creates one that has no prompts yet.
     *
     * @param conversations whether the prompts of a session are a conversation
     */
    public DistinctPrompts(boolean conversations) {
        this.conversations = conversations;
    }

    /** Adds the prompt of the next item. */
    public synchronized void add(Prompt prompt) {
        Optional<String> session = conversations ? prompt.session() : Optional.empty();
        long key = key(session.map(latestBySession::get).orElse(START), prompt);
        session.ifPresent(name -> latestBySession.put(name, key));
        add(key);
    }

    /** Adds a prompt that is to be asked, perhaps again. */
    synchronized void add(long key) {
        if (key == FRESH) {
            unaskedFresh++;
        } else if (isInSample(key)) {
            unaskedByKey.merge(key, 1, Integer::sum);
            while (unaskedByKey.size() > MOST) {
                halvings++;
                unaskedByKey.keySet().removeIf(other -> !isInSample(other));
            }
        }
    }

    private boolean isInSample(long key) {
        return Long.numberOfTrailingZeros(key) >= halvings;
    }

    /**
     * Returns what stands for a prompt.
     *
     * @param before the key of the prompt before it in its conversation; {@link #START}: none
     */
    static long key(long before, Prompt prompt) {
        if (!prompt.cache().read()) {
            return FRESH;
        }
        long hash = 31 * before
                + Objects.hash(
                        prompt.messages(), prompt.parameters(), prompt.route(), prompt.model(), prompt.account());
        long mixed = (hash ^ (hash >>> 32)) * MIX;
        return mixed ^ (mixed >>> 32) | Long.MIN_VALUE;
    }

    /** A prompt is being asked; those like it need no call. */
    synchronized Kind asked(long key) {
        if (key == FRESH) {
            unaskedFresh--;
            return Kind.NEW;
        }
        if (!isInSample(key)) {
            return Kind.NOT_IN_SAMPLE;
        }
        return unaskedByKey.remove(key) == null ? Kind.REPEAT : Kind.NEW;
    }

    /** One like this won't be asked. */
    synchronized void skipped(long key) {
        if (key == FRESH) {
            unaskedFresh--;
        } else {
            unaskedByKey.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Returns about how many different ones are left to ask. */
    synchronized long left() {
        return unaskedFresh + ((long) unaskedByKey.size() << halvings);
    }
}
