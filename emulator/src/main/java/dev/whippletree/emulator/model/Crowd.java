package dev.whippletree.emulator.model;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.PriorityQueue;

/** Counts the requests that organizations have under way at once. Confined to its service's lock. */
final class Crowd {

    private final OptionalInt most;
    private final Map<String, PriorityQueue<Long>> endsByOrganization = new HashMap<>();

    Crowd(OptionalInt most) {
        this.most = most;
    }

    /** Returns whether one more is too many. */
    boolean isFull(String organization, long nowNanos) {
        if (most.isEmpty()) {
            return false;
        }
        PriorityQueue<Long> ends = ends(organization);
        while (!ends.isEmpty() && ends.element() <= nowNanos) {
            ends.remove();
        }
        return ends.size() >= most.getAsInt();
    }

    /** Counts one until it ends. */
    void enter(String organization, long endNanos) {
        if (most.isPresent()) {
            ends(organization).add(endNanos);
        }
    }

    private PriorityQueue<Long> ends(String organization) {
        return endsByOrganization.computeIfAbsent(organization, id -> new PriorityQueue<>());
    }
}
