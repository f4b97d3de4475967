package dev.whippletree.emulator.simulation;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import java.util.List;

/** Passes on all that it is told, for those who watch some of it. As safe for threads as whom it passes it on to. */
public class ForwardingSink implements AttemptSink {

    private final AttemptSink sink;

    public ForwardingSink(AttemptSink sink) {
        this.sink = sink;
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
    public boolean staleConnection(boolean begun) {
        return sink.staleConnection(begun);
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
    public void refused(Failure failure) {
        sink.refused(failure);
    }

    @Override
    public void delta(Delta.Piece piece) {
        sink.delta(piece);
    }

    @Override
    public void done(AnswerEnd end) {
        sink.done(end);
    }

    @Override
    public void failed(Failure failure) {
        sink.failed(failure);
    }
}
