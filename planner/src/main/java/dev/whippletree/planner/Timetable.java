package dev.whippletree.planner;

import dev.whippletree.planner.Outcome.Minute;
import dev.whippletree.planner.Recorder.MinuteTally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A run minute by minute, or second by second. Confined to one run. */
final class Timetable {

    private final List<MinuteTally> tallies;
    private final Duration length;
    private final Targets targets;
    private final List<LimitSlot> slots;

    Timetable(List<MinuteTally> tallies, Duration length, Targets targets, List<LimitSlot> slots) {
        this.tallies = tallies;
        this.length = length;
        this.targets = targets;
        this.slots = slots;
    }

    List<Minute> stretches() {
        List<Minute> minutes = new ArrayList<>();
        long[][] usedUpTo = usedUpTo();
        long open = 0;
        for (int index = 0; index < tallies.size(); index++) {
            MinuteTally tally = tallies.get(index);
            open += tally.asked - tally.answered - tally.failed;
            minutes.add(minute(index, tally, open, usedUpTo));
        }
        return minutes;
    }

    private Minute minute(int index, MinuteTally tally, long open, long[][] usedUpTo) {
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
                shares(index, usedUpTo),
                open,
                waited.p95(),
                waited.worst());
    }

    /** How much of each limit was used up to each minute: by slot, then by minute, the first of which is before all. */
    private long[][] usedUpTo() {
        long[][] sums = new long[slots.size()][tallies.size() + 1];
        for (int slot = 0; slot < sums.length; slot++) {
            for (int index = 0; index < tallies.size(); index++) {
                long used = slots.get(slot).used(tallies.get(index).admitted());
                sums[slot][index + 1] = sums[slot][index] + used;
            }
        }
        return sums;
    }

    private List<Double> shares(int index, long[][] usedUpTo) {
        List<Double> shares = new ArrayList<>();
        for (int number = 0; number < slots.size(); number++) {
            LimitSlot slot = slots.get(number);
            int before = Math.max(0, index + 1 - slot.windowIn(length));
            long used = usedUpTo[number][index + 1] - usedUpTo[number][before];
            shares.add(used / slot.allowedIn(length));
        }
        return shares;
    }
}
