package com.example.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import java.util.concurrent.CompletableFuture;

/**
 * A LangChain4j model over Whippletree: whatever is built on LangChain4j shares accounts, limits and caches through it.
 *
 * <p>Takes text and the usual parameters; a model's name names a route. What it can't pass on, it refuses: tools, response formats,
 * images.
 */
public final class WhippletreeChatModel implements ChatModel {

    private final Whippletree whippletree;

    /** Creates a model; closing the Whippletree stays with the caller. */
    public WhippletreeChatModel(Whippletree whippletree) {
        this.whippletree = whippletree;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        return doChatAsync(request).join();
    }

    @Override
    public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
        return whippletree.complete(prompt(request)).thenApply(WhippletreeChatModel::response);
    }

    private static Prompt prompt(ChatRequest request) {
        if (!request.toolSpecifications().isEmpty() || request.responseFormat() != null || request.topK() != null) {
            throw new UnsupportedFeatureException("tools, response formats and top-k");
        }
        Prompt.Builder prompt = Prompt.builder().stop(request.stopSequences());
        request.messages().forEach(message -> prompt.message(message(message)));
        if (request.modelName() != null) {
            prompt.route(request.modelName());
        }
        if (request.temperature() != null) {
            prompt.temperature(request.temperature());
        }
        if (request.topP() != null) {
            prompt.topP(request.topP());
        }
        if (request.maxOutputTokens() != null) {
            prompt.maxTokens(request.maxOutputTokens());
        }
        if (request.frequencyPenalty() != null) {
            prompt.extra("frequency_penalty", request.frequencyPenalty());
        }
        if (request.presencePenalty() != null) {
            prompt.extra("presence_penalty", request.presencePenalty());
        }
        return prompt.build();
    }

    private static Message message(ChatMessage message) {
        if (message instanceof SystemMessage system) {
            return Message.system(system.text());
        }
        if (message instanceof UserMessage user && user.hasSingleText()) {
            return Message.user(user.singleText());
        }
        if (message instanceof AiMessage assistant && !assistant.hasToolExecutionRequests()) {
            return Message.assistant(assistant.text());
        }
        throw new UnsupportedFeatureException("a message of type " + message.type());
    }

    private static ChatResponse response(Completion completion) {
        ChatResponse.Builder response = ChatResponse.builder()
                .aiMessage(AiMessage.from(completion.text()))
                .finishReason(finishReason(completion));
        completion.usage().ifPresent(usage -> response.tokenUsage(
                new TokenUsage(Math.toIntExact(usage.promptTokens()), Math.toIntExact(usage.completionTokens()))));
        return response.build();
    }

    private static FinishReason finishReason(Completion completion) {
        return switch (completion.finishReason()) {
            case STOP -> FinishReason.STOP;
            case LENGTH -> FinishReason.LENGTH;
            case TOOL_CALLS -> FinishReason.TOOL_EXECUTION;
            case CONTENT_FILTER -> FinishReason.CONTENT_FILTER;
        };
    }
}
