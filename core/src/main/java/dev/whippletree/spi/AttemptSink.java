package dev.whippletree.spi;

import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.RateLimitReport;
import java.util.List;

/**
 * Receives the events of one call from a {@link ProviderClient}. Called serially; never blocks; ignores all events
 * after the end or a cancellation.
 *
 * <p>Order: {@code sent}, {@code firstByte}, {@code limits} any number of times, {@code delta} any number of times,
 * then exactly one of {@code done} and {@code failed}. Each but the last may be missing. Limits may also come before a
 * failure.
 */
public interface AttemptSink {

    /** Returns whether a caller streams the answer; a client may then ask the service to stream. */
    boolean streaming();

    /** The whole request has been written. */
    void sent();

    /**
     * A kept connection ended before the first byte of a response, or brought something before the request was sent.
     * That is no attempt and no failure.
     *
     * @param begun whether some of the request may have been sent, so that the service may have counted it
     * @return whether the client sends the request on a new connection, and tells {@code sent} again; otherwise the
     *     limits have no room for a second request, and the client tells {@code failed}, which the engine ignores if it
     *     has put the prompt back into the line
     */
    default boolean staleConnection(boolean begun) {
        return true;
    }

    /** The first byte of the response has arrived, so the service has counted the request. */
    void firstByte();

    /**
     * The service reported its limits. Report all limits of one response at once, because the next prompts may start
     * right afterwards, by these reports.
     */
    void limits(List<RateLimitReport> reports);

    /**
     * The head of the response refuses the request; the client still waits for the body, which may say why. Called once
     * at most, after {@code firstByte}. {@code failed} follows; if a timeout comes first, the call ends with this
     * failure.
     */
    default void refused(Failure failure) {}

    /** A piece of the answer arrived. Report an answer that isn't streamed as one piece of each sort. */
    void delta(Delta.Piece piece);

    /** The answer is whole. */
    void done(AnswerEnd end);

    /** There is no answer, or not all of it. */
    void failed(Failure failure);
}
