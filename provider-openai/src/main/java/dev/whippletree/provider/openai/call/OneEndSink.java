package dev.whippletree.provider.openai.call;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import java.util.List;

/**
 * Passes on what happens to a call, until its one end or until it is silenced.
 *
 * <p>Told serially, like any sink; {@link #silence} may be called from any thread.
 */
final class OneEndSink implements AttemptSink {

    private final AttemptSink sink;
    private volatile boolean over;
    private boolean sent;
    private boolean firstByte;

    OneEndSink(AttemptSink sink) {
        this.sink = sink;
    }

    void silence() {
        over = true;
    }

    @Override
    public boolean streaming() {
        return sink.streaming();
    }

    @Override
    public void sent() {
        if (!over && !sent) {
            sent = true;
            sink.sent();
        }
    }

    @Override
    public boolean staleConnection(boolean begun) {
        sent = false;
        return !over && sink.staleConnection(begun);
    }

    @Override
    public void firstByte() {
        if (!over && !firstByte) {
            firstByte = true;
            sink.firstByte();
        }
    }

    @Override
    public void limits(List<RateLimitReport> reports) {
        if (!over && !reports.isEmpty()) {
            sink.limits(reports);
        }
    }

    @Override
    public void refused(Failure failure) {
        if (!over) {
            sink.refused(failure);
        }
    }

    @Override
    public void delta(Delta.Piece delta) {
        if (!over) {
            sink.delta(delta);
        }
    }

    @Override
    public void done(AnswerEnd end) {
        if (!over) {
            over = true;
            sink.done(end);
        }
    }

    @Override
    public void failed(Failure failure) {
        if (!over) {
            over = true;
            sink.failed(failure);
        }
    }
}
