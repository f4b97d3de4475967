package dev.whippletree.gateway.messages;

import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Delta;
import dev.whippletree.model.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the events of one streamed message: blocks one after the other, each begun and ended. Confined to one thread.
 *
 * <p>Text and reasoning are sent as they come. The input of a tool is sent at the end, in one piece: clients fail on a
 * piece of what turns out not to be JSON. While it comes, pings show that the stream is alive.
 */
final class MessageEvents {

    /** How much of a tool's input may come without an event. */
    private static final int MOST_SILENT_CHARACTERS = 1_000;

    private final MessageWriter message;
    private final AnswerInfo info;
    private final boolean thoughts;
    private final Map<Integer, Call> calls = new TreeMap<>();
    private List<ServerSentEvent> events = new ArrayList<>();
    private AnswerExtras extras = AnswerExtras.NONE;
    private String model;
    private boolean begun;
    private boolean refused;

    /** The type of the block that is being sent; empty: none. */
    private String open = "";

    /** How many blocks have been begun. */
    private int blocks;

    private int silentCharacters;

    /** A tool call as far as it has come. */
    private static final class Call {
        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
    }

    MessageEvents(MessageWriter message, AnswerInfo info, boolean thoughts) {
        this.message = message;
        this.info = info;
        this.thoughts = thoughts;
        this.model = info.askedModel();
    }

    /** Returns the events for a delta; none if it needs none. */
    List<ServerSentEvent> of(Delta delta) {
        events = new ArrayList<>();
        if (delta instanceof Delta.Start start) {
            model = start.model();
        } else if (delta instanceof Delta.Text piece) {
            text(piece.text());
        } else if (delta instanceof Delta.Refusal piece) {
            refused = true;
            text(piece.text());
        } else if (delta instanceof Delta.Reasoning piece && thoughts) {
            add(MessageJson.thinking(""), GatewayJson.of("type", "thinking_delta", "thinking", piece.text()));
        } else if (delta instanceof Delta.ToolCallPart part) {
            keep(part);
        } else if (delta instanceof Delta.ExtrasPart part) {
            extras = extras.plus(part.extras());
        } else if (delta instanceof Delta.End end) {
            end(end);
        }
        return events;
    }

    private void text(String text) {
        add(MessageJson.text(""), GatewayJson.of("type", "text_delta", "text", text));
    }

    private void begin() {
        if (!begun) {
            begun = true;
            tell("message_start", "message", MessageJson.message(message.id(), model, List.of(), TokenUsage.NONE));
            tell("ping");
        }
    }

    /** Adds a piece to the open block, after beginning one if another is open. */
    private void add(Map<String, @Nullable Object> emptyBlock, Map<String, @Nullable Object> piece) {
        begin();
        String type = String.valueOf(emptyBlock.get("type"));
        if (!open.equals(type)) {
            endBlock();
            open = type;
            blocks++;
            tell("content_block_start", "index", blocks - 1, "content_block", emptyBlock);
        }
        tell("content_block_delta", "index", blocks - 1, "delta", piece);
    }

    private void endBlock() {
        if (open.equals("thinking")) {
            add(MessageJson.thinking(""), GatewayJson.of("type", "signature_delta", "signature", ""));
        }
        if (!open.isEmpty()) {
            tell("content_block_stop", "index", blocks - 1);
            open = "";
        }
    }

    private void keep(Delta.ToolCallPart part) {
        begin();
        Call call = calls.computeIfAbsent(part.index(), first -> new Call());
        part.id().ifPresent(id -> call.id = id);
        part.name().ifPresent(name -> call.name = name);
        call.arguments.append(part.arguments());
        silentCharacters += part.arguments().length();
        if (silentCharacters > MOST_SILENT_CHARACTERS) {
            silentCharacters = 0;
            tell("ping");
        }
    }

    private void end(Delta.End end) {
        model = end.origin().model();
        begin();
        endBlock();
        calls.forEach((index, call) -> {
            String input = GatewayJson.text(MessageJson.input(call.arguments.toString()));
            add(
                    MessageJson.toolUse(message.callId(call.id, index), call.name, Map.of()),
                    GatewayJson.of("type", "input_json_delta", "partial_json", input));
            endBlock();
        });
        tell(
                "message_delta",
                "delta",
                MessageJson.end(end.finishReason(), !calls.isEmpty(), refused, message.stopSequence(extras)),
                "usage",
                MessageJson.usage(end.usage().orElse(TokenUsage.NONE)),
                "whippletree",
                info.own(end.origin()));
        tell("message_stop");
    }

    private void tell(String type, @Nullable Object... fields) {
        Map<String, @Nullable Object> json = GatewayJson.of("type", type);
        json.putAll(GatewayJson.of(fields));
        events.add(ServerSentEvent.json(type, json));
    }
}
