package dev.whippletree.gateway.http;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks a gzip'd body by RFC 1952 as it arrives. Confined.
 *
 * <p>Undertow's own conduit knows no optional fields of the header, fails where a body pauses, and doesn't free the
 * memory outside the heap.
 */
final class GzipBody implements AutoCloseable {

    /** What it takes, most of it outside the heap. */
    static final int BYTES = 48 * 1024;

    /** The magic number, and the method. */
    private static final int DEFLATED_GZIP = 0x08_8b1f;

    private static final int FLAGS_BYTES = 4;
    private static final int FIXED_BYTES = 10;
    private static final int HAS_HEADER_CHECK = 1 << 1;
    private static final int HAS_EXTRA = 1 << 2;
    private static final int HAS_NAME = 1 << 3;
    private static final int HAS_COMMENT = 1 << 4;
    private static final int RESERVED = 0xe0;

    /** The parts of a member; a body has one or more members. */
    private enum Part {
        FIXED,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        HEADER_CHECK,
        DATA,
        TRAILER
    }

    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] out = new byte[8 * 1024];

    private final Runnable closed;

    private Part part = Part.FIXED;

    /** How many bytes of the part have come, and their little-endian value if they are few. */
    private int count;

    private long value;
    private int flags;
    private int extraBytes;
    private boolean begun;
    private boolean over;

    /**
     * Begins a body.
     *
     * @param closed is run by the first {@link #close}
     */
    GzipBody(Runnable closed) {
        this.closed = closed;
    }

    /**
     * Unpacks what has come.
     *
     * @param packed is used up
     * @param unpacked receives pieces; may throw to end the unpacking
     * @throws MalformedBodyException if that isn't gzip
     */
    void unpack(ByteBuffer packed, Consumer<ByteBuffer> unpacked) throws MalformedBodyException {
        begun = true;
        while (packed.hasRemaining()) {
            if (part == Part.DATA) {
                inflate(packed, unpacked);
            } else {
                take(packed.get() & 0xff);
            }
        }
    }

    /**
     * The body is over.
     *
     * @throws MalformedBodyException if that is in the middle of it
     */
    void end() throws MalformedBodyException {
        if (!begun || part != Part.FIXED || count > 0) {
            throw new MalformedBodyException("the body says Content-Encoding: gzip, but is cut off");
        }
    }

    private void inflate(ByteBuffer packed, Consumer<ByteBuffer> unpacked) throws MalformedBodyException {
        inflater.setInput(packed);
        int got;
        do {
            try {
                got = inflater.inflate(out);
            } catch (DataFormatException e) {
                throw damaged();
            }
            checksum.update(out, 0, got);
            unpacked.accept(ByteBuffer.wrap(out, 0, got));
        } while (got == out.length);
        if (inflater.finished()) {
            begin(Part.TRAILER);
        } else if (packed.hasRemaining()) {
            throw damaged();
        }
    }

    private void take(int given) throws MalformedBodyException {
        if (count < Long.BYTES) {
            value |= (long) given << (count * Byte.SIZE);
        }
        count++;
        if (part == Part.FIXED && count == FLAGS_BYTES) {
            flags = given;
            if ((value & 0xffffff) != DEFLATED_GZIP || (flags & RESERVED) != 0) {
                throw damaged();
            }
        }
        if (isOver(given)) {
            if (part == Part.EXTRA_LENGTH) {
                extraBytes = (int) value;
            } else if (part == Part.TRAILER) {
                endMember();
            }
            begin(after(part));
        }
    }

    private boolean isOver(int given) {
        return switch (part) {
            case FIXED -> count == FIXED_BYTES;
            case EXTRA_LENGTH, HEADER_CHECK -> count == Short.BYTES;
            case EXTRA -> count == extraBytes;
            case NAME, COMMENT -> given == 0;
            case DATA -> inflater.finished();
            case TRAILER -> count == Long.BYTES;
        };
    }

    private Part after(Part over) {
        return switch (over) {
            case FIXED -> (flags & HAS_EXTRA) != 0 ? Part.EXTRA_LENGTH : after(Part.EXTRA);
            case EXTRA_LENGTH -> extraBytes > 0 ? Part.EXTRA : after(Part.EXTRA);
            case EXTRA -> (flags & HAS_NAME) != 0 ? Part.NAME : after(Part.NAME);
            case NAME -> (flags & HAS_COMMENT) != 0 ? Part.COMMENT : after(Part.COMMENT);
            case COMMENT -> (flags & HAS_HEADER_CHECK) != 0 ? Part.HEADER_CHECK : Part.DATA;
            case HEADER_CHECK -> Part.DATA;
            case DATA -> Part.TRAILER;
            case TRAILER -> Part.FIXED;
        };
    }

    /** Compares with the trailer: the checksum, then how many bytes there are. */
    private void endMember() throws MalformedBodyException {
        long found = inflater.getBytesWritten() << Integer.SIZE | checksum.getValue();
        if (value != found) {
            throw damaged();
        }
        inflater.reset();
        checksum.reset();
    }

    private void begin(Part next) {
        part = next;
        count = 0;
        value = 0;
    }

    private static MalformedBodyException damaged() {
        return new MalformedBodyException("the body says Content-Encoding: gzip, but isn't gzip, or is damaged");
    }

    /** Frees the memory outside the heap; nothing can be unpacked afterwards. */
    @Override
    public void close() {
        if (!over) {
            over = true;
            inflater.end();
            closed.run();
        }
    }
}
