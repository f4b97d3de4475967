package dev.whippletree.springai;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Delta;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.MessageAggregator;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.observation.ChatModelObservationConvention;
import org.springframework.ai.chat.observation.ChatModelObservationDocumentation;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.retry.NonTransientAiException;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

/**
 * A chat model of Spring AI that asks a Whippletree: whatever is built on Spring AI shares its accounts, limits, caches
 * and calls. Thread-safe.
 *
 * <p>Tools, structured output and images pass through. {@link #call} blocks its thread until there is an answer;
 * {@link #stream} blocks none. A failure is a {@link org.springframework.ai.retry.TransientAiException} if asking again
 * may help, and else a {@link NonTransientAiException}; its cause is ours. An option that can't be passed on is an
 * {@link UnsupportedOptionException}.
 *
 * <pre>{@code
 * ChatModel model = WhippletreeChatModel.builder().whippletree(whippletree).build();
 * String answer = ChatClient.create(model).prompt("Tell me about yourself").call().content();
 * }</pre>
 */
public final class WhippletreeChatModel implements ChatModel {

    private static final ChatModelObservationConvention USUAL = new DefaultChatModelObservationConvention();
    static final String PROVIDER = "whippletree";
    private static final String ASKED = "asked";

    private final Whippletree whippletree;
    private final WhippletreeChatOptions options;
    private final ObservationRegistry observations;
    private final @Nullable ChatModelObservationConvention convention;

    private WhippletreeChatModel(Builder from, Whippletree whippletree) {
        this.whippletree = whippletree;
        this.options = from.options;
        this.observations = from.observations;
        this.convention = from.convention;
    }

    /** What was asked, in the metadata of a response, which programs print. */
    private record Asked(Whippletree whippletree, dev.whippletree.model.Prompt prompt) {

        @Override
        public String toString() {
            return prompt.toString();
        }
    }

    /** Returns an empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the options of prompts that bring none; of those that do, they are the basis if a {@code ChatClient}
     * asks.
     */
    @Override
    public WhippletreeChatOptions getOptions() {
        return options;
    }

    /**
     * Asks, and waits for the answer.
     *
     * @throws org.springframework.ai.retry.TransientAiException if there is no answer, and asking again may help
     * @throws NonTransientAiException if there is no answer, and asking again won't help
     */
    @Override
    public ChatResponse call(Prompt prompt) {
        Prompt asked = withOptions(prompt);
        dev.whippletree.model.Prompt translated = translate(asked, false);
        ChatModelObservationContext context = context(asked, false);
        return Objects.requireNonNull(observation(context).observe(() -> {
            ChatResponse response = ResponseTranslator.whole(
                    PromptFailures.await(whippletree.complete(translated)),
                    Map.of(ASKED, new Asked(whippletree, translated)));
            context.setResponse(response);
            return response;
        }));
    }

    /**
     * Removes an answer from every cache, because it turned out to be of no use: the next equal prompt makes a call.
     * {@link UnusableAnswerAdvisor} does so for answers that can't be converted.
     *
     * @param response the result of {@link #call}, also through a {@code ChatClient}; of any other model: nothing
     *     happens
     * @return as {@link Whippletree#forget}
     */
    public static CompletableFuture<Void> forget(ChatResponse response) {
        return response.getMetadata().get(ASKED) instanceof Asked asked
                ? asked.whippletree().forget(asked.prompt())
                : CompletableFuture.completedFuture(null);
    }

