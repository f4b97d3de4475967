package dev.whippletree.gateway.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The events of one answer, numbered. Confined to its writer. */
final class Events {

    private final boolean wanted;
    private final List<ServerSentEvent> waiting = new ArrayList<>();
    private int number;

    /** Begins with none; if they aren't wanted, there will be none. */
    Events(boolean wanted) {
        this.wanted = wanted;
    }

    /**
     * Adds an event.
     *
     * @param more further fields: a name and its value, and so on
     */
    void add(String type, Map<String, ?> fields, @Nullable Object... more) {
        if (wanted) {
            Map<String, @Nullable Object> event = GatewayJson.of("type", type, "sequence_number", number++);
            event.putAll(fields);
            event.putAll(GatewayJson.of(more));
            waiting.add(ServerSentEvent.json(type, event));
        }
    }

    /** Adds the two events with which an answer begins. They have the same response, which is written only once. */
    void begin(Map<String, ?> response) {
        if (wanted) {
            String json = GatewayJson.text(response);
            for (String type : List.of("response.created", "response.in_progress")) {
                String event =
                        "{\"type\":\"" + type + "\",\"sequence_number\":" + number++ + ",\"response\":" + json + "}";
                waiting.add(new ServerSentEvent(type, event.getBytes(UTF_8)));
            }
        }
    }

    List<ServerSentEvent> taken() {
        List<ServerSentEvent> taken = List.copyOf(waiting);
        waiting.clear();
        return taken;
    }
}
