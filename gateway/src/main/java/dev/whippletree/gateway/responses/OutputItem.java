package dev.whippletree.gateway.responses;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An item of an answer, as far as it has come. Confined to its writer. */
final class OutputItem {

    /** What sort of item it is, and what its events are called. */
    enum Kind {
        REASONING("rs_", "reasoning_summary_part", "reasoning_summary_text", "summary_text", "text"),
        TEXT("msg_", "content_part", "output_text", "output_text", "text"),
        REFUSAL("msg_", "content_part", "refusal", "refusal", "refusal"),
        FUNCTION("fc_", "", "function_call_arguments", "", "arguments"),
        CUSTOM("ctc_", "", "custom_tool_call_input", "", "input");

        final String idPrefix;

        /** The name of the events of its only part, without their ends; empty: it has no parts. */
        final String partEvent;

        /** The name of its text's events, without their ends. */
        final String textEvent;

        private final String partType;

        /** The field with its whole text. */
        final String textField;

        Kind(String idPrefix, String partEvent, String textEvent, String partType, String textField) {
            this.idPrefix = idPrefix;
            this.partEvent = partEvent;
            this.textEvent = textEvent;
            this.partType = partType;
            this.textField = textField;
        }

        boolean isCall() {
            return partEvent.isEmpty();
        }
    }

    final Kind kind;

    /** Its text, arguments or input; of a custom tool that is a function, its arguments until it is whole. */
    final StringBuilder text = new StringBuilder();

    final List<Object> annotations = new ArrayList<>();
    final List<Object> logprobs = new ArrayList<>();
    private final Map<String, Object> ofCall = new LinkedHashMap<>();
    private final boolean encrypted;
    private String id = "";
    private int index = -1;
    private boolean closed;

    private OutputItem(Kind kind, boolean encrypted) {
        this.kind = kind;
        this.encrypted = encrypted;
    }

    /**
     * Creates an item that isn't a call.
     *
     * @param encrypted whether the client drops reasoning that isn't encrypted
     */
    static OutputItem of(Kind kind, boolean encrypted) {
        return new OutputItem(kind, encrypted);
    }

    /** Creates a call. */
    static OutputItem call(Tools.Tool tool, String callId) {
        OutputItem item = new OutputItem(tool.custom() ? Kind.CUSTOM : Kind.FUNCTION, false);
        item.ofCall.put("call_id", callId);
        item.ofCall.put("name", tool.name());
        if (!tool.namespace().isEmpty()) {
            item.ofCall.put("namespace", tool.namespace());
        }
        return item;
    }

    /** Gives it its place in the answer. */
    void open(int index, String answerId) {
        this.index = index;
        this.id = kind.idPrefix + answerId + "_" + index;
    }

    /** Notes that it is whole. */
    void close() {
        closed = true;
    }

    boolean isOpen() {
        return index >= 0 && !closed;
    }

    boolean isClosed() {
        return closed;
    }

    /** Returns whether it can be whole already: a call is if its arguments are. */
    boolean mayBeWhole() {
        return !kind.isCall() || Tools.json(text.toString()).isPresent();
    }

    /** Returns its id and its place, which are in all of its events. */
    Map<String, Object> place() {
        Map<String, Object> place = new LinkedHashMap<>();
        place.put("item_id", id);
        place.put("output_index", index);
        if (kind == Kind.REASONING) {
            place.put("summary_index", 0);
        } else if (!kind.isCall()) {
            place.put("content_index", 0);
        }
        return place;
    }

    int index() {
        return index;
    }

    /** Returns the name of its tool; null if it isn't a call. */
    @Nullable Object tool() {
        return ofCall.get("name");
    }

    /** Returns its only part. */
    Map<String, Object> part(String soFar) {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("type", kind.partType);
        part.put(kind.textField, soFar);
        if (kind == Kind.TEXT) {
            part.put("annotations", List.copyOf(annotations));
            part.put("logprobs", List.copyOf(logprobs));
        }
        return part;
    }

    /** Returns it as it begins, without a text. */
    Map<String, Object> begun() {
        return json("in_progress", List.of(), "");
    }

    /** Returns it as it is. */
    Map<String, Object> json(String status) {
        String all = text.toString();
        return json(status, kind.isCall() ? List.of() : List.of(part(all)), all);
    }

    private Map<String, Object> json(String status, List<Map<String, Object>> parts, String soFar) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        switch (kind) {
            case REASONING -> {
                json.put("type", "reasoning");
                json.put("summary", parts);
                if (encrypted) {
                    // Clients that keep nothing else send the item back with its summary.
                    json.put("encrypted_content", "unencrypted");
                }
            }
            case TEXT, REFUSAL -> {
                json.put("type", "message");
                json.put("status", status);
                json.put("role", "assistant");
                json.put("content", parts);
            }
            case FUNCTION, CUSTOM -> {
                json.put("type", kind == Kind.FUNCTION ? "function_call" : "custom_tool_call");
                json.put("status", status);
                json.putAll(ofCall);
                json.put(kind.textField, soFar);
            }
        }
        return json;
    }
}
