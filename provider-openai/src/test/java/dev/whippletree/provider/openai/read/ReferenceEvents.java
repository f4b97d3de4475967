package dev.whippletree.provider.openai.read;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads server-sent events the simple way: all at once, character by character. */
final class ReferenceEvents {

    /** One event; open if the end came before its empty line, garbled if its data isn't UTF-8. */
    record Event(String name, String data, boolean open, boolean garbled) {}

    private final List<Event> events = new ArrayList<>();
    private final List<String> data = new ArrayList<>();
    private String name = "";
    private boolean garbled;

    private ReferenceEvents() {}

    /**
     * Returns the events of a stream.
     *
     * @param broken whether the connection broke at the end, so that what isn't ended doesn't count
     */
    static List<Event> of(byte[] bytes, boolean broken) {
        ReferenceEvents all = new ReferenceEvents();
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        text = text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text;
        StringBuilder line = new StringBuilder();
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            if (character == '\n' && at > 0 && text.charAt(at - 1) == '\r') {
                continue;
            }
            if (character == '\r' || character == '\n') {
                all.take(line.toString());
                line.setLength(0);
            } else {
                line.append(character);
            }
        }
        if (!broken) {
            if (line.length() > 0) {
                all.take(line.toString());
            }
            all.dispatch(true);
        }
        return all.events;
    }

    /** @param latin one character for each byte */
    private void take(String latin) {
        byte[] bytes = latin.getBytes(StandardCharsets.ISO_8859_1);
        String line = new String(bytes, StandardCharsets.UTF_8);
        if (line.isEmpty()) {
            dispatch(false);
            return;
        }
        String[] parts = line.split(":", 2);
        String value = parts.length < 2 ? "" : parts[1];
        value = value.startsWith(" ") ? value.substring(1) : value;
        if (parts[0].equals("data")) {
            data.add(value);
            garbled |= !Arrays.equals(line.getBytes(StandardCharsets.UTF_8), bytes);
        } else if (parts[0].equals("event")) {
            name = value;
        }
    }

    private void dispatch(boolean open) {
        if (!data.isEmpty()) {
            events.add(new Event(name, String.join("\n", data), open, garbled));
        }
        data.clear();
        name = "";
        garbled = false;
    }
}
