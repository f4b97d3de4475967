package dev.whippletree.gateway.responses;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
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

    private final ResponsesRequest request;
    private final AnswerInfo info;
    private final Events events;
    private final Output output;
    private String model;
    private Optional<Object> tier = Optional.empty();
    private boolean begun;

    ResponsesWriter(ResponsesRequest request, AnswerInfo info) {
        this.request = request;
        this.info = info;
        this.model = info.askedModel();
        this.events = new Events(request.streaming());
        this.output = new Output(info.uniqueId(), request.tools, request.encrypted, events);
    }

    @Override
    public String id() {
        return "resp_" + info.uniqueId();
    }

    @Override
    public Map<String, Object> whole(Completion completion) {
        completion.pieces().forEach(this::add);
        return end(completion.finishReason(), completion.usage(), completion.origin());
    }

    @Override
    public List<ServerSentEvent> events(Delta delta) {
        if (delta instanceof Delta.Start start) {
            model = start.model();
        } else if (delta instanceof Delta.End end) {
            begin();
            Map<String, Object> response = end(end.finishReason(), end.usage(), end.origin());
            events.add("response." + response.get("status"), Map.of(), "response", response);
        } else if (delta instanceof Delta.Piece piece) {
            begin();
            add(piece);
        }
        return events.taken();
    }

    private void add(Delta.Piece piece) {
        if (piece instanceof Delta.ExtrasPart part) {
            tier = Optional.ofNullable(part.extras().answer().get("service_tier"))
                    .or(() -> tier);
        }
        output.add(piece);
    }

    /** Both events, since some clients know only the one and some only the other. */
    @Override
    public List<ServerSentEvent> broken(ApiError error) {
        begin();
        // Codex waits as long as the message says, in these words.
        String message = error.message()
                + error.retryAfter()
                        .map(wait -> ". Try again in " + Math.max(1, wait.toSeconds()) + "s")
                        .orElse("");
        Map<String, @Nullable Object> told = GatewayJson.of(
                "code", error.code(), "message", message, "param", error.param().orElse(null));
        Map<String, @Nullable Object> nested = new LinkedHashMap<>(told);
        nested.put("type", error.type());
        events.add("error", told, "error", nested);
        output.breakOff();
        Map<String, @Nullable Object> response = response("failed");
        response.put("error", Map.of("code", error.code(), "message", message));
        events.add("response.failed", Map.of(), "response", response);
        return events.taken();
    }

    private void begin() {
        if (!begun) {
            begun = true;
            events.begin(response("in_progress"));
        }
    }

    private Map<String, Object> end(FinishReason reason, Optional<TokenUsage> usage, Origin origin) {
        boolean whole = reason == FinishReason.STOP || reason == FinishReason.TOOL_CALLS;
        String status = whole ? "completed" : "incomplete";
        model = origin.model();
        output.end(status);
        Map<String, @Nullable Object> response = response(status);
        if (whole) {
            response.put("completed_at", info.now());
        } else {
            response.put(
                    "incomplete_details",
                    Map.of("reason", reason == FinishReason.LENGTH ? "max_output_tokens" : reason.wireName()));
        }
        response.put("usage", AnswerInfo.usage(usage.orElse(TokenUsage.NONE)));
        response.put("whippletree", info.own(origin));
        return response;
    }

    private Map<String, @Nullable Object> response(String status) {
        Map<String, @Nullable Object> response =
                GatewayJson.of("id", id(), "object", "response", "created_at", info.created(), "status", status);
        response.putAll(GatewayJson.of("completed_at", null, "error", null, "incomplete_details", null));
        response.put("model", model);
        response.put("output", output.items());
        response.putAll(request.echo);
        tier.ifPresent(given -> response.put("service_tier", given));
        response.put("usage", null);
        return response;
    }
}
