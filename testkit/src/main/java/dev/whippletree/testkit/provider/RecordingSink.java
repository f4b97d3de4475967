package dev.whippletree.testkit.provider;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.testkit.Stages;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A sink that records everything it is told, and notes violations of the rules of {@link AttemptSink}. Thread-safe. A
 * subclass may be a sink that breaks its own contract.
 *
 * <p>Waiting methods give up after half a minute with an {@link AssertionError}.
 */
public class RecordingSink implements AttemptSink {

    private static final Stages STAGES = new Stages();

    /** The order in which a sink is told things; only limits may also come just before a failure. */
    private enum Step {
        SENT,
        FIRST_BYTE,
        LIMITS,
        DELTA,
        END
    }

    private final boolean streaming;
    private final List<Step> steps = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final List<Delta> deltas = new ArrayList<>();
    private final List<RateLimitReport> limits = new ArrayList<>();
    private final AtomicInteger staleConnections = new AtomicInteger();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final CompletableFuture<Boolean> sent = new CompletableFuture<>();
    private final CompletableFuture<Boolean> firstDelta = new CompletableFuture<>();

    /** An {@link AnswerEnd} or a {@link Failure}. */
    private final CompletableFuture<Object> end = new CompletableFuture<>();

    private volatile boolean cancelled;

    /**
     * Creates one.
     *
     * @param streaming whether it wants the answer piece by piece
     */
    public RecordingSink(boolean streaming) {
        this.streaming = streaming;
    }

    @Override
    public boolean streaming() {
        return streaming;
    }

    @Override
    public void sent() {
        take(Step.SENT, () -> {});
        sent.complete(true);
    }

    @Override
    public synchronized boolean staleConnection(boolean begun) {
        staleConnections.incrementAndGet();
        steps.remove(Step.SENT);
        return true;
    }

    @Override
    public void firstByte() {
        take(Step.FIRST_BYTE, () -> {});
    }

    @Override
    public void limits(List<RateLimitReport> reports) {
        take(Step.LIMITS, () -> limits.addAll(reports));
    }

    @Override
    public void delta(Delta.Piece delta) {
        take(Step.DELTA, () -> deltas.add(delta));
        firstDelta.complete(true);
    }

    @Override
    public void done(AnswerEnd answerEnd) {
        take(Step.END, () -> {});
        end.complete(answerEnd);
    }

    @Override
    public void failed(Failure failure) {
        take(Step.END, () -> {});
        end.complete(failure);
    }

    private void take(Step step, Runnable memory) {
        if (!busy.compareAndSet(false, true)) {
            note(step + " was told while something else was being told");
        }
        synchronized (this) {
            if (cancelled) {
                note(step + " was told after the call was cancelled");
            } else if (steps.contains(Step.END)) {
                note(step + " was told after the end");
            } else {
                checkOrder(step);
            }
            steps.add(step);
            memory.run();
        }
        busy.set(false);
    }

    private void checkOrder(Step step) {
        boolean late = step != Step.LIMITS && steps.stream().anyMatch(earlier -> earlier.compareTo(step) > 0);
        boolean twice = steps.contains(step) && (step == Step.SENT || step == Step.FIRST_BYTE);
        if (late || twice) {
            note(step + " was told " + (twice ? "twice" : "too late") + ", after " + steps);
        }
    }

    private synchronized void note(String violation) {
        violations.add(violation);
    }

    /** Makes every further event a violation. */
    public void cancelled() {
        cancelled = true;
    }

    /** Returns in words where the rules were broken; empty if they weren't. */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** Returns whether {@code sent} was told. */
    public synchronized boolean wasSent() {
        return steps.contains(Step.SENT);
    }

    /** Returns whether {@code firstByte} was told. */
    public synchronized boolean sawFirstByte() {
        return steps.contains(Step.FIRST_BYTE);
    }

    /** Returns how often {@code staleConnection} was told. */
    public int staleConnections() {
        return staleConnections.get();
    }

    /** Returns whether the call has ended. */
    public boolean isOver() {
        return end.isDone();
    }

    /** Blocks until the call has ended, one way or the other. */
    public void awaitEnd() {
        STAGES.join(end, "the call");
    }

    /** Returns the pieces told so far. */
    public synchronized List<Delta> deltas() {
        return List.copyOf(deltas);
    }

    /** Returns the limits told so far. */
    public synchronized List<RateLimitReport> reports() {
        return List.copyOf(limits);
    }

    /** Returns the text told so far. */
    public String text() {
        return deltas().stream()
                .map(delta -> delta instanceof Delta.Text text ? text.text() : "")
                .collect(Collectors.joining());
    }

    /** Blocks until {@code sent} was told. */
    public void awaitSent() {
        STAGES.join(sent, "sending the call");
    }

    /** Blocks until the first piece has come. */
    public void awaitFirstDelta() {
        STAGES.join(firstDelta, "the first piece of the answer");
    }

    /**
     * Blocks until the call has been answered.
     *
     * @throws AssertionError if it failed
     */
    public AnswerEnd awaitDone() {
        if (STAGES.join(end, "the call") instanceof AnswerEnd answer) {
            return answer;
        }
        throw new AssertionError("the call failed: " + end.join());
    }

    /**
     * Blocks until the call has failed.
     *
     * @throws AssertionError if it was answered
     */
    public Failure awaitFailure() {
        if (STAGES.join(end, "the call") instanceof Failure failure) {
            return failure;
        }
        throw new AssertionError("the call was answered (" + end.join() + ") with: " + text());
    }
}
