package dev.whippletree.engine.flight;

import dev.whippletree.engine.answer.Transcript;
import dev.whippletree.engine.run.Monitor;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** The callers of a flight, in the order in which they came. Guarded by the engine's lock. */
public final class Subscribers {

    private final Set<Subscription> all = new LinkedHashSet<>(2);
    private int reading;

    public void add(Subscription subscription) {
        all.add(subscription);
        reading += subscription.reader().isPresent() ? 1 : 0;
    }

    public void remove(Subscription subscription) {
        if (all.remove(subscription)) {
            reading -= subscription.reader().isPresent() ? 1 : 0;
        }
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    /** Returns them as they are now. */
    public List<Subscription> all() {
        return List.copyOf(all);
    }

    /** Returns those who were told part of the answer. */
    public List<Subscription> told() {
        return all.stream().filter(Subscription::wasTold).toList();
    }

    /** Returns whether one of them reads along. */
    public boolean anyReads() {
        return reading > 0;
    }

    /** Returns where those are who read along. */
    public List<Transcript.Place> places() {
        return all.stream()
                .flatMap(subscription -> subscription.reader().stream())
                .map(Reader::place)
                .toList();
    }

    /** A piece of the answer is there, and is told once the lock is free. */
    void pieceCame(Monitor monitor) {
        for (Subscription subscription : all) {
            subscription.pieceCame();
            subscription.reader().ifPresent(reader -> reader.wakeAfter(monitor));
        }
    }

    /** Returns when the last of them gives up; empty if one of them never does. */
    public OptionalLong deadline() {
        long latest = Long.MIN_VALUE;
        for (Subscription subscription : all) {
            if (subscription.deadline().isEmpty()) {
                return OptionalLong.empty();
            }
            latest = Math.max(latest, subscription.deadline().getAsLong());
        }
        return OptionalLong.of(latest);
    }

    /** Returns whether one of them waits for as long as it takes. */
    boolean anyWaitsForever() {
        return all.stream()
                .anyMatch(subscription -> subscription.patience().atMost().isEmpty());
    }
}
