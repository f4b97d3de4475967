package dev.whippletree.spi;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.RateLimitReport;
import java.util.List;

/**
 * Receives the events of one call from a {@link ProviderClient}. Called serially; never blocks; ignores all events
 * after the end or a cancellation.
 *
 * <p>Order: {@code sent}, {@code firstByte}, {@code limits} any number of times, {@code delta} any number of times, then
 * exactly one of {@code done} and {@code failed}. Each but the last may be missing. Limits may also come before a failure.
 */
public interface AttemptSink {

    /** Returns whether somebody wants the answer piece by piece; a client may then ask the service to stream. */
    boolean streaming();

    /** The whole request has been written. */
    void sent();

    /** The first byte of the response has arrived: by now the service has counted the request. */
    void firstByte();

    /**
     * The service said how its limits stand. All that one response says of them is told at once, since prompts may begin right
     * afterwards, by what is known then.
     */
    void limits(List<RateLimitReport> reports);

    /** A piece of the answer arrived. An answer that isn't streamed is told as one piece of each sort. */
    void delta(Delta.Piece piece);

    /** The answer is whole. */
    void done(AnswerEnd end);

    /** There is no answer, or not all of it. */
    void failed(Failure failure);
}
