package dev.whippletree.planner;

import dev.whippletree.planner.Outcome.Minute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A run minute by minute, or second by second, once its recorder is closed. Confined to one run. */
final class Timetable {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LONGEST_BY_SECONDS = Duration.ofMinutes(3);

    private final Recorder recorder;
    private final List<LimitSlot> slots;

    /** When the calls of each account were made, in order. */
    private final List<long[]> nanosByAccount;

    /** When the calls were made that each slot counts, in order. */
    private final List<long[]> nanosBySlot;

    /** The last moment at which anything happened or somebody waited. */
    private final long lastNanos;

    Timetable(Recorder recorder, List<PlannedAccount> accounts, List<LimitSlot> slots) {
        this.recorder = recorder;
        this.slots = slots;
        this.nanosByAccount = accounts.stream()
                .map(planned -> recorder.callNanos(planned.targets()))
                .toList();
        this.nanosBySlot = slots.stream()
                .map(slot -> recorder.admittedNanos(slot.targets()))
                .toList();
        this.lastNanos = LongStream.concat(
                        recorder.prompts().stream().mapToLong(Recorder.Asked::lastNanos),
                        nanosByAccount.stream().flatMapToLong(LongStream::of))
                .max()
                .orElse(0);
    }

    private static final class Tally {

        private final LongStream.Builder waitedNanos = LongStream.builder();
        private long asked;
        private long answered;
        private long fromCache;
        private long joined;
        private long failed;

        void ended(Recorder.Asked prompt) {
            if (prompt.source == null) {
                failed++;
                return;
            }
            answered++;
            switch (prompt.source) {
                case CALL -> {}
                case JOINED -> joined++;
                case CACHE -> fromCache++;
            }
            waitedNanos.add(prompt.waitedNanos());
        }
    }

    List<Minute> minutes() {
        return stretches(MINUTE);
    }

    /** Returns the seconds of a run of three minutes at most; of a longer one none. */
    List<Minute> seconds() {
        return lastNanos < LONGEST_BY_SECONDS.toNanos() ? stretches(Duration.ofSeconds(1)) : List.of();
    }

    private List<Minute> stretches(Duration length) {
        List<Tally> tallies = tallies(length.toNanos());
        List<Minute> minutes = new ArrayList<>();
        long open = 0;
        for (int index = 0; index < tallies.size(); index++) {
            Tally tally = tallies.get(index);
            open += tally.asked - tally.answered - tally.failed;
            minutes.add(minute(index, length, tally, open));
        }
        return minutes;
    }

    private List<Tally> tallies(long lengthNanos) {
        List<Tally> tallies =
                Stream.generate(Tally::new).limit(lastNanos / lengthNanos + 1).toList();
        for (Recorder.Asked prompt : recorder.prompts()) {
            int asked = (int) (prompt.atNanos / lengthNanos);
            tallies.get(asked).asked++;
            if (prompt.isOpen) { // It counts in each stretch during which it waited.
                for (int number = asked; number < tallies.size(); number++) {
                    long untilNanos = Math.min(prompt.endNanos, (number + 1) * lengthNanos);
                    tallies.get(number).waitedNanos.add(untilNanos - prompt.atNanos);
                }
            } else {
                tallies.get((int) (prompt.endNanos / lengthNanos)).ended(prompt);
            }
        }
        return tallies;
    }

    private Minute minute(int index, Duration length, Tally tally, long open) {
        Outcome.Times waited = Outcome.Times.of(tally.waitedNanos.build());
        long endNanos = (index + 1) * length.toNanos();
        List<Long> byAccount = nanosByAccount.stream()
                .map(nanos -> before(endNanos, nanos) - before(endNanos - length.toNanos(), nanos))
                .toList();
        return new Minute(
                index + 1,
                tally.asked,
                tally.answered,
                tally.fromCache,
                tally.joined,
                byAccount.stream().mapToLong(Long::longValue).sum(),
                byAccount,
                shares(endNanos, length),
                open,
                waited.p95(),
                waited.worst());
    }

    /** Returns how full each limit is at the end of a stretch. */
    private List<Double> shares(long endNanos, Duration length) {
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
    private static long before(long nanos, long[] ordered) {
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
