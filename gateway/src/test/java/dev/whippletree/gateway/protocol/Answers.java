package dev.whippletree.gateway.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.clients.Disclosure;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import dev.whippletree.settings.EngineSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** An answer of 20 tokens of a prompt and 9 of its own, for the writers of the protocols. */
public final class Answers {

    private static final Origin ORIGIN =
            new Origin(Origin.Source.CALL, "one", "served", 1, Duration.ofMillis(3), Optional.empty());
    private static final TokenUsage USAGE = new TokenUsage(20, 9, 16, 4);

    private Answers() {}

    /** Of request {@code a1}, at second 1700 until 1705, to a client that asked {@code m} and may see accounts. */
    public static AnswerInfo info() {
        AtomicLong second = new AtomicLong(1_700);
        return new AnswerInfo(
                "a1",
                () -> Instant.ofEpochSecond(second.getAndSet(1_705)),
                "m",
                new Disclosure(
                        GatewaySettings.DEFAULT,
                        new Configuration(List.of(), List.of(), List.of(), EngineSettings.DEFAULT, List.of())));
    }

    public static Completion completion(
            String text,
            String reasoning,
            String refusal,
            FinishReason reason,
            AnswerExtras extras,
            ToolCall... calls) {
        return new Completion(
                text,
                Optional.of(reasoning).filter(words -> !words.isEmpty()),
                Optional.of(refusal).filter(words -> !words.isEmpty()),
                List.of(calls),
                reason,
                Optional.of(USAGE),
                extras,
                ORIGIN);
    }

    public static Completion completion(String text, String reasoning, FinishReason reason, ToolCall... calls) {
        return completion(text, reasoning, "", reason, AnswerExtras.NONE, calls);
    }

    /** Returns a piece of a tool call, without what is empty. */
    public static Delta.ToolCallPart part(int index, String id, String name, String arguments) {
        return new Delta.ToolCallPart(
                index,
                Optional.of(id).filter(text -> !text.isEmpty()),
                Optional.of(name).filter(text -> !text.isEmpty()),
                arguments);
    }

    /** Returns the events of an answer: its start, which needs none, its pieces and its end. */
    public static List<ServerSentEvent> stream(AnswerWriter writer, FinishReason reason, Delta... pieces) {
        List<ServerSentEvent> events = new ArrayList<>(writer.events(new Delta.Start("one", "served")));
        if (!events.isEmpty()) {
            throw new AssertionError("the start of an answer is told");
        }
        Stream.of(pieces).forEach(piece -> events.addAll(writer.events(piece)));
        events.addAll(writer.events(new Delta.End(completion("", "", reason))));
        return events;
    }

    public static Map<String, Object> json(ServerSentEvent event) {
        return RunningGateway.json(new String(event.data(), UTF_8));
    }

    /** Returns values of JDK types as a client reads them. */
    public static Map<String, Object> read(Map<String, Object> json) {
        return RunningGateway.json(GatewayJson.text(json));
    }
}
