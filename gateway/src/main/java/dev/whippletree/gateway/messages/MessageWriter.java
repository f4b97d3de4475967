package dev.whippletree.gateway.messages;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes one answer as a message, whole or as events. Confined to one thread. */
final class MessageWriter implements AnswerWriter {

    private static final MessagesErrors ERRORS = new MessagesErrors();

    private final AnswerInfo info;
    private final MessagesRequest request;
    private final MessageEvents events;
    private final Set<String> callIds = new HashSet<>();

    MessageWriter(AnswerInfo info, MessagesRequest request) {
        this.info = info;
        this.request = request;
        this.events = new MessageEvents(this, info, request.thoughts());
    }

    @Override
    public String id() {
        return "msg_" + info.uniqueId();
    }

    @Override
    public Map<String, Object> whole(Completion completion) {
        List<Map<String, @Nullable Object>> content = new ArrayList<>();
        completion
                .reasoning()
                .filter(text -> request.thoughts())
                .ifPresent(text -> content.add(MessageJson.thinking(text)));
        Stream.of(completion.text(), completion.refusal().orElse(""))
                .filter(text -> !text.isEmpty())
                .forEach(text -> content.add(MessageJson.text(text)));
        List<ToolCall> calls = completion.toolCalls();
        for (int index = 0; index < calls.size(); index++) {
            ToolCall call = calls.get(index);
            content.add(
                    MessageJson.toolUse(callId(call.id(), index), call.name(), MessageJson.input(call.arguments())));
        }
        Map<String, @Nullable Object> message = MessageJson.message(
                id(), completion.origin().model(), content, completion.usage().orElse(TokenUsage.NONE));
        message.putAll(MessageJson.end(
                completion.finishReason(),
                !calls.isEmpty(),
                completion.refusal().isPresent(),
                stopSequence(completion.extras())));
        message.put("whippletree", info.own(completion.origin()));
        return message;
    }

    @Override
    public List<ServerSentEvent> events(Delta delta) {
        return events.of(delta);
    }

    @Override
    public List<ServerSentEvent> broken(ApiError error) {
        return List.of(ServerSentEvent.json("error", ERRORS.json(error, info.requestId())));
    }

    /**
     * Returns the id that the result of a call will refer to: the service's, or another one if the call has none or
     * that of an earlier call. To be asked once for each call.
     */
    String callId(String given, int index) {
        return !given.isEmpty() && callIds.add(given) ? given : "toolu_" + info.uniqueId() + "_" + index;
    }

    /** Some services, such as vLLM, say which stop sequence ended an answer; most don't. */
    Optional<String> stopSequence(AnswerExtras extras) {
        return request.body().parameters().stop().stream()
                .filter(text -> text.equals(extras.choice().get("stop_reason")))
                .findFirst();
    }
}
