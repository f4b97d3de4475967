package dev.whippletree.gateway.responses;

import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Delta;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The items of an answer, in order, and the events in which they come. Confined to its writer.
 *
 * <p>Items are sent one after the other, since clients add each piece to the item that began last. Pieces of a later
 * item wait until the current one is complete: text when another piece follows, a call when its arguments are JSON.
 */
final class Output {

    private static final String COMPLETED = "completed";

    /** The sorts of items: the prefix of their ids, and the names of their text, its events and its part. */
    private enum Kind {
        REASONING("rs_", "text", "reasoning_summary_text", "summary", "reasoning_summary_part"),
        TEXT("msg_", "text", "output_text", "content", "content_part"),
        REFUSAL("msg_", "refusal", "refusal", "content", "content_part"),
        FUNCTION("fc_", "arguments", "function_call_arguments", "", ""),
        CUSTOM("ctc_", "input", "custom_tool_call_input", "", "");

        private final String idPrefix;
        private final String textField;
        private final String textEvent;
        private final String partsField;
        private final String partEvent;

        Kind(String idPrefix, String textField, String textEvent, String partsField, String partEvent) {
            this.idPrefix = idPrefix;
            this.textField = textField;
            this.textEvent = textEvent;
            this.partsField = partsField;
            this.partEvent = partEvent;
        }

        boolean isCall() {
            return partsField.isEmpty();
        }
    }

    private final String answerId;
    private final Tools tools;
    private final boolean encrypted;
    private final Events events;
    private final List<Map<String, Object>> items = new ArrayList<>();

    /** The pieces of each item that waits, by their key. */
    private final Map<Object, List<Delta.Piece>> kept = new LinkedHashMap<>();

    /** The keys of the calls that have been told whole. */
    private final Set<Object> toldCalls = new HashSet<>();

    private final Set<String> callIds = new HashSet<>();
    private final StringBuilder text = new StringBuilder();
    private final List<Object> annotations = new ArrayList<>();
    private final List<Object> logprobs = new ArrayList<>();
    private Map<String, Object> item = Map.of();

    /** The fields that all events of the current item have. */
    private final Map<String, Object> place = new LinkedHashMap<>();

    private Map<String, Object> part = Map.of();
    private Kind kind = Kind.TEXT;
    private @Nullable Object key;

    /**
     * Prepares one.
     *
     * @param encrypted whether the client keeps only reasoning that looks encrypted
     */
    Output(String answerId, Tools tools, boolean encrypted, Events events) {
        this.answerId = answerId;
        this.tools = tools;
        this.encrypted = encrypted;
        this.events = events;
    }

    List<Map<String, Object>> items() {
        return items;
    }

    void add(Delta.Piece piece) {
        if (piece instanceof Delta.ExtrasPart more) {
            annotate(more.extras());
        } else if (key(piece).equals(key)) {
            append(piece.text());
        } else if (toldCalls.contains(key(piece))) {
            return; // What follows whole arguments, such as a line break, doesn't belong to them.
        } else if (!kept.isEmpty()
                || (key != null
                        && kind.isCall()
                        && GatewayJson.object(text.toString()).isEmpty())) {
            kept.computeIfAbsent(key(piece), first -> new ArrayList<>()).add(piece);
        } else {
            close(COMPLETED);
            begin(piece);
        }
    }

    /** Annotations may come after the text's last event; then only the final response has them. */
    private void annotate(AnswerExtras extras) {
        if (extras.message().get("annotations") instanceof List<?> more) {
            for (Object annotation : more) {
                Object flat = flat(annotation);
                if (key != null && kind == Kind.TEXT) {
                    int index = annotations.size();
                    event("output_text.annotation.added", "annotation_index", index, "annotation", flat);
                }
                annotations.add(flat);
            }
        }
        if (extras.choice().get("logprobs") instanceof Map<?, ?> given
                && given.get("content") instanceof List<?> more) {
            logprobs.addAll(more);
        }
    }

    /** Chat completions have an annotation's fields one level deeper: {@code url_citation.url}. */
    private static Object flat(Object annotation) {
        if (!(annotation instanceof Map<?, ?> given) || !(given.get(given.get("type")) instanceof Map<?, ?> fields)) {
            return annotation;
        }
        Map<Object, Object> flat = new LinkedHashMap<>(fields);
        flat.put("type", given.get("type"));
        return flat;
    }

    /** Ends the answer, with the last item's status. One without any item gets an empty text. */
    void end(String status) {
        for (List<Delta.Piece> pieces : kept.values()) {
            close(COMPLETED);
            begin(pieces.get(0));
            pieces.subList(1, pieces.size()).forEach(piece -> append(piece.text()));
        }
        kept.clear();
        if (items.isEmpty()) {
            begin(new Delta.Text(""));
        }
        close(status);
    }

