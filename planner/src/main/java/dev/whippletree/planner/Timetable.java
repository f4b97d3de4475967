package dev.whippletree.planner;

import dev.whippletree.planner.Outcome.Minute;
import dev.whippletree.planner.Recorder.MinuteTally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** A run minute by minute, or second by second. Confined to one run. */
final class Timetable {

    private final List<MinuteTally> tallies;
    private final Duration length;
    private final Targets targets;
    private final List<LimitSlot> slots;

    /** When the calls were made that each slot counts, in order. */
    private final List<long[]> nanosBySlot;

    Timetable(Recorder recorder, List<MinuteTally> tallies, Duration length, Targets targets, List<LimitSlot> slots) {
        this.tallies = tallies;
        this.length = length;
        this.targets = targets;
        this.slots = slots;
        this.nanosBySlot = slots.stream()
                .map(slot -> slot.targets().stream()
                        .flatMapToLong(target -> LongStream.of(recorder.admittedNanos(target)))
                        .sorted()
                        .toArray())
                .toList();
    }

    List<Minute> stretches() {
        List<Minute> minutes = new ArrayList<>();
        long open = 0;
        for (int index = 0; index < tallies.size(); index++) {
            MinuteTally tally = tallies.get(index);
            open += tally.asked - tally.answered - tally.failed;
            minutes.add(minute(index, tally, open));
        }
        return minutes;
    }

    private Minute minute(int index, MinuteTally tally, long open) {
        Outcome.Times waited = tally.waited.times();
        List<Long> byAccount = targets.plannedAccounts().stream()
                .map(planned -> targets.callsOf(planned, tally.calls))
                .toList();
        return new Minute(
                index + 1,
                tally.asked,
                tally.answered,
                tally.fromCache,
                tally.joined,
                byAccount.stream().mapToLong(Long::longValue).sum(),
                byAccount,
                shares((index + 1) * length.toNanos()),
                open,
                waited.p95(),
                waited.worst());
    }

    /** Returns how full each limit is at the end of a stretch. */
    private List<Double> shares(long endNanos) {
        List<Double> shares = new ArrayList<>();
        for (int number = 0; number < slots.size(); number++) {
            LimitSlot slot = slots.get(number);
            long[] nanos = nanosBySlot.get(number);
            long calls = before(endNanos, nanos) - before(endNanos - slot.spanNanos(length), nanos);
            shares.add(calls * slot.perCall() / slot.allowedIn(length));
        }
        return shares;
    }

    /** Returns how many of some moments in order are before another one. */
    private static int before(long nanos, long[] ordered) {
        int low = 0;
        int high = ordered.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ordered[middle] < nanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
