package dev.whippletree.springai;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClientAttributes;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.CallAdvisor;
import org.springframework.ai.chat.client.advisor.api.CallAdvisorChain;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.converter.CompositeResponseTextCleaner;
import org.springframework.ai.converter.MarkdownCodeBlockCleaner;
import org.springframework.ai.converter.ResponseTextCleaner;
import org.springframework.ai.converter.StructuredOutputConverter;
import org.springframework.ai.converter.ThinkingTagCleaner;
import org.springframework.ai.converter.WhitespaceCleaner;
import org.springframework.ai.util.JacksonUtils;
import org.springframework.core.Ordered;
import org.springframework.core.convert.converter.Converter;

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

    /** What Spring AI's converters ignore in an answer. */
    private static final ResponseTextCleaner CLEANER = CompositeResponseTextCleaner.builder()
            .addCleaner(new WhitespaceCleaner())
            .addCleaner(new ThinkingTagCleaner())
            .addCleaner(new MarkdownCodeBlockCleaner())
            .addCleaner(new WhitespaceCleaner())
            .build();

    private final @Nullable Converter<String, ?> converter;

    /** Creates an advisor for all answers: where the requested format is JSON, what isn't JSON is removed. */
    public UnusableAnswerAdvisor() {
        this.converter = null;
    }

    /**
     * Creates an advisor for answers of one type: what the converter doesn't accept is removed.
     *
     * @param converter such as {@code new BeanOutputConverter<>(Capital.class)} beside {@code entity(Capital.class)}
     */
    public UnusableAnswerAdvisor(StructuredOutputConverter<?> converter) {
        this.converter = converter;
    }

    @Override
    public String getName() {
        return "UnusableAnswerAdvisor";
    }

    /** Returns the place next to the model, so that advisors that ask again aren't noticed too late. */
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
        try {
            if (converter != null) {
                converter.convert(text);
            } else if (format instanceof String words && words.contains("JSON")) {
                JacksonUtils.getDefaultJsonMapper().readValue(CLEANER.clean(text), Object.class);
            }
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }
}
