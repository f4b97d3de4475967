package dev.whippletree.batch.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads a file line by line, as bytes, with the position of each line. Confined to one thread. */
final class Lines implements Closeable {

    /** More is no prompt. */
    static final int MOST_BYTES = 16 * 1024 * 1024;

    /** More is no result: the vectors of as many texts as a line may have need less. */
    private static final int MOST_BYTES_OF_A_RESULT = 16 * MOST_BYTES;

    private static final int BUFFER = 1 << 16;
    private static final char REPLACEMENT = '\ufffd';
    private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final InputStream stream;
    private final int most;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int filled;
    private byte[] line = new byte[1 << 10];
    private int length;
    private boolean tooLong;
    private boolean whole;
    private long number;
    private long start;
    private long next;

    /** Returns what some programs begin a file in UTF-8 with. */
    static byte[] byteOrderMark() {
        return MARK.clone();
    }

    /** Creates a reader of prompts that closes the stream. */
    Lines(InputStream stream) {
        this(stream, MOST_BYTES);
    }

    private Lines(InputStream stream, int most) {
        this.stream = stream;
        this.most = most;
    }

    /** Returns a reader of results that closes the stream. */
    static Lines ofResults(InputStream stream) {
        return new Lines(stream, MOST_BYTES_OF_A_RESULT);
    }

    /** Goes to the next line. Returns false if there is none. */
    boolean next() throws IOException {
        length = 0;
        tooLong = false;
        whole = false;
        start = next;
        while (!whole) {
            if (at == filled && !fill()) {
                if (next == start) {
                    return false;
                }
                break;
            }
            take();
        }
        number++;
        if (length > 0 && line[length - 1] == '\r') {
            length--;
        }
        if (number == 1 && length >= MARK.length && Arrays.equals(line, 0, MARK.length, MARK, 0, MARK.length)) {
            length -= MARK.length;
            System.arraycopy(line, MARK.length, line, 0, length);
        }
        return true;
    }

    private boolean fill() throws IOException {
        at = 0;
        filled = Math.max(0, stream.read(buffer));
        return filled > 0;
    }

    private void take() {
        int end = at;
        while (end < filled && buffer[end] != '\n') {
            end++;
        }
        int count = end - at;
        if (length + count > most) {
            tooLong = true;
        } else {
            if (length + count > line.length) {
                line = Arrays.copyOf(line, Math.min(most, Math.max(length + count, 2 * line.length)));
            }
            System.arraycopy(buffer, at, line, length, count);
            length += count;
        }
        whole = end < filled;
        next += count + (whole ? 1 : 0);
        at = whole ? end + 1 : end;
    }

    /** Returns which line this is, from 1. */
    long number() {
        return number;
    }

    /** Returns at which byte of the file this line begins. */
    long start() {
        return start;
    }

    /** Returns at which byte of the file the next line begins. */
    long end() {
        return next;
    }

    /** Returns whether the line has its end, and isn't what was left of one. */
    boolean isWhole() {
        return whole;
    }

    /** Returns whether it has more bytes than are read. */
    boolean isTooLong() {
        return tooLong;
    }

    boolean isBlank() {
        for (int i = 0; i < length; i++) {
            if (line[i] != ' ' && line[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the line's text. The quick decoder writes U+FFFD for bad UTF-8; only where it does, the strict one is
     * asked.
     */
    String text() throws CharacterCodingException {
        String text = new String(line, 0, length, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? text : strictText();
    }

    private String strictText() throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(line, 0, length))
                .toString();
    }

    /** Returns the line's bytes, valid until the next one is read. */
    ByteBuffer bytes() {
        return ByteBuffer.wrap(line, 0, length);
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
