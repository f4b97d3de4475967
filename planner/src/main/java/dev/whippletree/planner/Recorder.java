package dev.whippletree.planner;

import dev.whippletree.emulator.simulation.ForwardingSink;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.planner.PlannedAccount.Target;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Records the prompts and the calls of a simulation. Confined to its thread. */
final class Recorder {

    private final Timeline timeline;
    private final List<Asked> prompts = new ArrayList<>();
    private final Map<Target, List<Call>> callsByTarget = new HashMap<>();

    /** Creates a recorder of a simulation that starts at zero. */
    Recorder(Timeline timeline) {
        this.timeline = timeline;
    }

    final class Asked {

        final long atNanos = timeline.nanoTime();
        boolean isOpen = true;

        /** Of one that is still open, when the recorder was closed. */
        long endNanos;

        /** Of its answer; null: it has none. */
        Origin.@Nullable Source source;

        private long waitedForRoomNanos;

        /** Records the prompt's end, with an answer or without. */
        void ended(@Nullable Completion completion) {
            if (isOpen) {
                isOpen = false;
                endNanos = timeline.nanoTime();
                if (completion != null) {
                    source = completion.origin().source();
                    waitedForRoomNanos = completion.origin().waited().toNanos();
                }
            }
        }

        private boolean isFailed() {
            return !isOpen && source == null;
        }

        private long tookNanos() {
            return endNanos - atNanos;
        }

        long waitedNanos() {
            return source == null ? tookNanos() : waitedForRoomNanos;
        }

        /** Returns the last moment at which it ended or waited. */
        long lastNanos() {
            return isOpen ? Math.max(atNanos, endNanos - 1) : endNanos;
        }
    }

    /** A call that was made. Kept until the end, so it holds nothing of the engine's. */
    private static final class Call {

        private final long atNanos;
        private long promptTokens;
        private long completionTokens;
        private boolean refused;

        Call(long atNanos) {
            this.atNanos = atNanos;
        }

        boolean admitted() {
            return !refused;
        }
    }

    private static final class RecordedEnd extends ForwardingSink {

        private final Call call;

        RecordedEnd(AttemptSink sink, Call call) {
            super(sink);
            this.call = call;
        }

        @Override
        public void done(AnswerEnd end) {
            TokenUsage usage = end.usage().orElse(TokenUsage.NONE);
            call.promptTokens = usage.promptTokens();
            call.completionTokens = usage.completionTokens();
            super.done(end);
        }

        @Override
        public void failed(Failure failure) {
            call.refused = failure.kind() == FailureKind.RATE_LIMITED || failure.kind() == FailureKind.QUOTA_EXHAUSTED;
            super.failed(failure);
        }
    }

    /** Records a prompt that is asked now. */
    Asked asked() {
        Asked asked = new Asked();
        prompts.add(asked);
        return asked;
    }

    /** Records a call that is made now. Returns what has to get its events. */
    AttemptSink call(Target target, AttemptSink sink) {
        Call call = new Call(timeline.nanoTime());
        callsByTarget.computeIfAbsent(target, first -> new ArrayList<>()).add(call);
        return new RecordedEnd(sink, call);
    }

    /** Ends the recording: prompts without an answer have waited until now. */
    void close() {
        prompts.stream().filter(prompt -> prompt.isOpen).forEach(prompt -> prompt.endNanos = timeline.nanoTime());
    }

    List<Asked> prompts() {
        return prompts;
    }

    long calls(List<Target> targets) {
        return targets.stream().flatMap(this::calls).count();
    }

    long admitted(List<Target> targets) {
        return targets.stream().flatMap(this::calls).filter(Call::admitted).count();
    }

    /** Returns when the calls of some targets were made, in order. */
    long[] callNanos(List<Target> targets) {
        return nanos(targets, call -> true);
    }

    long[] admittedNanos(List<Target> targets) {
        return nanos(targets, Call::admitted);
    }

    private Stream<Call> calls(Target target) {
        return callsByTarget.getOrDefault(target, List.of()).stream();
    }

    private long[] nanos(List<Target> targets, Predicate<Call> which) {
        return targets.stream()
                .flatMap(this::calls)
                .filter(which)
                .mapToLong(call -> call.atNanos)
                .sorted()
                .toArray();
    }

    long refused() {
        return callsByTarget.values().stream()
                .flatMap(List::stream)
                .filter(call -> call.refused)
                .count();
    }

    /** Returns how long callers waited; those whose prompts failed don't count. */
    Outcome.Times took() {
        return Outcome.Times.of(answeredOrOpen().mapToLong(Asked::tookNanos));
    }

    /** Returns how much of that they waited for room. */
    Outcome.Times waited() {
        return Outcome.Times.of(answeredOrOpen().mapToLong(Asked::waitedNanos));
    }

    /** Returns how many prompts, answered or not, have waited longer for room. */
    long waitedLongerThan(Duration time) {
        return answeredOrOpen()
                .filter(prompt -> prompt.waitedNanos() > time.toNanos())
                .count();
    }

    private Stream<Asked> answeredOrOpen() {
        return prompts.stream().filter(prompt -> !prompt.isFailed());
    }

    long failed() {
        return prompts.stream().filter(Asked::isFailed).count();
    }

    long lastAnswerNanos() {
        return prompts.stream()
                .filter(prompt -> prompt.source != null)
                .mapToLong(prompt -> prompt.endNanos)
                .max()
                .orElse(0);
    }

    TokenUsage tokens(Target target) {
        return TokenUsage.of(
                calls(target).mapToLong(call -> call.promptTokens).sum(),
                calls(target).mapToLong(call -> call.completionTokens).sum());
    }
}
