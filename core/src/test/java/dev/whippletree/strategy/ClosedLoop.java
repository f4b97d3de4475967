package dev.whippletree.strategy;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.TargetView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Callers that ask again as soon as they are answered, so that a fixed number of attempts is always in flight. Each
 * target takes its own fixed time, however busy it is. All is decided by the picker: nothing here is drawn by lot.
 */
final class ClosedLoop {

    private static final long MILLI = 1_000_000;

    private final Picker picker;
    private final Map<String, Integer> millis;
    private final int callers;
    private final Map<String, Integer> inFlight = new HashMap<>();
    private final PriorityQueue<Attempt> attempts = new PriorityQueue<>();
    private long now;
    private long order;

    private record Attempt(long endNanos, long order, String target, long beganNanos) implements Comparable<Attempt> {
        @Override
        public int compareTo(Attempt other) {
            return endNanos == other.endNanos
                    ? Long.compare(order, other.order)
                    : Long.compare(endNanos, other.endNanos);
        }
    }

    /** Creates one over the targets named, each with the milliseconds that its answers take; weight 1 each. */
    ClosedLoop(Picker picker, Map<String, Integer> millis, int callers) {
        this.picker = picker;
        this.millis = new TreeMap<>(millis);
        this.callers = callers;
    }

    /** Makes that many attempts and returns how many each target had. */
    Map<String, Integer> run(int count) {
        Map<String, Integer> picks = new HashMap<>();
        for (int n = 0; n < count; n++) {
            if (attempts.size() == callers) {
                end(attempts.remove());
            }
            picks.merge(begin(), 1, Integer::sum);
        }
        return picks;
    }

    private String begin() {
        List<TargetView> ready = new ArrayList<>();
        millis.keySet().forEach(id -> ready.add(new TargetView(id, 1, inFlight.getOrDefault(id, 0), 1_000, 1)));
        String target = ready.get(picker.pick(ready, now)).id();
        inFlight.merge(target, 1, Integer::sum);
        attempts.add(new Attempt(now + millis.getOrDefault(target, 0) * MILLI, order++, target, now));
        return target;
    }

    private void end(Attempt attempt) {
        now = attempt.endNanos();
        inFlight.merge(attempt.target(), -1, Integer::sum);
        picker.ended(attempt.target(), Picker.Outcome.ANSWERED, now - attempt.beganNanos(), now);
    }
}
