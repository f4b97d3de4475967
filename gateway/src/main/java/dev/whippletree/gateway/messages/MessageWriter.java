package dev.whippletree.gateway.messages;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes one answer as a message, whole or as events: blocks one after the other, each begun and ended. Confined to one
 * thread.
 *
 * <p>Text and reasoning are sent as they come. The input of a tool is sent at the end, in one piece: clients fail on a
 * piece of what turns out not to be JSON. While it comes, pings show that the stream is alive.
 */
final class MessageWriter implements AnswerWriter {

    private static final MessagesErrors ERRORS = new MessagesErrors();

    /** The field in which Anthropic's own clients show a model an input that wasn't a JSON object. */
    private static final String INVALID = "INVALID_JSON";

    /** How much of a tool's input may come without an event. */
    private static final int MOST_SILENT_CHARACTERS = 1_000;

    private final AnswerInfo info;
    private final MessagesRequest request;
    private final Set<String> callIds = new HashSet<>();
    private final Map<Integer, Call> calls = new TreeMap<>();
    private List<ServerSentEvent> events = new ArrayList<>();
    private AnswerExtras extras = AnswerExtras.NONE;
    private String model;
    private boolean begun;

    /** Whether the model refused in so many words. */
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

    MessageWriter(AnswerInfo info, MessagesRequest request) {
        this.info = info;
        this.request = request;
        this.model = info.askedModel();
    }

    @Override
    public String id() {
        return "msg_" + info.uniqueId();
    }

    @Override
    public Map<String, Object> whole(Completion completion) {
        List<Map<String, @Nullable Object>> content = new ArrayList<>();
        completion.reasoning().filter(text -> request.thoughts()).ifPresent(text -> content.add(thinkingBlock(text)));
        Stream.of(completion.text(), completion.refusal().orElse(""))
                .filter(text -> !text.isEmpty())
                .forEach(text -> content.add(textBlock(text)));
        List<ToolCall> called = completion.toolCalls();
        for (int index = 0; index < called.size(); index++) {
            ToolCall call = called.get(index);
            content.add(toolUseBlock(callId(call.id(), index), call.name(), input(call.arguments())));
        }
        model = completion.origin().model();
        refused = completion.refusal().isPresent();
        Map<String, @Nullable Object> message = message(content, completion.usage());
        message.putAll(ending(completion.finishReason(), !called.isEmpty(), completion.extras()));
        message.put("whippletree", info.own(completion.origin()));
        return message;
    }

    @Override
    public List<ServerSentEvent> events(Delta delta) {
        events = new ArrayList<>();
        if (delta instanceof Delta.Start start) {
            model = start.model();
        } else if (delta instanceof Delta.Text piece) {
            text(piece.text());
        } else if (delta instanceof Delta.Refusal piece) {
            refused = true;
            text(piece.text());
        } else if (delta instanceof Delta.Reasoning piece && request.thoughts()) {
            add(thinkingBlock(""), GatewayJson.of("type", "thinking_delta", "thinking", piece.text()));
        } else if (delta instanceof Delta.ToolCallPart part) {
            keep(part);
        } else if (delta instanceof Delta.ExtrasPart part) {
            extras = extras.plus(part.extras());
        } else if (delta instanceof Delta.End end) {
            end(end);
        }
        return events;
    }

    @Override
    public List<ServerSentEvent> broken(ApiError error) {
        return List.of(ServerSentEvent.json("error", ERRORS.json(error, info.requestId())));
    }

    private void text(String text) {
        add(textBlock(""), GatewayJson.of("type", "text_delta", "text", text));
    }

