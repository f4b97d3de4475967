package dev.whippletree.provider.openai.read;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okio.BufferedSource;
import okio.ByteString;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events (HTML Living Standard, section 9.2), as services send them rather than as they should: an
 * event that the end of the stream cuts short of its empty line is still an event. Confined to one thread.
 */
final class EventStream {

    private static final ByteString LINE_ENDS = ByteString.encodeUtf8("\r\n");

    /** What stands for bytes that aren't UTF-8, and for itself. */
    private static final char UNREADABLE = '\uFFFD';

    private final BufferedSource source;
    private boolean first = true;
    private boolean afterReturn;
    private boolean empty = true;
    private boolean silent = true;
    private boolean lineIsUtf8 = true;

    EventStream(BufferedSource source) {
        this.source = Okio.buffer(
                BodyReader.boundedEvents(BodyReader.bounded(source, BodyReader.MOST_RECEIVED_BYTES, () -> {})));
    }

    /**
     * One event.
     *
     * @param name its {@code event} field, empty if it has none
     * @param data its {@code data} fields, joined by newlines
     * @param closed whether its empty line came; if not, the stream may have ended in the middle of it
     * @param isUtf8 whether the lines of its data are UTF-8; where they aren't, characters are missing
     */
    record Event(String name, String data, boolean closed, boolean isUtf8) {

        /** Returns whether it is the mark after the last chunk. */
        boolean isEndMark() {
            return data.strip().equals("[DONE]");
        }
    }

    /**
     * Blocks until the next event is whole.
     *
     * @return null at the end
     * @throws IOException if the stream breaks off, or it or an event is longer than may be
     */
    @Nullable Event next() throws IOException {
        String name = "";
        boolean isUtf8 = true;
        @Nullable StringBuilder data = null;
        long size = 0;
        for (@Nullable String line = readLine(); line != null; line = readLine()) {
            size += 1 + line.length();
            if (size > BodyReader.MOST_EVENT_BYTES) {
                throw BodyReader.eventTooLong();
            }
            if (line.isEmpty()) {
                if (data != null) {
                    return new Event(name, data.toString(), true, isUtf8);
                }
                name = "";
            } else if (isField(line, "event")) {
                name = value(line, "event");
            } else if (isField(line, "data")) {
                data = data == null ? new StringBuilder() : data.append('\n');
                data.append(value(line, "data"));
                isUtf8 &= lineIsUtf8;
            }
        }
        return data == null ? null : new Event(name, data.toString(), false, isUtf8);
    }

    /** Bounds the time for the rest of the stream. */
    void hurry(Duration patience) {
        source.timeout().deadline(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Returns whether nothing has come so far. */
    boolean isEmpty() {
        return empty;
    }

    /**
     * Returns whether nothing but comments and empty lines has come so far, as services send them to keep a connection
     * alive.
     */
    boolean isSilent() {
        return silent;
    }

    private static boolean isField(String line, String name) {
        return line.startsWith(name) && (line.length() == name.length() || line.charAt(name.length()) == ':');
    }

    private static String value(String line, String name) {
        String value = line.substring(Math.min(line.length(), name.length() + 1));
        return value.startsWith(" ") ? value.substring(1) : value;
    }

    /** Returns a line without its end, or what is left before the end of the stream; null if nothing is. */
    private @Nullable String readLine() throws IOException {
        skipRestOfLineEnd();
        long end = source.indexOfElement(LINE_ENDS);
        if (end < 0 && source.exhausted()) {
            return null;
        }
        empty = false;
        ByteString bytes = source.readByteString(end < 0 ? source.getBuffer().size() : end);
        String line = bytes.utf8();
        lineIsUtf8 = line.indexOf(UNREADABLE) < 0 || ByteString.encodeUtf8(line).equals(bytes);
        if (end >= 0) {
            afterReturn = source.readByte() == '\r';
        }
        silent &= line.isEmpty() || line.startsWith(":");
        return withoutMark(line);
    }

    /**
     * Only before the next line: an event whose last line ends in a carriage return must not wait for what may never
     * follow.
     */
    private void skipRestOfLineEnd() throws IOException {
        if (afterReturn && source.request(1) && source.getBuffer().getByte(0) == '\n') {
            source.skip(1);
        }
        afterReturn = false;
    }

    private String withoutMark(String line) {
        boolean marked = first && line.startsWith("\uFEFF");
        first = false;
        return marked ? line.substring(1) : line;
    }
}
