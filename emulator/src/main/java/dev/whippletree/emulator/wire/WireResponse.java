package dev.whippletree.emulator.wire;

import java.util.List;
import java.util.Optional;

/**
 * A response as its caller sees it, with its timing. Immutable.
 *
 * @param head status and headers, sent with the first piece; absent: no response at all
 * @param pieces the body's pieces, in order
 * @param ending what happens after them
 * @param endNanos when that happens, in nanoseconds from the request's arrival
 */
public record WireResponse(Optional<Head> head, List<Piece> pieces, Ending ending, long endNanos) {

    public WireResponse {
        pieces = List.copyOf(pieces);
    }

    /**
     * A piece of the body. Immutable.
     *
     * @param atNanos nanoseconds from the request's arrival
     * @param text what is sent
     */
    public record Piece(long atNanos, String text) {}

    /** What happens to the connection after the last piece. */
    public enum Ending {
        COMPLETE,
        CLOSE,
        /** Nothing, for as long as the caller waits. */
        SILENCE
    }

    /** Returns the whole body, as far as it is sent. */
    public String body() {
        StringBuilder body = new StringBuilder();
        pieces.forEach(piece -> body.append(piece.text()));
        return body.toString();
    }
}
