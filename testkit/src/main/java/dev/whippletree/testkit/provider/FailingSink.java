package dev.whippletree.testkit.provider;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import java.util.List;

/** A sink that breaks its own contract: it throws when it is told of a piece of the answer. */
final class FailingSink implements AttemptSink {

    @Override
    public boolean streaming() {
        return false;
    }

    @Override
    public void sent() {}

    @Override
    public void firstByte() {}

    @Override
    public void limits(List<RateLimitReport> reports) {}

    @Override
    public void delta(Delta.Piece delta) {
        throw new IllegalStateException("this sink fails on purpose");
    }

    @Override
    public void done(AnswerEnd end) {}

    @Override
    public void failed(Failure failure) {}
}
