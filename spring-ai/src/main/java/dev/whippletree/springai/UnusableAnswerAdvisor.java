package dev.whippletree.springai;

import org.springframework.ai.chat.client.ChatClientAttributes;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.CallAdvisor;
import org.springframework.ai.chat.client.advisor.api.CallAdvisorChain;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.converter.BeanOutputConverter;
import org.springframework.ai.converter.StructuredOutputConverter;
import org.springframework.core.Ordered;

/**
 * Removes an answer from the caches that a {@code ChatClient} can't convert, before {@code entity(…)} throws. Spring AI
 * converts an answer after the last advisor, so this one tries before. Thread-safe.
 *
 * <pre>{@code
 * ChatClient client = ChatClient.builder(model)
 *         .defaultAdvisors(new UnusableAnswerAdvisor())
 *         .build();
 * }</pre>
 */
public final class UnusableAnswerAdvisor implements CallAdvisor {

    private final StructuredOutputConverter<?> converter;

    /** Whether only answers in JSON have to be convertible. */
    private final boolean jsonOnly;

    /** Creates an advisor for all answers: where the requested format is JSON, what isn't JSON is removed. */
    public UnusableAnswerAdvisor() {
        this.converter = new BeanOutputConverter<>(Object.class);
        this.jsonOnly = true;
    }

    /**
     * Creates an advisor for answers of one type: what the converter doesn't accept is removed.
     *
     * @param converter such as {@code new BeanOutputConverter<>(Capital.class)} beside {@code entity(Capital.class)}
     */
    public UnusableAnswerAdvisor(StructuredOutputConverter<?> converter) {
        this.converter = converter;
        this.jsonOnly = false;
    }

    @Override
    public String getName() {
        return "UnusableAnswerAdvisor";
    }

    /** Returns the place next to the model, so that it sees each answer of advisors that ask again. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE - 1;
    }

    @Override
    public ChatClientResponse adviseCall(ChatClientRequest request, CallAdvisorChain chain) {
        ChatClientResponse response = chain.nextCall(request);
        ChatResponse answer = response.chatResponse();
        if (answer != null && answer.getResult() != null && !answer.hasToolCalls()) {
            String text = answer.getResult().getOutput().getText();
            if (text != null && !isUsable(text, request)) {
                WhippletreeChatModel.forget(answer)
                        .exceptionally(failure -> null)
                        .join();
            }
        }
        return response;
    }

    private boolean isUsable(String text, ChatClientRequest request) {
        Object format = request.context().get(ChatClientAttributes.OUTPUT_FORMAT.getKey());
        if (jsonOnly && !String.valueOf(format).contains("JSON")) {
            return true;
        }
        try {
            converter.convert(text);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }
}
