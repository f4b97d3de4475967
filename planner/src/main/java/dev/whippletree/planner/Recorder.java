package dev.whippletree.planner;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records a simulation minute by minute, and its first minutes second by second. Confined to its thread; records
 * nothing after it is closed.
 */
final class Recorder {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_MINUTE = 60 * NANOS_PER_SECOND;
    private static final int MOST_SECONDS = 180;

    private final Timeline timeline;
    private final int targets;
    private final List<MinuteTally> minutes = new ArrayList<>();
    private final List<MinuteTally> seconds = new ArrayList<>();
    private final NanosList took = new NanosList();
    private final NanosList waited = new NanosList();
    private final Set<Asked> open = new LinkedHashSet<>();
    private final List<List<Call>> callsByTarget = new ArrayList<>();
    private final long[] promptTokens;
    private final long[] completionTokens;
    private long failed;
    private long lastAnswerNanos;
    private boolean closed;

    /**
     * Creates a recorder of a simulation that starts at zero.
     *
     * @param timeline the simulation's time
     * @param targets how many targets there are
     */
    Recorder(Timeline timeline, int targets) {
        this.timeline = timeline;
        this.targets = targets;
        for (int target = 0; target < targets; target++) {
            callsByTarget.add(new ArrayList<>());
        }
        this.promptTokens = new long[targets];
        this.completionTokens = new long[targets];
    }

    /** One minute's or second's counts; what is by target has one number for each. */
    static final class MinuteTally {

        final long[] calls;
        final long[] refused;
        final NanosList waited = new NanosList();
        long asked;
        long answered;
        long fromCache;
        long joined;
        long failed;

        MinuteTally(int targets) {
            calls = new long[targets];
            refused = new long[targets];
        }

        private void answered(Origin origin) {
            answered++;
            switch (origin.source()) {
                case CALL -> {}
                case JOINED -> joined++;
                case CACHE -> fromCache++;
            }
            waited.add(origin.waited().toNanos());
        }

        /** Returns the calls that weren't refused, by target. */
        long[] admitted() {
            long[] admitted = calls.clone();
            for (int target = 0; target < admitted.length; target++) {
                admitted[target] -= refused[target];
            }
            return admitted;
        }
    }

    /** A prompt that was asked. */
    final class Asked {

        private final long atNanos = timeline.nanoTime();

        /** Records the prompt's end, with an answer or without. */
        void ended(@Nullable Completion completion) {
            if (closed || !open.remove(this)) {
                return;
            }
            if (completion == null) {
                failed++;
                tallies(timeline.nanoTime()).forEach(tally -> tally.failed++);
            } else {
                answered(completion.origin());
            }
        }

        private void answered(Origin origin) {
            lastAnswerNanos = timeline.nanoTime();
            took.add(lastAnswerNanos - atNanos);
            waited.add(origin.waited().toNanos());
            tallies(lastAnswerNanos).forEach(tally -> tally.answered(origin));
        }

        /** Counts an unanswered prompt in each stretch during which it waited. */
        private void keptWaiting(List<MinuteTally> stretches, long lengthNanos, long endNanos) {
            for (int number = (int) (atNanos / lengthNanos); number < stretches.size(); number++) {
                long waitedNanos = Math.min(endNanos, (number + 1) * lengthNanos) - atNanos;
                stretches.get(number).waited.add(waitedNanos);
            }
        }
    }

    /** A call that was made. */
    final class Call {

        private final int target;
        private final long atNanos = timeline.nanoTime();
        private final List<MinuteTally> tallies = tallies(atNanos);
        private boolean refused;

        private Call(int target) {
            this.target = target;
            tallies.forEach(tally -> tally.calls[target]++);
        }

        void done(AnswerEnd end) {
            TokenUsage usage = end.usage().orElse(TokenUsage.NONE);
            promptTokens[target] += usage.promptTokens();
            completionTokens[target] += usage.completionTokens();
        }

        void failed(Failure failure) {
            if (failure.kind() == FailureKind.RATE_LIMITED || failure.kind() == FailureKind.QUOTA_EXHAUSTED) {
                refused = true;
                tallies.forEach(tally -> tally.refused[target]++);
            }
        }
    }

    /** Records a prompt that is asked now. */
    Asked asked() {
        Asked asked = new Asked();
        open.add(asked);
        tallies(timeline.nanoTime()).forEach(tally -> tally.asked++);
        return asked;
    }

    /** Records a call that is made now. */
    Call call(int target) {
        Call call = new Call(target);
        callsByTarget.get(target).add(call);
        return call;
    }

    /** Returns when the calls of a target were made that weren't refused, in order. */
    long[] admittedNanos(int target) {
        return callsByTarget.get(target).stream()
                .filter(call -> !call.refused)
                .mapToLong(call -> call.atNanos)
                .toArray();
    }

    /** Ends the recording: prompts without an answer have waited until now. */
    void close() {
        closed = true;
        long endNanos = timeline.nanoTime();
        if (open.isEmpty()) {
            return;
        }
        List<MinuteTally> unused = tallies(Math.max(0, endNanos - 1));
        for (Asked asked : open) {
            took.add(endNanos - asked.atNanos);
            waited.add(endNanos - asked.atNanos);
            asked.keptWaiting(minutes, NANOS_PER_MINUTE, endNanos);
            asked.keptWaiting(seconds, NANOS_PER_SECOND, endNanos);
        }
    }

    /** Returns the tallies for a moment. */
    private List<MinuteTally> tallies(long nanos) {
        MinuteTally minute = tally(minutes, (int) (nanos / NANOS_PER_MINUTE));
        long second = nanos / NANOS_PER_SECOND;
        return second < MOST_SECONDS ? List.of(minute, tally(seconds, (int) second)) : List.of(minute);
    }

    private MinuteTally tally(List<MinuteTally> stretches, int number) {
        while (stretches.size() <= number) {
            stretches.add(new MinuteTally(targets));
        }
        return stretches.get(number);
    }

    /** Returns the seconds of a run of three minutes at most; of a longer one none. */
    List<MinuteTally> seconds() {
        return minutes.size() * NANOS_PER_MINUTE > MOST_SECONDS * NANOS_PER_SECOND ? List.of() : seconds;
    }

    List<MinuteTally> minutes() {
        return minutes;
    }

    Outcome.Times took() {
        return took.times();
    }

    Outcome.Times waited() {
        return waited.times();
    }

    /** Returns how many prompts, answered or not, have waited longer for room. */
    long waitedLongerThan(Duration time) {
        return waited.longerThan(time);
    }

    long failed() {
        return failed;
    }

    long lastAnswerNanos() {
        return lastAnswerNanos;
    }

    TokenUsage tokens(int target) {
        return TokenUsage.of(promptTokens[target], completionTokens[target]);
    }
}