    /** Marks the current item, if any, as incomplete. */
    void breakOff() {
        if (key != null) {
            settle("incomplete");
        }
    }

    /** What pieces of the same item have in common. */
    private static Object key(Delta.Piece piece) {
        return piece instanceof Delta.ToolCallPart call ? call.index() : piece.getClass();
    }

    private void begin(Delta.Piece piece) {
        key = key(piece);
        text.setLength(0);
        item = new LinkedHashMap<>();
        if (piece instanceof Delta.ToolCallPart call) {
            beginCall(call);
        } else {
            kind = piece instanceof Delta.Reasoning
                    ? Kind.REASONING
                    : piece instanceof Delta.Refusal ? Kind.REFUSAL : Kind.TEXT;
            beginText();
        }
        items.add(item);
        itemEvent(".added");
        if (!kind.isCall()) {
            part = new LinkedHashMap<>();
            part.put("type", kind == Kind.REASONING ? "summary_text" : kind.textEvent);
            part.put(kind.textField, "");
            if (kind == Kind.TEXT) {
                part.put("annotations", annotations);
                part.put("logprobs", logprobs);
            }
            event(kind.partEvent + ".added", "part", part);
            item.put(kind.partsField, List.of(part));
        }
        append(piece.text());
    }

    private void beginText() {
        putId();
        if (kind == Kind.REASONING) {
            item.put("type", "reasoning");
            if (encrypted) {
                // Clients that keep nothing else send the item back with its summary.
                item.put("encrypted_content", "unencrypted");
            }
        } else {
            item.put("type", "message");
            item.put("status", "in_progress");
            item.put("role", "assistant");
        }
        item.put(kind.partsField, List.of());
    }

    private void beginCall(Delta.ToolCallPart call) {
        Tools.Tool tool = tools.called(call.name().orElse(""));
        kind = tool.custom() ? Kind.CUSTOM : Kind.FUNCTION;
        putId();
        item.put("type", tool.custom() ? "custom_tool_call" : "function_call");
        item.put("status", "in_progress");
        item.put(
                "call_id",
                call.id()
                        .filter(id -> !id.isEmpty() && callIds.add(id))
                        .orElse("call_" + answerId + "_" + items.size()));
        item.put("name", tool.name());
        if (!tool.namespace().isEmpty()) {
            item.put("namespace", tool.namespace());
        }
        item.put(kind.textField, "");
    }

    private void putId() {
        String id = kind.idPrefix + answerId + "_" + items.size();
        item.put("id", id);
        place.clear();
        place.put("item_id", id);
        place.put("output_index", items.size());
        if (!kind.isCall()) {
            place.put(kind.partsField + "_index", 0);
        }
    }

    /** The input of a custom tool is in its function's arguments, and can be told only when these are whole. */
    private void append(String piece) {
        text.append(piece);
        if (kind != Kind.CUSTOM && !piece.isEmpty()) {
            delta(piece);
        }
    }

    private void delta(String piece) {
        if (kind == Kind.TEXT) {
            event("output_text.delta", "delta", piece, "logprobs", List.of());
        } else {
            event(kind.textEvent + ".delta", "delta", piece);
        }
    }

    private void close(String status) {
        if (key == null) {
            return;
        }
        if (kind.isCall()) {
            toldCalls.add(key);
        }
        if (kind == Kind.CUSTOM) {
            String input = Tools.input(text.toString());
            text.setLength(0);
            text.append(input);
            delta(input);
        } else if (kind == Kind.FUNCTION
                && status.equals(COMPLETED)
                && text.toString().isBlank()) {
            // Clients parse the arguments of a whole call, but not all services send any if there is no parameter.
            append("{}");
        }
        settle(status);
        endText(text.toString());
        itemEvent(".done");
        key = null;
    }

    private void endText(String whole) {
        if (kind == Kind.FUNCTION) {
            event("function_call_arguments.done", "name", item.get("name"), "arguments", whole);
        } else if (kind == Kind.TEXT) {
            event("output_text.done", "text", whole, "logprobs", logprobs);
        } else {
            event(kind.textEvent + ".done", kind.textField, whole);
        }
        if (!kind.isCall()) {
            event(kind.partEvent + ".done", "part", part);
        }
    }

    private void settle(String status) {
        (kind.isCall() ? item : part).put(kind.textField, text.toString());
        item.replace("status", status);
    }

    private void itemEvent(String end) {
        events.add("response.output_item" + end, Map.of(), "output_index", items.size() - 1, "item", item);
    }

    private void event(String type, @Nullable Object... fields) {
        events.add("response." + type, place, fields);
    }
}