    /**
     * Asks at each subscription, and publishes the answer as it arrives: text and reasoning in pieces; tool calls,
     * usage and everything else with the last one. Cancelling withdraws the prompt. Ends with the same errors as
     * {@link #call}.
     */
    @Override
    public Flux<ChatResponse> stream(Prompt prompt) {
        Prompt asked = withOptions(prompt);
        dev.whippletree.model.Prompt translated = translate(asked, true);
        return Flux.deferContextual(subscriber -> {
            ChatModelObservationContext context = context(asked, true);
            Observation observation = observation(context);
            start(observation, subscriber.getOrDefault(ObservationThreadLocalAccessor.KEY, null));
            ChunkTranslator response = new ChunkTranslator();
            Flux<ChatResponse> pieces = deltas(translated, observation)
                    .<ChatResponse>handle(
                            (delta, sink) -> response.translate(delta).ifPresent(sink::next))
                    .onErrorMap(PromptFailures::translate)
                    .doOnError(observation::error)
                    .doFinally(end -> observation.stop())
                    .contextWrite(changed -> changed.put(ObservationThreadLocalAccessor.KEY, observation));
            return new MessageAggregator().aggregate(pieces, context::setResponse);
        });
    }

    /** A prompt's trace is the one that is current where it is submitted. */
    private Flux<Delta> deltas(dev.whippletree.model.Prompt prompt, Observation observation) {
        Flux<Delta> deltas = JdkFlowAdapter.flowPublisherToFlux(whippletree.stream(prompt));
        return Flux.from(subscriber -> observation.scoped(() -> deltas.subscribe(subscriber)));
    }

    /** The parent is the subscriber's observation, and not what happens to be current on this thread. */
    private static void start(Observation observation, @Nullable Observation parent) {
        observation.parentObservation(parent);
        if (parent == null) {
            observation.start();
        } else {
            parent.scoped(() -> {
                observation.start();
            });
        }
    }

    private Prompt withOptions(Prompt prompt) {
        ChatOptions given = prompt.getOptions();
        if (given == null) {
            return prompt.mutate().chatOptions(options).build();
        }
        PortableOptions.require(given);
        return given instanceof WhippletreeChatOptions
                ? prompt
                : prompt.mutate()
                        .chatOptions(
                                options.mutate().combineWith(given.mutate()).build())
                        .build();
    }

    private dev.whippletree.model.Prompt translate(Prompt prompt, boolean streaming) {
        return PromptTranslator.translate(prompt, whippletree.configuration().routes(), streaming);
    }

    private static ChatModelObservationContext context(Prompt prompt, boolean streaming) {
        return ChatModelObservationContext.builder()
                .prompt(prompt)
                .provider(PROVIDER)
                .streaming(streaming)
                .build();
    }

    private Observation observation(ChatModelObservationContext context) {
        return ChatModelObservationDocumentation.CHAT_MODEL_OPERATION.observation(
                convention, USUAL, () -> context, observations);
    }

    /** Collects what makes a {@link WhippletreeChatModel}. Confined to one thread. */
    public static final class Builder {

        private @Nullable Whippletree whippletree;
        private WhippletreeChatOptions options =
                WhippletreeChatOptions.builder().build();
        private ObservationRegistry observations = ObservationRegistry.NOOP;
        private @Nullable ChatModelObservationConvention convention;

        private Builder() {}

        /** Sets what is asked; closing it stays with the caller. Required. */
        public Builder whippletree(Whippletree whippletree) {
            this.whippletree = whippletree;
            return this;
        }

        /** Sets the options of prompts that bring none. */
        public Builder options(WhippletreeChatOptions options) {
            this.options = options;
            return this;
        }

        /** Sets where each prompt is observed. */
        public Builder observationRegistry(ObservationRegistry observations) {
            this.observations = observations;
            return this;
        }

        /** Sets how observations are named, instead of by Spring AI's own convention. */
        public Builder observationConvention(ChatModelObservationConvention convention) {
            this.convention = convention;
            return this;
        }

        /**
         * Returns the model.
         *
         * @throws IllegalStateException if there is no Whippletree
         */
        public WhippletreeChatModel build() {
            if (whippletree == null) {
                throw new IllegalStateException("set the Whippletree that is asked: whippletree(…)");
            }
            return new WhippletreeChatModel(this, whippletree);
        }
    }
}
