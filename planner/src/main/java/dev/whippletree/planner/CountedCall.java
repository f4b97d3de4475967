package dev.whippletree.planner;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import java.util.List;

/** Forwards a call's events and records its end. Confined to its simulation. */
final class CountedCall implements AttemptSink {

    private final AttemptSink sink;
    private final Recorder.Call call;

    CountedCall(AttemptSink sink, Recorder.Call call) {
        this.sink = sink;
        this.call = call;
    }

    @Override
    public boolean streaming() {
        return sink.streaming();
    }

    @Override
    public void sent() {
        sink.sent();
    }

    @Override
    public void firstByte() {
        sink.firstByte();
    }

    @Override
    public void limits(List<RateLimitReport> reports) {
        sink.limits(reports);
    }

    @Override
    public void delta(Delta.Piece delta) {
        sink.delta(delta);
    }

    @Override
    public void done(AnswerEnd end) {
        call.done(end);
        sink.done(end);
    }

    @Override
    public void failed(Failure failure) {
        call.failed(failure);
        sink.failed(failure);
    }
}
