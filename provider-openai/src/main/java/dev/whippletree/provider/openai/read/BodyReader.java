package dev.whippletree.provider.openai.read;

import dev.whippletree.provider.openai.dialect.JsonFields;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Source;

/** Reads bodies, but never more of them than fits. */
public final class BodyReader {

    /**
     * No model answers with as much; a service that sends more is broken. Counted unpacked: reading an answer takes up
     * to ten times its bytes of memory.
     */
    static final int MOST_ANSWER_BYTES = JsonFields.LONGEST;

    /**
     * A chunk of a stream, with the comments, empty lines and unknown fields before it, unpacked; and any line of it.
     */
    static final int MOST_EVENT_BYTES = 4 << 20;

    /**
     * Of a call's whole response as it comes, and again of a stream unpacked: some services send 300 bytes for each
     * token.
     */
    public static final int MOST_RECEIVED_BYTES = 32 << 20;

    /** The start of an error says all there is to know. */
    static final int MOST_ERROR_BYTES = 64 << 10;

    /** An answer has more bytes than it may have. */
    private static final class TooLongException extends UnusableResponseException {

        private static final long serialVersionUID = 1L;

        TooLongException(String words) {
            super(words);
        }
    }

    private BodyReader() {}

    /**
     * Returns an answer that comes in one piece.
     *
     * @param advice follows the words about one that is too long
     * @throws IOException if it breaks off, or is longer than an answer may be
     */
    static byte[] answer(BufferedSource body, String advice) throws IOException {
        try {
            if (body.request(MOST_ANSWER_BYTES + 1L)) {
                throw tooLong(MOST_ANSWER_BYTES);
            }
        } catch (TooLongException e) {
            throw new UnusableResponseException(e.inWords() + advice);
        }
        return body.readByteArray();
    }

    /**
     * Returns the start of an error's body, or what of it arrived in time: what is missing doesn't change what the
     * status says. A connection that was too slow is closed.
     *
     * @param patience how long all of it may take, more than zero
     */
    static byte[] error(BufferedSource body, Duration patience) throws IOException {
        body.timeout().deadline(patience.toNanos(), TimeUnit.NANOSECONDS);
        try {
            body.request(MOST_ERROR_BYTES);
        } catch (IOException e) {
            // The status has come; an error whose explanation breaks off is still that error.
        }
        return body.getBuffer()
                .readByteArray(Math.min(MOST_ERROR_BYTES, body.getBuffer().size()));
    }

    /** Returns a source that breaks off once it has given more bytes than that, and tells of each piece before. */
    public static Source bounded(Source source, long most, Runnable onRead) {
        return new ForwardingSource(source) {
            private long given;

            @Override
            public long read(Buffer sink, long byteCount) throws IOException {
                long more = super.read(sink, byteCount);
                onRead.run();
                given += Math.max(0, more);
                if (given > most) {
                    throw tooLong(most);
                }
                return more;
            }
        };
    }

    /** Returns a source that breaks off once its reader has to keep more bytes than an event may have. */
    static Source boundedEvents(Source source) {
        return new ForwardingSource(source) {
            @Override
            public long read(Buffer sink, long byteCount) throws IOException {
                long more = super.read(sink, byteCount);
                if (sink.size() > MOST_EVENT_BYTES) {
                    throw eventTooLong();
                }
                return more;
            }
        };
    }

    /** Returns what is thrown for an answer of more bytes than that. */
    public static IOException tooLong(long most) {
        return new TooLongException("the answer is longer than " + (most >> 20) + " MB");
    }

    static IOException eventTooLong() {
        return new UnusableResponseException(
                "an event of the answer is longer than " + (MOST_EVENT_BYTES >> 20) + " MB");
    }
}
