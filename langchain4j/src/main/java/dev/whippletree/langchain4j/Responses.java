package dev.whippletree.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.ToolCall;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Translates answers. Immutable.
 *
 * @param returnThinking whether they contain the model's reasoning
 * @param forget removes the answer from every cache
 */
record Responses(boolean returnThinking, Supplier<CompletableFuture<Void>> forget) {

    /** Creates a translator of answers that no cache has. */
    Responses(boolean returnThinking) {
        this(returnThinking, () -> CompletableFuture.completedFuture(null));
    }

    /** Returns a translator of the answers to a prompt. */
    Responses to(Prompt prompt, Whippletree whippletree) {
        return new Responses(returnThinking, () -> whippletree.forget(prompt));
    }

    /**
     * Returns an answer as LangChain4j has it.
     *
     * @throws ContentFilteredException if the model refuses to answer, as LangChain4j's own models do
     */
    ChatResponse response(Completion completion) {
        completion.refusal().ifPresent(words -> {
            throw new ContentFilteredException(words);
        });
        ChatResponseMetadata.Builder<?> metadata = ChatResponseMetadata.builder()
                .modelName(completion.origin().model())
                .finishReason(finishReason(completion));
        completion
                .usage()
                .ifPresent(usage -> metadata.tokenUsage(
                        new TokenUsage(count(usage.promptTokens()), count(usage.completionTokens()))));
        return ChatResponse.builder()
                .aiMessage(message(completion))
                .metadata(new WhippletreeChatResponseMetadata(metadata, completion, forget))
                .build();
    }

    private AiMessage message(Completion completion) {
        AiMessage.Builder message = AiMessage.builder()
                .toolExecutionRequests(
                        completion.toolCalls().stream().map(Responses::request).toList());
        // LangChain4j has no text beside tool calls rather than an empty one.
        if (!completion.text().isEmpty() || completion.toolCalls().isEmpty()) {
            message.text(completion.text());
        }
        if (returnThinking) {
            completion.reasoning().ifPresent(message::thinking);
        }
        return message.build();
    }

    private static ToolExecutionRequest request(ToolCall call) {
        return ToolExecutionRequest.builder()
                .id(call.id().isEmpty() ? null : call.id())
                .name(call.name())
                .arguments(call.arguments().isBlank() ? "{}" : call.arguments())
                .build();
    }

    private static FinishReason finishReason(Completion completion) {
        return switch (completion.finishReason()) {
            case STOP -> FinishReason.STOP;
            case LENGTH -> FinishReason.LENGTH;
            case TOOL_CALLS -> FinishReason.TOOL_EXECUTION;
            case CONTENT_FILTER -> FinishReason.CONTENT_FILTER;
        };
    }

    static int count(long tokens) {
        return (int) Math.min(tokens, Integer.MAX_VALUE);
    }
}
