package dev.whippletree.testkit.provider;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A reply of a {@link ScriptedService} to one request. Immutable.
 *
 * @param status the HTTP status, 200 or more; not sent with {@link Ending#SILENT}
 * @param headers by name, beside those that frame the message
 * @param body the part of the body that is sent, as text
 * @param ending what happens after that
 */
public record ScriptedReply(int status, Map<String, String> headers, String body, Ending ending) {

    /** What a service does when it has sent what it has. */
    public enum Ending {
        /** It ends the message as it should and waits for the next request. */
        WHOLE,
        /** It ends the message as it should and then, without having said so, the connection. */
        WHOLE_THEN_CLOSED,
        /** It closes the connection in the middle of the message. */
        CUT,
        /** It sends nothing more and keeps the connection. */
        HANGING,
        /** It sends nothing at all, not even a head, and keeps the connection. */
        SILENT
    }

    /** Copies what is mutable. */
    public ScriptedReply {
        headers = Map.copyOf(headers);
        Objects.requireNonNull(body, "body");
        Objects.requireNonNull(ending, "ending");
    }

    /** Returns a whole reply of JSON. */
    public static ScriptedReply json(int status, String body) {
        return new ScriptedReply(status, Map.of("Content-Type", "application/json"), body, Ending.WHOLE);
    }

    /** Returns a whole reply of server-sent events, with status 200. */
    public static ScriptedReply events(String body) {
        return new ScriptedReply(200, Map.of("Content-Type", "text/event-stream"), body, Ending.WHOLE);
    }

    /** Returns the reply that never comes. */
    public static ScriptedReply silence() {
        return new ScriptedReply(200, Map.of(), "", Ending.SILENT);
    }

    /** Returns the same reply with one more header, or another value of it. */
    public ScriptedReply with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new ScriptedReply(status, more, body, ending);
    }

    /** Returns the same reply with another ending. */
    public ScriptedReply ending(Ending ending) {
        return new ScriptedReply(status, headers, body, ending);
    }

    /** Returns the same reply with another body. */
    public ScriptedReply body(String body) {
        return new ScriptedReply(status, headers, body, ending);
    }

    /**
     * Returns the same reply with only the first half of its body. Events are kept whole: a stream that is broken off
     * between two of them is the harder one to recognize.
     */
    public ScriptedReply half() {
        int middle = body.length() / 2;
        int betweenEvents = body.lastIndexOf("\n\n", middle);
        return body(body.substring(0, betweenEvents < 0 ? middle : betweenEvents + 2));
    }
}
