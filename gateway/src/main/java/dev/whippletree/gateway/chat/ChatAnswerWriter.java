package dev.whippletree.gateway.chat;

import dev.whippletree.chat.ChatUsage;
import dev.whippletree.chat.FurtherChoices;
import dev.whippletree.chat.ReasoningNames;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.ErrorFormat;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes one answer in the chat-completions format, whole or in chunks. Confined to one thread.
 *
 * <p>What the protocol has no place for, where an answer came from, stands in a field {@code whippletree} of a whole
 * answer and of a stream's last chunk with a choice.
 */
final class ChatAnswerWriter implements AnswerWriter {

    private static final String FUNCTION_CALL = "function_call";

    /** Extras that stand elsewhere, and what is the gateway's own: a service may be a gateway too. */
    private static final Set<String> OWN = Set.of("choices", "usage", "whippletree");

    private final AnswerInfo info;
    private final boolean withUsage;
    private final boolean legacy;
    private AnswerExtras extras = AnswerExtras.NONE;
    private String model;
    private boolean begun;

    /**
     * Prepares to write one.
     *
     * @param legacy whether the request has {@code functions}, so that the answer calls one the same way
     */
    ChatAnswerWriter(AnswerInfo info, boolean withUsage, boolean legacy) {
        this.info = info;
        this.withUsage = withUsage;
        this.legacy = legacy;
        this.model = info.askedModel();
    }

    @Override
    public String id() {
        return "chatcmpl-" + info.uniqueId();
    }

    @Override
    public List<ServerSentEvent> events(Delta delta) {
        List<ServerSentEvent> events = new ArrayList<>(2);
        chunks(delta).forEach(chunk -> events.add(ServerSentEvent.json("", chunk)));
        if (delta instanceof Delta.End) {
            events.add(ServerSentEvent.DONE);
        }
        return events;
    }

    /** Names the event, for clients that know an error by that, as LangChain4j does. */
    @Override
    public List<ServerSentEvent> broken(ApiError error) {
        return List.of(ServerSentEvent.json("error", ErrorFormat.OPENAI.json(error, "")));
    }

    @Override
    public Map<String, Object> whole(Completion completion) {
        AnswerExtras extras = completion.extras();
        boolean called = legacy && completion.toolCalls().size() == 1;
        Map<String, @Nullable Object> choice = choice("message", message(completion, called));
        choice.put("finish_reason", reason(completion.finishReason(), called));
        extras.choice().forEach(choice::putIfAbsent);
        List<Object> choices = new ArrayList<>(List.of(choice));
        choices.addAll(FurtherChoices.of(extras));
        model = completion.origin().model();
        Map<String, Object> answer = head("chat.completion");
        answer.put("choices", choices);
        putUsage(answer, completion.usage(), extras);
        answer.put("whippletree", info.own(completion.origin()));
        extras.answer().forEach(answer::putIfAbsent);
        return answer;
    }

