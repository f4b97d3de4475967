package dev.whippletree.springai;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;

/** Translates answers into those of Spring AI. Stateless. */
final class ResponseTranslator {

    /** The metadata in which Spring AI's own model for this protocol puts what the model thought. */
    static final String REASONING = "reasoningContent";

    /** The metadata in which it puts a refusal. */
    static final String REFUSAL = "refusal";

    private ResponseTranslator() {}

    /**
     * Translates a whole answer, or the last piece of a stream: a completion without the text that came before.
     *
     * @param more metadata
     */
    static ChatResponse whole(Completion completion, Map<String, Object> more) {
        Map<String, Object> properties = new LinkedHashMap<>(completion.extras().message());
        completion.reasoning().ifPresent(thought -> properties.put(REASONING, thought));
        completion.refusal().ifPresent(words -> properties.put(REFUSAL, words));
        AssistantMessage message = AssistantMessage.builder()
                .content(completion.text())
                .properties(properties)
                .toolCalls(completion.toolCalls().stream()
                        .map(ResponseTranslator::call)
                        .toList())
                .build();
        ChatGenerationMetadata ended = ChatGenerationMetadata.builder()
                .finishReason(completion.finishReason().name())
                .metadata(completion.extras().choice())
                .build();
        return new ChatResponse(List.of(new Generation(message, ended)), metadata(completion, more));
    }

    private static AssistantMessage.ToolCall call(ToolCall call) {
        return new AssistantMessage.ToolCall(
                call.id(), call.type().name().toLowerCase(Locale.ROOT), call.name(), call.arguments());
    }

    /** Returns a piece of a stream before the last one. */
    static ChatResponse piece(String text, Optional<String> reasoning) {
        AssistantMessage.Builder<?> message = AssistantMessage.builder()
                .content(text)
                .properties(reasoning
                        .<Map<String, Object>>map(thought -> Map.of(REASONING, thought))
                        .orElse(Map.of()));
        return new ChatResponse(List.of(new Generation(message.build())));
    }

    /** Returns what is known about an answer besides its content. */
    private static ChatResponseMetadata metadata(Completion completion, Map<String, Object> more) {
        Origin origin = completion.origin();
        ChatResponseMetadata.Builder metadata = ChatResponseMetadata.builder()
                .metadata(completion.extras().answer())
                .metadata(more)
                .model(origin.model())
                .keyValue("account", origin.account())
                .keyValue("source", origin.source().name().toLowerCase(Locale.ROOT))
                .keyValue("attempts", origin.attempts())
                .keyValue("waited", origin.waited());
        completion.usage().ifPresent(counted -> metadata.usage(usage(counted)));
        return metadata.build();
    }

    private static DefaultUsage usage(TokenUsage usage) {
        return new DefaultUsage(
                Math.toIntExact(usage.promptTokens()),
                Math.toIntExact(usage.completionTokens()),
                Math.toIntExact(usage.total()),
                usage,
                usage.cachedPromptTokens(),
                null);
    }
}
