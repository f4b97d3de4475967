package dev.whippletree.gateway.messages;

import static dev.whippletree.gateway.messages.MessageWriter.ordered;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.model.Delta;
import dev.whippletree.model.TokenUsage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the events of one streamed message: blocks one after the other, each begun and ended. Confined to one thread.
 *
 * <p>Text and reasoning are sent as they come. The input of a tool is sent at the end and in one piece, because clients
 * fail on a piece of what turns out not to be JSON; while it comes, pings show that the stream is alive.
 */
final class MessageEvents {

    /** How much of a tool's input may come without an event. */
    private static final int MOST_SILENT_CHARACTERS = 1_000;

    private static final String TEXT = "text";
    private static final String THINKING = "thinking";

    private final String id;
    private final AnswerInfo info;
    private final boolean thoughts;
    private final Map<Integer, Call> calls = new TreeMap<>();
    private List<ServerSentEvent> events = new ArrayList<>();
    private String model;
    private boolean begun;

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

    /**
     * Prepares to write them.
     *
     * @param thoughts whether the client wants the model's reasoning
     */
    MessageEvents(String id, AnswerInfo info, boolean thoughts) {
        this.id = id;
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
            add(TEXT, MessageWriter.text(""), ordered("type", "text_delta", TEXT, piece.text()));
        } else if (delta instanceof Delta.Reasoning piece && thoughts) {
            add(THINKING, MessageWriter.thinking(""), ordered("type", "thinking_delta", THINKING, piece.text()));
        } else if (delta instanceof Delta.ToolCallPart part) {
            keep(part);
        } else if (delta instanceof Delta.End end) {
            end(end);
        }
        return events;
    }

    private void begin() {
        if (!begun) {
            begun = true;
            tell("message_start", ordered("message", MessageWriter.message(id, model, List.of(), Optional.empty())));
            tell("ping", Map.of());
        }
    }

    /** Adds a piece to the open block, after beginning one if another is open. */
    private void add(String type, Map<String, @Nullable Object> emptyBlock, Map<String, @Nullable Object> piece) {
        begin();
        if (!open.equals(type)) {
            endBlock();
            open = type;
            blocks++;
            tell("content_block_start", ordered("index", blocks - 1, "content_block", emptyBlock));
        }
        tell("content_block_delta", ordered("index", blocks - 1, "delta", piece));
    }

    private void endBlock() {
        if (open.equals(THINKING)) {
            Map<String, @Nullable Object> signature = ordered("type", "signature_delta", "signature", "");
            tell("content_block_delta", ordered("index", blocks - 1, "delta", signature));
        }
        if (!open.isEmpty()) {
            tell("content_block_stop", ordered("index", blocks - 1));
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
            tell("ping", Map.of());
        }
    }

    private void end(Delta.End end) {
        model = end.origin().model();
        begin();
        endBlock();
        calls.forEach((index, call) -> {
            byte[] input = GatewayJson.write(MessageWriter.input(call.arguments.toString()));
            String callId = MessageWriter.callId(info, call.id, index);
            add(
                    "tool_use",
                    MessageWriter.toolUse(callId, call.name, Map.of()),
                    ordered("type", "input_json_delta", "partial_json", new String(input, UTF_8)));
            endBlock();
        });
        Map<String, @Nullable Object> last = new LinkedHashMap<>();
        last.put("delta", MessageWriter.stop(MessageWriter.stopReason(end.finishReason(), !calls.isEmpty())));
        last.put("usage", MessageWriter.usage(end.usage().orElse(TokenUsage.NONE)));
        last.put("whippletree", info.own(end.origin()));
        tell("message_delta", last);
        tell("message_stop", Map.of());
    }

    private void tell(String type, Map<String, ? extends @Nullable Object> fields) {
        Map<String, @Nullable Object> json = ordered("type", type);
        json.putAll(fields);
        events.add(ServerSentEvent.json(type, json));
    }
}