    private Map<String, @Nullable Object> message(Completion completion, boolean functionCalled) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("role", "assistant");
        message.put("content", completion.text().isEmpty() && !completion.isEmpty() ? null : completion.text());
        completion.reasoning().ifPresent(text -> message.putAll(ReasoningNames.of(text)));
        message.put("refusal", completion.refusal().orElse(null));
        List<ToolCall> calls = completion.toolCalls();
        if (functionCalled) {
            message.put(FUNCTION_CALL, tool(calls.get(0)));
        } else if (!calls.isEmpty()) {
            message.put(
                    "tool_calls",
                    IntStream.range(0, calls.size())
                            .mapToObj(index -> toolCall(calls.get(index), index))
                            .toList());
        }
        completion.extras().message().forEach(message::putIfAbsent);
        return message;
    }

    private static String reason(FinishReason reason, boolean functionCalled) {
        return functionCalled && reason == FinishReason.TOOL_CALLS ? FUNCTION_CALL : reason.wireName();
    }

    /** Returns the chunks for a delta, including the last one; none if the delta needs no chunk. */
    private List<Map<String, Object>> chunks(Delta delta) {
        List<Map<String, Object>> chunks = new ArrayList<>(2);
        if (delta instanceof Delta.Start start) {
            model = start.model();
        } else if (delta instanceof Delta.End end) {
            model = end.origin().model();
            Map<String, Object> choice = choice("delta", beginEmpty());
            choice.put("finish_reason", reason(end.finishReason(), legacy));
            Map<String, Object> last = chunk(choice);
            last.put("whippletree", info.own(end.origin()));
            chunks.add(last);
            if (withUsage) {
                Map<String, Object> usage = chunk(List.of());
                putUsage(usage, end.usage(), extras);
                chunks.add(usage);
            }
        } else if (delta instanceof Delta.ExtrasPart part) {
            addExtras(part.extras(), chunks);
        } else if (delta instanceof Delta.Piece piece) {
            Map<String, Object> told = begin();
            told.putAll(piece(piece));
            chunks.add(chunk(choice("delta", told)));
        }
        return chunks;
    }

    /**
     * Adds a chunk with extras, and one for each further choice. Usage waits for its own chunk. Services repeat short
     * fields of the answer in every chunk, and some clients keep only the last chunk's.
     */
    private void addExtras(AnswerExtras part, List<Map<String, Object>> chunks) {
        extras = extras.plus(new AnswerExtras(part.answer(), Map.of(), Map.of()));
        boolean tells = !part.message().isEmpty()
                || !part.choice().isEmpty()
                || !OWN.containsAll(part.answer().keySet());
        if (tells) {
            chunks.add(chunk(part));
        }
        for (Object further : FurtherChoices.of(part)) {
            if (further instanceof Map<?, ?> fields) {
                Map<String, @Nullable Object> other = new LinkedHashMap<>();
                fields.forEach((name, value) -> other.put(name.equals("message") ? "delta" : (String) name, value));
                other.computeIfPresent("delta", (name, message) -> numbered(message));
                chunks.add(chunk(other));
            }
        }
    }

    private Map<String, Object> chunk(AnswerExtras part) {
        Map<String, Object> delta = beginEmpty();
        part.message().forEach(delta::putIfAbsent);
        Map<String, @Nullable Object> choice = choice("delta", delta);
        part.choice().forEach(choice::putIfAbsent);
        Map<String, Object> chunk = chunk(choice);
        part.answer().forEach((name, value) -> {
            if (!OWN.contains(name)) {
                chunk.putIfAbsent(name, value);
            }
        });
        return chunk;
    }

    /** Numbers a message's tool calls, as a stream has them. */
    private static Object numbered(Object message) {
        if (!(message instanceof Map<?, ?> fields) || !(fields.get("tool_calls") instanceof List<?> calls)) {
            return message;
        }
        List<Object> numbered = new ArrayList<>();
        for (Object call : calls) {
            Map<Object, Object> copy = new LinkedHashMap<>(Map.of("index", numbered.size()));
            if (call instanceof Map<?, ?> known) {
                copy.putAll(known);
            }
            numbered.add(copy);
        }
        Map<Object, Object> delta = new LinkedHashMap<>(fields);
        delta.put("tool_calls", numbered);
        return delta;
    }

    private Map<String, Object> begin() {
        Map<String, Object> delta = new LinkedHashMap<>();
        if (!begun) {
            delta.put("role", "assistant");
            begun = true;
        }
        return delta;
    }

    /** Adds the role and empty content to a first chunk that has no piece, so that clients find some content. */
    private Map<String, Object> beginEmpty() {
        Map<String, Object> delta = begin();
        if (!delta.isEmpty()) {
            delta.put("content", "");
        }
        return delta;
    }

    private Map<String, ?> piece(Delta.Piece piece) {
        if (piece instanceof Delta.Text text) {
            return Map.of("content", text.text());
        }
        if (piece instanceof Delta.Reasoning thought) {
            return ReasoningNames.of(thought.text());
        }
        if (piece instanceof Delta.Refusal refusal) {
            return Map.of("refusal", refusal.text());
        }
        Delta.ToolCallPart part = (Delta.ToolCallPart) piece;
        Map<String, Object> tool = new LinkedHashMap<>();
        part.name().ifPresent(name -> tool.put("name", name));
        tool.put(argumentsField(part.type()), part.arguments());
        if (legacy) {
            return Map.of(FUNCTION_CALL, tool);
        }
        Map<String, Object> call = new LinkedHashMap<>();
        call.put("index", part.index());
        callId(part).ifPresent(id -> call.put("id", id));
        part.name().ifPresent(name -> call.put("type", wireName(part.type())));
        call.put(wireName(part.type()), tool);
        part.extras().forEach(call::putIfAbsent);
        return Map.of("tool_calls", List.of(call));
    }

    /**
     * Returns the id to tell with a part: clients expect it with the name, so that one that the service sends later is
     * left out.
     */
    private Optional<String> callId(Delta.ToolCallPart part) {
        return part.name().isPresent() ? Optional.of(callId(part.id().orElse(""), part.index())) : Optional.empty();
    }

    /** Returns the id that the result of a call will refer to: the service's, or another one if it sent none. */
    private String callId(String given, int index) {
        return given.isEmpty() ? "call_" + info.uniqueId() + "_" + index : given;
    }

    private static Map<String, @Nullable Object> choice(String field, Map<String, ?> message) {
        return GatewayJson.of("index", 0, field, message, "logprobs", null, "finish_reason", null);
    }

    private Map<String, Object> chunk(Map<String, ?> choice) {
        return chunk(List.of(choice));
    }

    private Map<String, Object> chunk(List<?> choices) {
        Map<String, Object> chunk = head("chat.completion.chunk");
        chunk.put("choices", choices);
        extras.answer().forEach((name, value) -> {
            if (!(value instanceof Map<?, ?>) && !(value instanceof List<?>)) {
                chunk.putIfAbsent(name, value);
            }
        });
        return chunk;
    }

    private static void putUsage(Map<String, Object> json, Optional<TokenUsage> counted, AnswerExtras extras) {
        Map<String, Object> usage = ChatUsage.of(counted, extras);
        if (!usage.isEmpty()) {
            json.put("usage", usage);
        }
    }

    private Map<String, Object> head(String object) {
        return GatewayJson.of("id", id(), "object", object, "created", info.created(), "model", model);
    }

    private Map<String, Object> toolCall(ToolCall call, int index) {
        String type = wireName(call.type());
        Map<String, Object> json =
                new LinkedHashMap<>(Map.of("id", callId(call.id(), index), "type", type, type, tool(call)));
        call.extras().forEach(json::putIfAbsent);
        return json;
    }

    private static Map<String, Object> tool(ToolCall call) {
        return Map.of("name", call.name(), argumentsField(call.type()), call.arguments());
    }

    private static String wireName(ToolCall.Type type) {
        return type == ToolCall.Type.CUSTOM ? "custom" : "function";
    }

    private static String argumentsField(ToolCall.Type type) {
        return type == ToolCall.Type.CUSTOM ? "input" : "arguments";
    }
}