    private void begin() {
        if (!begun) {
            begun = true;
            tell("message_start", "message", message(List.of(), Optional.empty()));
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
            add(thinkingBlock(""), GatewayJson.of("type", "signature_delta", "signature", ""));
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
            String input = GatewayJson.text(input(call.arguments.toString()));
            add(
                    toolUseBlock(callId(call.id, index), call.name, Map.of()),
                    GatewayJson.of("type", "input_json_delta", "partial_json", input));
            endBlock();
        });
        tell(
                "message_delta",
                "delta",
                ending(end.finishReason(), !calls.isEmpty(), extras),
                "usage",
                usage(end.usage()),
                "whippletree",
                info.own(end.origin()));
        tell("message_stop");
    }

    private void tell(String type, @Nullable Object... fields) {
        Map<String, @Nullable Object> json = GatewayJson.of("type", type);
        json.putAll(GatewayJson.of(fields));
        events.add(ServerSentEvent.json(type, json));
    }

    /**
     * Returns the id that the result of a call will refer to: the service's, or another one if the call has none or
     * that of an earlier call. To be asked once for each call.
     */
    private String callId(String given, int index) {
        return !given.isEmpty() && callIds.add(given) ? given : "toolu_" + info.uniqueId() + "_" + index;
    }

    /** Returns a message that hasn't ended. */
    private Map<String, @Nullable Object> message(
            List<Map<String, @Nullable Object>> content, Optional<TokenUsage> usage) {
        Map<String, @Nullable Object> message =
                GatewayJson.of("id", id(), "type", "message", "role", "assistant", "model", model, "content", content);
        message.put("usage", usage(usage));
        message.put("container", null);
        message.putAll(GatewayJson.of("stop_reason", null, "stop_sequence", null, "stop_details", null));
        return message;
    }

    /** Returns why an answer ended, as fields of a message or of a {@code message_delta}. */
    private Map<String, @Nullable Object> ending(FinishReason reason, boolean callsTools, AnswerExtras extras) {
        // Some services, such as vLLM, say which stop sequence ended an answer; most don't.
        Optional<String> sequence = request.body().parameters().stop().stream()
                .filter(text -> text.equals(extras.choice().get("stop_reason")))
                .findFirst();
        String finished = sequence.isPresent() ? "stop_sequence" : "end_turn";
        String stop = switch (reason) {
            // Some services say only by the calls that they call tools.
            case STOP, TOOL_CALLS -> callsTools ? "tool_use" : finished;
            case LENGTH -> "max_tokens";
            case CONTENT_FILTER -> "refusal";
        };
        return GatewayJson.of("stop_reason", refused ? "refusal" : stop, "stop_sequence", sequence.orElse(null));
    }

    /** Returns the tokens used; those of the prompt that the service had cached aren't among the input. */
    private static Map<String, @Nullable Object> usage(Optional<TokenUsage> counted) {
        TokenUsage usage = counted.orElse(TokenUsage.NONE);
        long cached = Math.min(usage.cachedPromptTokens(), usage.promptTokens());
        Map<String, @Nullable Object> json = GatewayJson.of("cache_creation", null, "cache_creation_input_tokens", 0);
        json.put("input_tokens", usage.promptTokens() - cached);
        json.put("cache_read_input_tokens", cached);
        json.put("output_tokens", usage.completionTokens());
        json.put("output_tokens_details", Map.of("thinking_tokens", usage.reasoningTokens()));
        json.putAll(GatewayJson.of("server_tool_use", null, "service_tier", null, "inference_geo", null));
        return json;
    }

    private static Map<String, @Nullable Object> textBlock(String text) {
        return GatewayJson.of("type", "text", "text", text, "citations", null);
    }

    /** Returns a block of reasoning. Its signature is empty: only Anthropic can sign what its models think. */
    private static Map<String, @Nullable Object> thinkingBlock(String text) {
        return GatewayJson.of("type", "thinking", "thinking", text, "signature", "");
    }

    private static Map<String, @Nullable Object> toolUseBlock(String id, String name, Map<String, Object> input) {
        Map<String, Object> caller = Map.of("type", "direct");
        return GatewayJson.of("type", "tool_use", "id", id, "name", name, "input", input, "caller", caller);
    }

    /** Returns a call's arguments as a tool's input: a JSON object. Arguments that aren't one are put into one. */
    private static Map<String, Object> input(String arguments) {
        if (arguments.isBlank() || arguments.strip().equals("null")) {
            return Map.of();
        }
        return GatewayJson.object(arguments).orElseGet(() -> Map.of(INVALID, arguments));
    }
}
