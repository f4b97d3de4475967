package dev.whippletree.langchain4j;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.whippletree.Whippletree;
import dev.whippletree.model.Prompt;
import java.util.List;
import java.util.Set;

/**
 * A LangChain4j streaming chat model whose requests share the accounts, limits and caches of a {@link Whippletree}.
 * Thread-safe. Whoever opened the Whippletree closes it.
 *
 * <p>A handler is called serially, on threads of the Whippletree or, if the answer is there at once, on the thread that
 * asks. It may block. After an exception it throws, which it is told of by {@code onError}, it still gets the rest of
 * the answer, as with LangChain4j's own models. Cancelling its {@code StreamingHandle} withdraws the prompt, and ends
 * the call unless others wait for the same answer; the handler isn't called again.
 */
public final class WhippletreeStreamingChatModel implements StreamingChatModel {

    private final WhippletreeModelBuilder.Setup setup;

    private WhippletreeStreamingChatModel(WhippletreeModelBuilder.Setup setup) {
        this.setup = setup;
    }

    /** Returns an empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Streams the answer to a request. Doesn't wait for it.
     *
     * @throws UnsupportedFeatureException if the request contains something that can't be passed on; the message names
     *     it. The handler is told of every other error
     */
    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        Prompt prompt;
        try {
            prompt = setup.requests().prompt(request);
        } catch (UnsupportedFeatureException e) {
            throw e;
        } catch (RuntimeException e) {
            new HandlerSubscriber(handler, setup.responses()).onError(e);
            return;
        }
        setup.whippletree().stream(prompt)
                .subscribe(new HandlerSubscriber(handler, setup.responses().to(prompt, setup.whippletree())));
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
         * @throws UnsupportedFeatureException if the default parameters contain something that can't be passed on; the
         *     message names it
         */
        public WhippletreeStreamingChatModel build() {
            return new WhippletreeStreamingChatModel(setup());
        }
    }
}
