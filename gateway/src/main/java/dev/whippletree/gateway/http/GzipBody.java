package dev.whippletree.gateway.http;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks a gzip'd body of one member (RFC 1952) as it arrives. Confined.
 *
 * <p>Undertow's own conduit knows no optional fields of the header, fails where a body pauses, and doesn't free the
 * memory outside the heap.
 */
final class GzipBody implements AutoCloseable {

    /** What it takes, most of it outside the heap. */
    static final int BYTES = 48 * 1024;

    /** The magic number, and the method: the low bytes of a header. */
    private static final int DEFLATED_GZIP = 0x08_8b1f;

    private static final int FIXED_BYTES = 10;
    private static final int FLAGS_AT = 3;
    private static final int HAS_CHECK = 1 << 1;
    private static final int HAS_EXTRA = 1 << 2;
    private static final int HAS_NAME = 1 << 3;
    private static final int HAS_COMMENT = 1 << 4;
    private static final int RESERVED = 0xe0;
    private static final int LARGEST_HEADER = 512;

    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] out = new byte[8 * 1024];
    private final Runnable closed;

    /** What has come of a header or a trailer. */
    private final ByteBuffer frame = ByteBuffer.allocate(LARGEST_HEADER).order(ByteOrder.LITTLE_ENDIAN);

    private Part part = Part.HEADER;
    private boolean over;

    private enum Part {
        HEADER,
        DATA,
        TRAILER,
        END
    }

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
        while (packed.hasRemaining()) {
            if (part == Part.DATA) {
                inflate(packed, unpacked);
                continue;
            }
            check(part != Part.END && frame.hasRemaining());
            frame.put(packed.get());
            if (part == Part.HEADER && isHeaderComplete()) {
                begin(Part.DATA);
            } else if (part == Part.TRAILER && frame.position() == Long.BYTES) {
                check(frame.getInt(0) == (int) checksum.getValue()
                        && frame.getInt(Integer.BYTES) == (int) inflater.getBytesWritten());
                begin(Part.END);
            }
        }
    }

    /**
     * The body is over.
     *
     * @throws MalformedBodyException if that is in the middle of it
     */
    void end() throws MalformedBodyException {
        if (part != Part.END) {
            throw new MalformedBodyException("the body says Content-Encoding: gzip, but is cut off");
        }
    }

    private void inflate(ByteBuffer packed, Consumer<ByteBuffer> unpacked) throws MalformedBodyException {
        inflater.setInput(packed);
        int count;
        do {
            try {
                count = inflater.inflate(out);
            } catch (DataFormatException e) {
                throw damaged();
            }
            checksum.update(out, 0, count);
            unpacked.accept(ByteBuffer.wrap(out, 0, count));
        } while (count == out.length);
        check(inflater.finished() || !packed.hasRemaining());
        if (inflater.finished()) {
            begin(Part.TRAILER);
        }
    }

    /** Returns whether the header is complete: its fixed bytes, and the optional fields that its flags announce. */
    private boolean isHeaderComplete() throws MalformedBodyException {
        int received = frame.position();
        if (received <= FLAGS_AT) {
            return false;
        }
        int flags = frame.get(FLAGS_AT);
        check((frame.getInt(0) & 0xffffff) == DEFLATED_GZIP && (flags & RESERVED) == 0);
        if (received < FIXED_BYTES) {
            return false;
        }
        int end = FIXED_BYTES;
        if ((flags & HAS_EXTRA) != 0) {
            end += Short.BYTES + (received < end + Short.BYTES ? 0 : frame.getShort(end) & 0xffff);
        }
        for (int text : new int[] {HAS_NAME, HAS_COMMENT}) {
            if ((flags & text) != 0) {
                while (end < received && frame.get(end) != 0) {
                    end++;
                }
                end++;
            }
        }
        return received >= end + ((flags & HAS_CHECK) != 0 ? Short.BYTES : 0);
    }

    private void begin(Part next) {
        part = next;
        frame.clear();
    }

    private static void check(boolean isGzip) throws MalformedBodyException {
        if (!isGzip) {
            throw damaged();
        }
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
