package dev.whippletree.provider.openai;

import java.io.IOException;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events (HTML Living Standard, section 9.2), as services send them rather than as they should: an event that
 * the end of the stream cuts short of its empty line is still an event. Confined to one thread.
 */
final class EventStream {

    private final BufferedSource source;
    private long left = BodyReader.MOST_ANSWER_BYTES;
    private boolean first = true;

    EventStream(BufferedSource source) {
        this.source = source;
    }

    /**
     * One event.
     *
     * @param name its {@code event} field, empty if it has none
     * @param data its {@code data} fields, joined by newlines
     */
    record Event(String name, String data) {

        /** Returns whether it is the mark after the last chunk. */
        boolean isEndMark() {
            return data.strip().equals("[DONE]");
        }
    }

    /**
     * Blocks until the next event is whole.
     *
     * @return null at the end
     * @throws IOException if the stream breaks off, or is longer than an answer may be
     */
    @Nullable Event next() throws IOException {
        String name = "";
        @Nullable StringBuilder data = null;
        for (@Nullable String line = readLine(); line != null; line = readLine()) {
            if (line.isEmpty()) {
                if (data != null) {
                    return new Event(name, data.toString());
                }
                name = "";
            } else if (isField(line, "event")) {
                name = value(line, "event");
            } else if (isField(line, "data")) {
                data = data == null ? new StringBuilder() : data.append('\n');
                data.append(value(line, "data"));
            }
        }
        return data == null ? null : new Event(name, data.toString());
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
        long end = source.indexOf((byte) '\n', 0, left);
        if (end < 0 && source.getBuffer().size() >= left) {
            throw BodyReader.tooLong();
        }
        long length = end < 0 ? source.getBuffer().size() : end + 1;
        if (length == 0) {
            return null;
        }
        left -= length;
        return strip(source.readUtf8(length));
    }

    private String strip(String line) {
        int start = first && line.startsWith("\uFEFF") ? 1 : 0;
        first = false;
        int end = line.length();
        while (end > start && (line.charAt(end - 1) == '\n' || line.charAt(end - 1) == '\r')) {
            end--;
        }
        return line.substring(start, end);
    }
}
