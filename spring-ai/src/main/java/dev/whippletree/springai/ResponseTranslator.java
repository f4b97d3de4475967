package dev.whippletree.springai;

import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
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

    private ResponseTranslator() {}

    /** Translates a whole answer. */
    static ChatResponse whole(Completion completion) {
        return end(
                completion.text(),
                completion.reasoning(),
                completion.toolCalls(),
                completion.finishReason(),
                metadata(completion.usage(), completion.origin()));
    }

    /** Returns the last piece of a stream, or an answer in one piece. */
    static ChatResponse end(
            String text,
            Optional<String> reasoning,
            List<ToolCall> calls,
            FinishReason finishReason,
            ChatResponseMetadata metadata) {
        AssistantMessage message = message(text, reasoning)
                .toolCalls(calls.stream()
                        .map(call ->
                                new AssistantMessage.ToolCall(call.id(), "function", call.name(), call.arguments()))
                        .toList())
                .build();
        ChatGenerationMetadata ended = ChatGenerationMetadata.builder()
                .finishReason(finishReason.name())
                .build();
        return new ChatResponse(List.of(new Generation(message, ended)), metadata);
    }

    /** Returns a piece of a stream before the last one. */
    static ChatResponse piece(String text, Optional<String> reasoning) {
        return new ChatResponse(List.of(new Generation(message(text, reasoning).build())));
    }

    private static AssistantMessage.Builder<?> message(String text, Optional<String> reasoning) {
        return AssistantMessage.builder()
                .content(text)
                .properties(reasoning
                        .<Map<String, Object>>map(thought -> Map.of(REASONING, thought))
                        .orElse(Map.of()));
    }

    /** Returns what is known about an answer besides its content. */
    static ChatResponseMetadata metadata(Optional<TokenUsage> usage, Origin origin) {
        ChatResponseMetadata.Builder metadata = ChatResponseMetadata.builder()
                .model(origin.model())
                .keyValue("account", origin.account())
                .keyValue("source", origin.source().name().toLowerCase(Locale.ROOT))
                .keyValue("attempts", origin.attempts())
                .keyValue("waited", origin.waited());
        usage.ifPresent(counted -> metadata.usage(usage(counted)));
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
