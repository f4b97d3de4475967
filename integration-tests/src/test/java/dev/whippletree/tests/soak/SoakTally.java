package dev.whippletree.tests.soak;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What came of the requests of all clients. Thread-safe. */
final class SoakTally {

    private static final int MOST_SAMPLES = 20;

    private final Map<String, Long> counts = new ConcurrentHashMap<>();
    private final Queue<String> samples = new ConcurrentLinkedQueue<>();
    private volatile boolean open;

    /** Lets clients ask, or has them stop after the request they are at. */
    void open(boolean isOpen) {
        open = isOpen;
    }

    boolean isOpen() {
        return open;
    }

    /** Counts what may happen. */
    void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    /** Counts what mustn't happen, and keeps the first ones. */
    void count(String what, String sample) {
        count(what);
        if (samples.size() < MOST_SAMPLES) {
            samples.add(what + ": " + sample);
        }
    }

    /** Returns how often each thing happened, by name. */
    Map<String, Long> counts() {
        return counts;
    }

    /** Returns some of what mustn't happen. */
    Queue<String> samples() {
        return samples;
    }
}
