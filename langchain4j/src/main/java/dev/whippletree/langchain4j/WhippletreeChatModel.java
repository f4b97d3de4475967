package dev.whippletree.langchain4j;

import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.whippletree.Whippletree;
import dev.whippletree.model.Prompt;
import java.util.List;
import java.util.Set;

/**
 * A LangChain4j chat model whose requests share the accounts, limits and caches of a {@link Whippletree}. Thread-safe.
 * Whoever opened the Whippletree closes it.
 *
 * <pre>{@code
 * ChatModel model = WhippletreeChatModel.builder().whippletree(whippletree).build();
 * String answer = model.chat("Tell me about yourself");
 * }</pre>
 */
public final class WhippletreeChatModel implements ChatModel {

    final WhippletreeModelBuilder.Setup setup;

    private WhippletreeChatModel(WhippletreeModelBuilder.Setup setup) {
        this.setup = setup;
    }

    /** Returns an empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Answers a request. Blocks until there is an answer or an error, by the prompt's deadline.
     *
     * @throws dev.langchain4j.exception.UnsupportedFeatureException if the request contains something that can't be
     *     passed on; the message names it
     * @throws LangChain4jException if there is no answer; the cause is the Whippletree's own exception. An interrupted
     *     thread withdraws its prompt, and stays interrupted
     */
    @Override
    public ChatResponse doChat(ChatRequest request) {
        try {
            Prompt prompt = setup.requests().prompt(request);
            return setup.responses()
                    .to(prompt, setup.whippletree())
                    .response(setup.whippletree().ask(prompt));
        } catch (RuntimeException e) {
            throw ExceptionTranslator.translated(e);
        }
    }

    @Override
    public WhippletreeChatRequestParameters defaultRequestParameters() {
        return setup.defaults();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return setup.listeners();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return setup.capabilities();
    }

    /** Collects what makes a model. Confined to one thread; may be used again after {@link #build()}. */
    public static final class Builder extends WhippletreeModelBuilder<Builder> {

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Returns the model. Makes no call.
         *
         * @throws IllegalArgumentException if there is no Whippletree
         * @throws dev.langchain4j.exception.UnsupportedFeatureException if the default parameters contain something
         *     that can't be passed on; the message names it
         */
        public WhippletreeChatModel build() {
            return new WhippletreeChatModel(setup());
        }
    }
}
