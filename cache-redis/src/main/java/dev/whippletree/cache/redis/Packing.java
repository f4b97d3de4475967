package dev.whippletree.cache.redis;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Makes large envelopes small: Redis keeps everything in memory, and answers are text. Thread-safe.
 *
 * <p>What is packed begins with {@code WZ} and the length of the envelope, four bytes, and goes on as DEFLATE makes it
 * (RFC 1951). An envelope that isn't packed begins otherwise, so each form is known by its first bytes; what is neither
 * is no envelope.
 */
final class Packing {

    /** Below this there is little to gain. */
    static final int SMALLEST = 1_024;

    /** Nobody stores larger ones, and garbage mustn't be able to ask for more memory. */
    static final int LARGEST = 64 << 20;

    private static final byte[] MAGIC = {'W', 'Z'};
    private static final int HEADER = MAGIC.length + Integer.BYTES;

    private Packing() {}

    /** Returns the smaller form of an envelope. */
    static byte[] pack(byte[] envelope) {
        if (envelope.length < SMALLEST || envelope.length > LARGEST) {
            return envelope;
        }
        byte[] packed = new byte[envelope.length];
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            deflater.setInput(envelope);
            deflater.finish();
            int length = deflater.deflate(packed, HEADER, packed.length - HEADER);
            if (!deflater.finished()) {
                return envelope;
            }
            ByteBuffer.wrap(packed).put(MAGIC).putInt(envelope.length);
            return Arrays.copyOf(packed, HEADER + length);
        } finally {
            deflater.end();
        }
    }

    /**
     * Returns the envelope that was packed, or the bytes themselves if they don't claim to be packed; empty if they do
     * wrongly.
     */
    static Optional<byte[]> unpack(byte[] stored) {
        if (stored.length < HEADER || stored[0] != MAGIC[0] || stored[1] != MAGIC[1]) {
            return Optional.of(stored);
        }
        int length = ByteBuffer.wrap(stored).getInt(MAGIC.length);
        if (length < SMALLEST || length > LARGEST) {
            return Optional.empty();
        }
        byte[] envelope = new byte[length];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(stored, HEADER, stored.length - HEADER);
            boolean whole = inflater.inflate(envelope) == length && inflater.finished();
            return whole ? Optional.of(envelope) : Optional.empty();
        } catch (DataFormatException e) {
            return Optional.empty();
        } finally {
            inflater.end();
        }
    }
}
