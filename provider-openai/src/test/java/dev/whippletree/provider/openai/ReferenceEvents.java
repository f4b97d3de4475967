package dev.whippletree.provider.openai;

import java.util.ArrayList;
import java.util.List;

/** Reads server-sent events the simple way: all at once, character by character. */
final class ReferenceEvents {

    /** One event; open if the end came before its empty line. */
    record Event(String name, String data, boolean open) {}

    private final List<Event> events = new ArrayList<>();
    private final List<String> data = new ArrayList<>();
    private String name = "";

    private ReferenceEvents() {}

    /**
     * Returns the events of a stream.
     *
     * @param broken whether the connection broke at the end, so that what isn't ended doesn't count
     */
    static List<Event> of(String text, boolean broken) {
        ReferenceEvents all = new ReferenceEvents();
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

    private void take(String line) {
        if (line.isEmpty()) {
            dispatch(false);
            return;
        }
        String[] parts = line.split(":", 2);
        String value = parts.length < 2 ? "" : parts[1];
        value = value.startsWith(" ") ? value.substring(1) : value;
        if (parts[0].equals("data")) {
            data.add(value);
        } else if (parts[0].equals("event")) {
            name = value;
        }
    }

    private void dispatch(boolean open) {
        if (!data.isEmpty()) {
            events.add(new Event(name, String.join("\n", data), open));
        }
        data.clear();
        name = "";
    }
}
