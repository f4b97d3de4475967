package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.ChatAnswer;
import dev.whippletree.emulator.model.Delivery;
import dev.whippletree.emulator.model.Outcome;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reports an outcome to a sink step by step, as a client does that reads the response. Immutable. */
final class Reply {

    private static final int CHARACTERS_PER_DELTA = 24;

    private final ServiceKind kind;
    private final Duration clockAhead;
    private final AttemptSink sink;

    Reply(ServiceSettings service, AttemptSink sink) {
        this.kind = service.kind();
        this.clockAhead = service.clockAhead();
        this.sink = sink;
    }

    /**
     * Something the sink is told.
     *
     * @param atNanos when, in nanoseconds from the request's arrival
     * @param action what
     * @param last whether it is the end
     */
    record Step(long atNanos, Runnable action, boolean last) {}

    void sent() {
        sink.sent();
    }

    /** Returns whether the request is to be sent again, because its connection was stale; else it has failed. */
    boolean isSentAgain() {
        boolean again = sink.staleConnection(true);
        if (!again) {
            sink.failed(Failure.of(FailureKind.UNAVAILABLE, "the connection was closed before an answer arrived"));
        }
        return again;
    }

    List<Step> steps(Outcome outcome) {
        if (outcome instanceof Outcome.Answered answered) {
            return answer(answered);
        }
        if (outcome instanceof Outcome.Refused refused) {
            return refusal(refused);
        }
        return outcome instanceof Outcome.Reset reset
                ? List.of(broken(reset.afterNanos(), "the connection was reset"))
                : List.of();
    }

    /** Returns what the sink is told if the response gets lost with its connection. */
    List<Step> lost(Outcome outcome) {
        if (outcome instanceof Outcome.Answered answered) {
            return List.of(broken(answered.wholeNanos(), "the connection broke before the response"));
        }
        return outcome instanceof Outcome.Refused refused
                ? List.of(broken(refused.afterNanos(), "the connection broke before the response"))
                : steps(outcome);
    }

    private List<Step> refusal(Outcome.Refused refused) {
        List<Step> steps = new ArrayList<>();
        steps.add(step(refused.afterNanos(), sink::firstByte));
        List<RateLimitReport> reports = LimitReports.ofHeaders(kind, refused.limits());
        refused.refusal().hit().flatMap(hit -> LimitReports.ofHit(kind, hit)).ifPresent(reports::add);
        steps.add(step(refused.afterNanos(), () -> sink.limits(reports)));
        Failure failure = SimulatedFailures.of(kind, refused.refusal(), clockAhead);
        steps.add(new Step(refused.afterNanos(), () -> sink.failed(failure), true));
        return steps;
    }

    private List<Step> answer(Outcome.Answered answered) {
        boolean stream = sink.streaming();
        long firstNanos = stream ? answered.firstNanos() : answered.wholeNanos();
        List<Step> steps = new ArrayList<>();
        steps.add(step(firstNanos, sink::firstByte));
        List<RateLimitReport> reports = LimitReports.ofHeaders(kind, answered.limits());
        steps.add(step(firstNanos, () -> sink.limits(reports)));
        List<Delta.Piece> pieces = pieces(answered.answer(), stream);
        List<Delta.Piece> told = answered.delivery().whole() ? pieces : pieces.subList(0, pieces.size() * 2 / 3);
        long spanNanos = answered.wholeNanos() - firstNanos;
        for (int i = 0; i < told.size(); i++) {
            Delta.Piece piece = told.get(i);
            steps.add(step(firstNanos + spanNanos * (i + 1) / pieces.size(), () -> sink.delta(piece)));
        }
        addEnd(steps, answered);
        return steps;
    }

    private void addEnd(List<Step> steps, Outcome.Answered answered) {
        ChatAnswer said = answered.answer();
        if (answered.delivery().whole()) {
            TokenUsage usage = new TokenUsage(
                    said.draft().promptTokens(), said.draft().completionTokens(), said.cachedTokens(), 0);
            AnswerEnd end = new AnswerEnd(said.draft().finish(), Optional.of(usage), said.model());
            steps.add(new Step(answered.wholeNanos(), () -> sink.done(end), true));
        } else if (answered.delivery() != Delivery.STALLED) {
            steps.add(broken(answered.wholeNanos(), "the answer breaks off or can't be read"));
        }
    }

    private static List<Delta.Piece> pieces(ChatAnswer said, boolean stream) {
        if (said.draft().call().isPresent()) {
            ToolCall call = said.draft().call().get();
            return List.of(
                    new Delta.ToolCallPart(0, Optional.of(call.id()), Optional.of(call.name()), call.arguments()));
        }
        String text = said.draft().text();
        int length = stream ? CHARACTERS_PER_DELTA : Math.max(1, text.length());
        List<Delta.Piece> pieces = new ArrayList<>();
        for (int start = 0; start < text.length(); start += length) {
            pieces.add(new Delta.Text(text.substring(start, Math.min(text.length(), start + length))));
        }
        return pieces;
    }

    private static Step step(long atNanos, Runnable action) {
        return new Step(atNanos, action, false);
    }

    private Step broken(long atNanos, String message) {
        return new Step(atNanos, () -> sink.failed(Failure.of(FailureKind.UNAVAILABLE, message)), true);
    }
}
