package dev.whippletree.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.whippletree.Whippletree;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the builders of both models have in common. Its methods have the names of those of {@code OpenAiChatModel}'s
 * builder, and null means the same as not calling one.
 *
 * @param <B> the builder itself
 */
public abstract sealed class WhippletreeModelBuilder<B extends WhippletreeModelBuilder<B>>
        permits WhippletreeChatModel.Builder, WhippletreeStreamingChatModel.Builder {

    private final WhippletreeChatRequestParameters.Builder own = WhippletreeChatRequestParameters.builder();
    private @Nullable Whippletree whippletree;
    private ChatRequestParameters shared = WhippletreeChatRequestParameters.EMPTY;
    private List<ChatModelListener> listeners = List.of();
    private Set<Capability> capabilities = Set.of();
    private boolean strictJsonSchema;
    private boolean strictTools;
    private boolean returnThinking;
    private boolean sendThinking;
    private @Nullable String thinkingField;

    WhippletreeModelBuilder() {}

    abstract B self();

    /** Sets what answers; required. It stays open until its owner closes it. */
    public B whippletree(Whippletree whippletree) {
        this.whippletree = whippletree;
        return self();
    }

    /**
     * Sets parameters for requests that don't have them. Parameters set by a method of this builder take precedence.
     *
     * @param parameters of LangChain4j, or {@link WhippletreeChatRequestParameters}
     */
    public B defaultRequestParameters(@Nullable ChatRequestParameters parameters) {
        this.shared = parameters == null ? WhippletreeChatRequestParameters.EMPTY : parameters;
        return self();
    }

    /**
     * Sets which model answers: a route's name or one of its aliases, a model of a route, or {@code account/model}.
     * Without it, the default route answers.
     */
    public B modelName(@Nullable String modelName) {
        own.modelName(modelName);
        return self();
    }

    /** Sets how freely the model chooses, 0 to 2. */
    public B temperature(@Nullable Double temperature) {
        own.temperature(temperature);
        return self();
    }

    /** Sets the share of probability to choose from, above 0 and at most 1. */
    public B topP(@Nullable Double topP) {
        own.topP(topP);
        return self();
    }

    /** Sets texts at which an answer ends, 4 at most. */
    public B stop(@Nullable List<String> stop) {
        own.stopSequences(stop);
        return self();
    }

    /** Sets the most tokens an answer may have, 1 or more. */
    public B maxTokens(@Nullable Integer maxTokens) {
        own.maxOutputTokens(maxTokens);
        return self();
    }

    /** Sets how much words that were used before are avoided, -2 to 2. */
    public B presencePenalty(@Nullable Double presencePenalty) {
        own.presencePenalty(presencePenalty);
        return self();
    }

    /** Sets how much words that were used often are avoided, -2 to 2. */
    public B frequencyPenalty(@Nullable Double frequencyPenalty) {
        own.frequencyPenalty(frequencyPenalty);
        return self();
    }

    /** Sets the format of answers: text, JSON, or JSON by a schema. */
    public B responseFormat(@Nullable ResponseFormat responseFormat) {
        own.responseFormat(responseFormat);
        return self();
    }

    /** Sets a seed for services that try to repeat themselves. */
    public B seed(@Nullable Integer seed) {
        own.seed(seed);
        return self();
    }

    /** Sets other fields of the protocol's request, as JSON values in JDK types, such as {@code reasoning_effort}. */
    public B customParameters(@Nullable Map<String, Object> customParameters) {
        own.customParameters(customParameters);
        return self();
    }

    /** Sets whether services must hold answers strictly to a JSON schema; false by default. */
    public B strictJsonSchema(@Nullable Boolean strictJsonSchema) {
        this.strictJsonSchema = Boolean.TRUE.equals(strictJsonSchema);
        return self();
    }

    /** Sets whether services must hold tool calls strictly to the tools' schemas; false by default. */
    public B strictTools(@Nullable Boolean strictTools) {
        this.strictTools = Boolean.TRUE.equals(strictTools);
        return self();
    }

    /** Sets whether answers contain the model's reasoning, where a service returns it; false by default. */
    public B returnThinking(@Nullable Boolean returnThinking) {
        this.returnThinking = Boolean.TRUE.equals(returnThinking);
        return self();
    }

    /** Sets whether earlier reasoning is sent with the conversation, in {@code reasoning_content}; false by default. */
    public B sendThinking(@Nullable Boolean sendThinking) {
        this.sendThinking = Boolean.TRUE.equals(sendThinking);
        return self();
    }

    /**
     * Sets whether earlier reasoning is sent with the conversation.
     *
     * @param fieldName the message's field that the service expects it in, such as {@code reasoning}
     */
    public B sendThinking(@Nullable Boolean sendThinking, @Nullable String fieldName) {
        this.thinkingField = fieldName;
        return sendThinking(sendThinking);
    }

    /** Sets what the services can do; LangChain4j asks for answers by a JSON schema only if this says that they can. */
    public B supportedCapabilities(Capability... supportedCapabilities) {
        return supportedCapabilities(Set.of(supportedCapabilities));
    }

    /** Sets what the services can do; LangChain4j asks for answers by a JSON schema only if this says that they can. */
    public B supportedCapabilities(@Nullable Set<Capability> supportedCapabilities) {
        this.capabilities = supportedCapabilities == null ? Set.of() : Set.copyOf(supportedCapabilities);
        return self();
    }

    /** Sets the listeners that are told of each request and of its response or error. */
    public B listeners(ChatModelListener... listeners) {
        return listeners(List.of(listeners));
    }

    /** Sets the listeners that are told of each request and of its response or error. */
    public B listeners(@Nullable List<ChatModelListener> listeners) {
        this.listeners = listeners == null ? List.of() : List.copyOf(listeners);
        return self();
    }

    /** What a model works with. Immutable. */
    record Setup(
            Whippletree whippletree,
            Requests requests,
            Responses responses,
            WhippletreeChatRequestParameters defaults,
            List<ChatModelListener> listeners,
            Set<Capability> capabilities) {}

    Setup setup() {
        if (whippletree == null) {
            throw new IllegalArgumentException(
                    "there is no Whippletree; pass one to whippletree(…), such as Whippletree.open()");
        }
        WhippletreeChatRequestParameters defaults = own.build().defaultedBy(shared);
        Requests.requireSupported(defaults);
        return new Setup(
                whippletree,
                new Requests(
                        whippletree,
                        strictJsonSchema,
                        strictTools,
                        sendThinking,
                        Objects.requireNonNullElse(thinkingField, "reasoning_content")),
                new Responses(returnThinking),
                defaults,
                listeners,
                capabilities);
    }
}
