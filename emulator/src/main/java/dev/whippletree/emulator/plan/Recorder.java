package dev.whippletree.emulator.plan;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.time.Timeline;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what happens in one simulation, minute by minute. Confined to its thread; once closed it writes nothing more.
 */
final class Recorder {

    private static final long NANOS_PER_MINUTE = 60_000_000_000L;

    private final Timeline timeline;
    private final int targets;
    private final List<MinuteTally> minutes = new ArrayList<>();
    private final NanosList took = new NanosList();
    private final NanosList waited = new NanosList();
    private final Set<Asked> open = new LinkedHashSet<>();
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
        this.promptTokens = new long[targets];
        this.completionTokens = new long[targets];
    }

    /** One minute's counts; what is by target has one number for each. */
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

        /** It has ended, with an answer or without. */
        void ended(@Nullable Completion completion) {
            if (closed || !open.remove(this)) {
                return;
            }
            if (completion == null) {
                failed++;
                minute(timeline.nanoTime()).failed++;
            } else {
                answered(completion.origin());
            }
        }

        private void answered(Origin origin) {
            lastAnswerNanos = timeline.nanoTime();
            MinuteTally minute = minute(lastAnswerNanos);
            minute.answered++;
            switch (origin.source()) {
                case CALL -> {}
                case JOINED -> minute.joined++;
                case CACHE -> minute.fromCache++;
            }
            took.add(lastAnswerNanos - atNanos);
            waited.add(origin.waited().toNanos());
            minute.waited.add(origin.waited().toNanos());
        }
    }

    /** A call that was made. */
    final class Call {

        private final int target;
        private final MinuteTally minute = minute(timeline.nanoTime());

        private Call(int target) {
            this.target = target;
            minute.calls[target]++;
        }

        void done(AnswerEnd end) {
            TokenUsage usage = end.usage().orElse(TokenUsage.NONE);
            promptTokens[target] += usage.promptTokens();
            completionTokens[target] += usage.completionTokens();
        }

        void failed(Failure failure) {
            if (failure.kind() == FailureKind.RATE_LIMITED || failure.kind() == FailureKind.QUOTA_EXHAUSTED) {
                minute.refused[target]++;
            }
        }
    }

    /** A prompt is asked now. */
    Asked asked() {
        Asked asked = new Asked();
        open.add(asked);
        minute(timeline.nanoTime()).asked++;
        return asked;
    }

    /** A call is made now. */
    Call call(int target) {
        return new Call(target);
    }

    /** The simulation is over: whoever hasn't been answered has waited until now. */
    void close() {
        closed = true;
        for (Asked asked : open) {
            took.add(timeline.nanoTime() - asked.atNanos);
            waited.add(timeline.nanoTime() - asked.atNanos);
        }
    }

    private MinuteTally minute(long nanos) {
        int number = (int) (nanos / NANOS_PER_MINUTE);
        while (minutes.size() <= number) {
            minutes.add(new MinuteTally(targets));
        }
        return minutes.get(number);
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
