package dev.whippletree.gateway.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * Counts the bytes of answers that clients haven't read yet. While they exceed the memory, ends the answers with the
 * most unread bytes: those of the client that holds more than its share, else of any client. An answer whose client
 * reads it as it comes goes on, whatever else is held. Thread-safe; never blocks.
 */
public final class UnreadAnswers {

    /** So much of an answer is on its way although its client reads at once: some pieces, and what is being written. */
    static final long ON_ITS_WAY_BYTES = 64 * 1024;

    private final MemoryBudget memory;
    private final Set<CountedAnswer> all = ConcurrentHashMap.newKeySet();
    private final LongAdder dropped = new LongAdder();

    /** So many pieces may come until it is looked again, because a look found nothing to end. Guarded by this. */
    private int unexamined;

    /** An answer that somebody reads. Asked on any thread. */
    public interface Answer {

        /** Returns how many bytes its client hasn't read. */
        long unread();

        /** Ends it and frees its memory. */
        void giveUp();
    }

    /** An answer that is counted from the first call until it ends. Thread-safe. */
    public final class CountedAnswer {

        private final MemoryBudget.Lease lease;
        private final Answer answer;
        private boolean ended;

        private CountedAnswer(MemoryBudget.Lease lease, Answer answer) {
            this.lease = lease;
            this.answer = answer;
        }

        /** Sets how many of its bytes are kept. If that is too much, ends other answers or this one. */
        public void keeps(long bytes) {
            // Not under the lock: a JVM makes one that takes memory of its own where the first hash is taken under it.
            all.add(this);
            synchronized (this) {
                if (ended) {
                    all.remove(this);
                    return;
                }
                lease.keeps(bytes);
            }
            if (lease.isBeyondShare()) {
                giveUpLargest(MemoryBudget.Lease::isBeyondShare);
            }
            if (memory.isExceeded()) {
                giveUpLargest(any -> memory.isExceeded());
            }
        }

        public void end() {
            synchronized (this) {
                ended = true;
                lease.keeps(0);
            }
            all.remove(this);
        }
    }

    public UnreadAnswers(MemoryBudget memory) {
        this.memory = memory;
    }

    /** Prepares to count an answer against a lease. */
    public CountedAnswer count(MemoryBudget.Lease lease, Answer answer) {
        return new CountedAnswer(lease, answer);
    }

    private void giveUpLargest(Predicate<MemoryBudget.Lease> tooMuch) {
        List<Answer> givenUp = new ArrayList<>(1);
        synchronized (this) {
            if (unexamined > 0) {
                unexamined--;
                return;
            }
            // How much is unread changes meanwhile, which no sorting endures.
            Map<CountedAnswer, Long> unread = new HashMap<>();
            all.forEach(counted -> unread.put(counted, counted.answer.unread()));
            unread.entrySet().stream()
                    .filter(entry -> entry.getValue() > ON_ITS_WAY_BYTES)
                    .sorted(Map.Entry.<CountedAnswer, Long>comparingByValue().reversed())
                    .map(Map.Entry::getKey)
                    .filter(counted -> tooMuch.test(counted.lease))
                    .forEach(counted -> {
                        counted.end();
                        givenUp.add(counted.answer);
                    });
            unexamined = givenUp.isEmpty() ? all.size() : 0;
        }
        dropped.add(givenUp.size());
        givenUp.forEach(Answer::giveUp);
    }

    /** Returns how many answers were ended because too much of answers was unread. */
    public long dropped() {
        return dropped.sum();
    }
}
