package dev.whippletree.gateway.responses;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.gateway.responses.OutputItem.Kind;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes one answer in the Responses protocol, whole or as events. Confined to one thread.
 *
 * <p>Where an answer came from stands in a field {@code whippletree} of the response, as in chat completions.
 */
final class ResponsesWriter implements AnswerWriter {

    private static final String IN_PROGRESS = "in_progress";
    private static final String COMPLETED = "completed";
    private static final String INCOMPLETE = "incomplete";
    private static final String FAILED = "failed";

    private final ResponsesRequest request;
    private final AnswerInfo info;
    private final Output output;
    private List<ServerSentEvent> events = new ArrayList<>();
    private String model;
    private int told;
    private boolean begun;

    ResponsesWriter(ResponsesRequest request, AnswerInfo info) {
        this.request = request;
        this.info = info;
        this.model = info.askedModel();
        this.output = new Output(info.uniqueId(), request.tools(), request.encrypted(), this::tell);
    }

    @Override
    public String id() {
        return "resp_" + info.uniqueId();
    }

    @Override
    public Map<String, Object> whole(Completion completion) {
        completion.reasoning().ifPresent(text -> output.text(Kind.REASONING, text));
        if (!completion.text().isEmpty()) {
            output.text(Kind.TEXT, completion.text());
        }
        int number = 0;
        for (ToolCall call : completion.toolCalls()) {
            output.call(number++, Optional.of(call.id()), Optional.of(call.name()), call.arguments());
        }
        return end(completion.finishReason(), completion.usage(), completion.origin());
    }

    @Override
    public List<ServerSentEvent> events(Delta delta) {
        if (delta instanceof Delta.Start start) {
            model = start.model();
            return List.of();
        }
        begin();
        if (delta instanceof Delta.End end) {
            Map<String, Object> response = end(end.finishReason(), end.usage(), end.origin());
            tell("response." + response.get("status"), Map.of("response", response));
        } else if (delta instanceof Delta.Text text) {
            output.text(Kind.TEXT, text.text());
        } else if (delta instanceof Delta.Reasoning thought) {
            output.text(Kind.REASONING, thought.text());
        } else if (delta instanceof Delta.ToolCallPart part) {
            output.call(part.index(), part.id(), part.name(), part.arguments());
        }
        return taken();
    }

    /** Both events, since some clients know only the one and some only the other. */
    @Override
    public List<ServerSentEvent> broken(ApiError error) {
        begin();
        String message = message(error);
        Map<String, @Nullable Object> flat = new LinkedHashMap<>();
        flat.put("code", error.code());
        flat.put("message", message);
        flat.put("param", error.param().orElse(null));
        Map<String, @Nullable Object> nested = new LinkedHashMap<>(flat);
        nested.put("type", error.type());
        flat.put("error", nested);
        tell("error", flat);
        Map<String, @Nullable Object> response = response(FAILED);
        response.put("error", Map.of("code", error.code(), "message", message));
        tell("response.failed", Map.of("response", response));
        return taken();
    }

    /** Codex waits as long as the message says, in these words. */
    private static String message(ApiError error) {
        return error.message()
                + error.retryAfter()
                        .map(Duration::toSeconds)
                        .map(seconds -> ". Try again in " + Math.max(1, seconds) + "s")
                        .orElse("");
    }

    private void begin() {
        if (!begun) {
            begun = true;
            Map<String, Object> response = Map.of("response", response(IN_PROGRESS));
            tell("response.created", response);
            tell("response.in_progress", response);
        }
    }

    private Map<String, Object> end(FinishReason reason, Optional<TokenUsage> usage, Origin origin) {
        boolean whole = reason == FinishReason.STOP || reason == FinishReason.TOOL_CALLS;
        String status = whole ? COMPLETED : INCOMPLETE;
        model = origin.model();
        output.end(status);
        Map<String, @Nullable Object> response = response(status);
        if (!whole) {
            response.put(
                    "incomplete_details",
                    Map.of("reason", reason == FinishReason.LENGTH ? "max_output_tokens" : reason.wireName()));
        }
        response.put("usage", usage(usage.orElse(TokenUsage.NONE)));
        response.put("whippletree", info.own(origin));
        return response;
    }

    private Map<String, @Nullable Object> response(String status) {
        Map<String, @Nullable Object> response = new LinkedHashMap<>();
        response.put("id", id());
        response.put("object", "response");
        response.put("created_at", info.created());
        response.put("status", status);
        response.put("completed_at", null);
        response.put("error", null);
        response.put("incomplete_details", null);
        response.put("model", model);
        response.put("output", output.json());
        response.putAll(request.echo());
        response.put("usage", null);
        return response;
    }

    private static Map<String, Object> usage(TokenUsage usage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("input_tokens", usage.promptTokens());
        json.put("input_tokens_details", Map.of("cached_tokens", usage.cachedPromptTokens()));
        json.put("output_tokens", usage.completionTokens());
        json.put("output_tokens_details", Map.of("reasoning_tokens", usage.reasoningTokens()));
        json.put("total_tokens", usage.total());
        return json;
    }

    private void tell(String type, Map<String, ? extends @Nullable Object> fields) {
        if (request.streaming()) {
            Map<String, @Nullable Object> event = new LinkedHashMap<>();
            event.put("type", type);
            event.put("sequence_number", told++);
            event.putAll(fields);
            events.add(ServerSentEvent.json(type, event));
        }
    }

    private List<ServerSentEvent> taken() {
        List<ServerSentEvent> taken = events;
        events = new ArrayList<>();
        return taken;
    }
}
