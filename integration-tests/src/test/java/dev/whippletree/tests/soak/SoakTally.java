package dev.whippletree.tests.soak;

import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** What came of the requests of all clients. Thread-safe. */
final class SoakTally {

    private static final int MOST_SAMPLES = 20;

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Queue<String> broken = new ConcurrentLinkedQueue<>();
    private volatile boolean open;

    /** Lets clients ask. */
    void open() {
        open = true;
    }

    /** Has clients stop after the request they are at. */
    void close() {
        open = false;
    }

    boolean isOpen() {
        return open;
    }

    /** An answer came, and it is whole and the question's. */
    void answered() {
        count("answered");
    }

    /** The client went away. */
    void left() {
        count("left");
    }

    /** A stream ended with an event that says so. */
    void interrupted() {
        count("interrupted");
    }

    /** A status said that there is no answer. */
    void refused(int status) {
        count("status " + status);
    }

    /** An answer came that isn't whole, or another question's. */
    void wrong(String sample) {
        count("wrong");
        keep(wrong, sample);
    }

    /** A connection broke that nobody had reason to break. */
    void broken(String sample) {
        count("broken");
        keep(broken, sample);
    }

    private static void keep(Queue<String> samples, String sample) {
        if (samples.size() < MOST_SAMPLES) {
            samples.add(sample);
        }
    }

    private void count(String what) {
        counts.computeIfAbsent(what, unknown -> new LongAdder()).increment();
    }

    /** Returns how often each thing happened, by name. */
    Map<String, Long> counts() {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((what, count) -> sums.put(what, count.sum()));
        return sums;
    }

    /** Returns some of the wrong answers. */
    Queue<String> samplesOfWrong() {
        return wrong;
    }

    /** Returns why some of the connections broke. */
    Queue<String> samplesOfBroken() {
        return broken;
    }
}
