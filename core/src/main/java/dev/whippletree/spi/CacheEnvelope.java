package dev.whippletree.spi;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The format of an answer in a cache that stores bytes: versioned, compact, and checked on reading.
 *
 * <p>Anything but a whole, unchanged envelope of this version is no entry; reading never throws. Layout, numbers big
 * endian: two bytes {@code WT}, a byte of version, four bytes CRC-32C over all that follows, twelve bytes of expiry
 * (seconds since 1970, nanoseconds), then the completion as {@link EnvelopeWriter} writes it. Any change of the layout
 * is a new version. Thread-safe; never blocks.
 */
public final class CacheEnvelope {

    static final byte[] MAGIC = {'W', 'T'};
    static final byte VERSION = 2;
    static final int CHECKED_FROM = MAGIC.length + 1 + Integer.BYTES;
    static final int BODY_FROM = CHECKED_FROM + Long.BYTES + Integer.BYTES;

    private CacheEnvelope() {}

    /** Returns the bytes of an entry. */
    @SuppressWarnings("JavaInstantGetSecondsGetNano")
    public static byte[] write(CacheEntry entry) {
        ByteBuffer envelope = ByteBuffer.wrap(new EnvelopeWriter(BODY_FROM).completion(entry.completion()));
        envelope.put(MAGIC).put(VERSION);
        envelope.putLong(CHECKED_FROM, entry.expires().getEpochSecond());
        envelope.putInt(CHECKED_FROM + Long.BYTES, entry.expires().getNano());
        return envelope.putInt(checksum(envelope.array())).array();
    }

    /**
     * Returns the entry in an envelope.
     *
     * @param envelope any bytes; not changed
     * @param now the time of day
     * @return empty if it has expired, was changed, or isn't an envelope of this version
     */
    public static Optional<CacheEntry> read(byte[] envelope, Instant now) {
        if (!isIntact(envelope)) {
            return Optional.empty();
        }
        try {
            Instant expires = expires(envelope);
            if (!now.isBefore(expires)) {
                return Optional.empty();
            }
            ByteBuffer body = ByteBuffer.wrap(envelope, BODY_FROM, envelope.length - BODY_FROM);
            return Optional.of(new CacheEntry(new EnvelopeReader(body).completion(), expires));
        } catch (BufferUnderflowException | IllegalArgumentException | DateTimeException | ArithmeticException e) {
            // The checksum is no signature: bytes forged on purpose can pass it.
            return Optional.empty();
        }
    }

    /**
     * Returns when an entry expires, without reading the rest.
     *
     * @param envelope as {@link #write} returned it; for other bytes, the result is meaningless
     * @throws IllegalArgumentException if it is too short to be an envelope
     * @throws DateTimeException if its expiry is out of range
     */
    public static Instant expires(byte[] envelope) {
        if (envelope.length < BODY_FROM) {
            throw new IllegalArgumentException("not an envelope: " + envelope.length + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(envelope);
        return Instant.ofEpochSecond(buffer.getLong(CHECKED_FROM), buffer.getInt(CHECKED_FROM + Long.BYTES));
    }

    private static boolean isIntact(byte[] envelope) {
        return envelope.length > BODY_FROM
                && envelope[0] == MAGIC[0]
                && envelope[1] == MAGIC[1]
                && envelope[2] == VERSION
                && ByteBuffer.wrap(envelope).getInt(MAGIC.length + 1) == checksum(envelope);
    }

    private static int checksum(byte[] envelope) {
        CRC32C crc = new CRC32C();
        crc.update(envelope, CHECKED_FROM, envelope.length - CHECKED_FROM);
        return (int) crc.getValue();
    }
}
