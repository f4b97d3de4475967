package dev.whippletree.gateway.http;

import java.net.ProtocolException;
import java.nio.ByteBuffer;

/**
 * Decodes a chunked body by RFC 9112, section 7.1: each line ends with CRLF, and a chunk with one more. Extensions and
 * trailers are skipped. Confined.
 */
final class Chunks {

    /** Of a line before a chunk, and of all trailers together. */
    private static final int MOST_LINE_BYTES = 4_096;

    private static final int HEX = 16;
    private static final long MOST_BEFORE_NEXT_DIGIT = Long.MAX_VALUE / HEX;
    private static final int FIRST_PRINTABLE = ' ';
    private static final int DELETE = 0x7f;

    private enum Next {
        FIRST_DIGIT,
        SIZE,
        EXTENSION,
        LF_OF_SIZE,
        DATA,
        CR_OF_DATA,
        LF_OF_DATA,
        TRAILERS,
        TRAILER,
        LF_OF_TRAILER,
        LF_OF_END,
        NOTHING
    }

    private Next next = Next.FIRST_DIGIT;
    private long left;
    private int lineBytes;

    /**
     * Reads on, until one of them is used up or the body is over.
     *
     * @param from what came; what follows the body stays in it
     * @param into takes the body's bytes
     * @throws ProtocolException if that is no chunked body
     */
    void read(ByteBuffer from, ByteBuffer into) throws ProtocolException {
        while (from.hasRemaining() && next != Next.NOTHING && (next != Next.DATA || into.hasRemaining())) {
            if (next == Next.DATA) {
                copy(from, into);
            } else {
                next = after(from.get());
            }
        }
    }

    boolean ended() {
        return next == Next.NOTHING;
    }

    private void copy(ByteBuffer from, ByteBuffer into) {
        int count = (int) Math.min(left, Math.min(from.remaining(), into.remaining()));
        into.put(from.slice().limit(count));
        from.position(from.position() + count);
        left -= count;
        if (left == 0) {
            next = Next.CR_OF_DATA;
        }
    }

    private Next after(byte given) throws ProtocolException {
        lineBytes++;
        if (lineBytes > MOST_LINE_BYTES) {
            throw new ProtocolException("the text between two chunks is too long");
        }
        return switch (next) {
            case FIRST_DIGIT -> digit(given);
            case SIZE -> given == ';' ? Next.EXTENSION : given == '\r' ? Next.LF_OF_SIZE : digit(given);
            case EXTENSION -> given == '\r' ? Next.LF_OF_SIZE : text(given, Next.EXTENSION);
            case LF_OF_SIZE -> lineFeed(given, left == 0 ? Next.TRAILERS : Next.DATA);
            case CR_OF_DATA -> is(given, '\r', Next.LF_OF_DATA);
            case LF_OF_DATA -> lineFeed(given, Next.FIRST_DIGIT);
            case TRAILERS -> given == '\r' ? Next.LF_OF_END : text(given, Next.TRAILER);
            case TRAILER -> given == '\r' ? Next.LF_OF_TRAILER : text(given, Next.TRAILER);
            case LF_OF_TRAILER -> is(given, '\n', Next.TRAILERS);
            case LF_OF_END -> is(given, '\n', Next.NOTHING);
            case DATA, NOTHING -> throw new IllegalStateException("nothing delimits here");
        };
    }

    private Next digit(byte given) throws ProtocolException {
        int value = Character.digit(given, HEX);
        if (value < 0 || left > MOST_BEFORE_NEXT_DIGIT) {
            throw new ProtocolException("a chunk must begin with its size, a hexadecimal number of at most 63 bits");
        }
        left = left * HEX + value;
        return Next.SIZE;
    }

    private static Next text(byte given, Next then) throws ProtocolException {
        if ((given >= 0 && given < FIRST_PRINTABLE && given != '\t') || given == DELETE) {
            throw new ProtocolException(
                    "each line between chunks must end with CRLF and contain no control characters");
        }
        return then;
    }

    /** What comes then has a line of its own. */
    private Next lineFeed(byte given, Next then) throws ProtocolException {
        lineBytes = 0;
        return is(given, '\n', then);
    }

    private static Next is(byte given, char needed, Next then) throws ProtocolException {
        if (given != needed) {
            throw new ProtocolException("a chunk and each line between chunks must end with CRLF");
        }
        return then;
    }
}
