package dev.whippletree.cache.redis;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is heard of one Redis, over all the ways that this process has to it. Thread-safe.
 *
 * <p>A cache and a coordinator on the same Redis have connections of their own, and a prompt asks one after the other. When Redis
 * hangs, what one has waited for in vain tells the other, so that the prompt doesn't wait there once more.
 */
final class LifeSigns {

    private static final Map<String, LifeSigns> ALL = new ConcurrentHashMap<>();

    private final AtomicLong answers = new AtomicLong();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private LifeSigns() {}

    /** Returns those of the Redis at an address, the same for everybody in this process. */
    static LifeSigns of(String address) {
        return ALL.computeIfAbsent(address, unused -> new LifeSigns());
    }

    /** Adds what is run, on the thread that noticed, when a command has got no answer and nothing else has since it was sent. */
    void onSilence(Runnable listener) {
        listeners.add(listener);
    }

    void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    /** Returns how many answers there were so far. */
    long answers() {
        return answers.get();
    }

    /** Something was answered. */
    void answered() {
        answers.incrementAndGet();
    }

    /**
     * A command wasn't answered in its time.
     *
     * @param answersBefore how many answers there had been when it was sent
     */
    void unanswered(long answersBefore) {
        if (answers.get() == answersBefore) {
            listeners.forEach(Runnable::run);
        }
    }
}
