package dev.whippletree.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.embedding.DimensionAwareEmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.request.DefaultEmbeddingRequestParameters;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.embedding.response.EmbeddingResponseMetadata;
import dev.langchain4j.model.output.TokenUsage;
import dev.whippletree.Whippletree;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.Prompt;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A LangChain4j embedding model whose requests share the accounts, limits and caches of a {@link Whippletree}.
 * Thread-safe. Whoever opened the Whippletree closes it.
 *
 * <p>Pass as many texts at once as you have: the Whippletree puts those that aren't stored into as few calls as the
 * service's bounds allow, and makes them on all accounts at the same time.
 *
 * <pre>{@code
 * EmbeddingModel model = WhippletreeEmbeddingModel.builder()
 *         .whippletree(whippletree)
 *         .modelName("embeddings")
 *         .build();
 * List<Embedding> vectors = model.embedAll(segments).content();
 * }</pre>
 *
 * <p>{@link #dimension()} is what the builder says. If it says nothing, the first use asks for the vector of a short
 * text, which takes a call unless the vector is stored.
 */
public final class WhippletreeEmbeddingModel extends DimensionAwareEmbeddingModel {

    private static final Set<EmbeddingParameter<?>> SUPPORTED =
            Set.of(EmbeddingRequestParameters.MODEL_NAME, EmbeddingRequestParameters.DIMENSIONS);

    private final Whippletree whippletree;
    private final EmbeddingRequestParameters defaults;
    private final Consumer<Prompt.Builder> customizer;
    private final List<EmbeddingModelListener> listeners;

    private WhippletreeEmbeddingModel(Builder from, Whippletree whippletree) {
        this.whippletree = whippletree;
        this.defaults = from.defaults.build();
        this.customizer = from.customizer;
        this.listeners = from.listeners;
        this.dimension = defaults.dimensions();
    }

    /** Returns an empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Embeds the texts of a request. Blocks until there is an answer or an error, by the request's deadline.
     *
     * @throws LangChain4jException if there is no answer; the cause is the Whippletree's own exception. An interrupted
     *     thread withdraws its request, and stays interrupted
     */
    @Override
    public EmbeddingResponse doEmbed(EmbeddingRequest request) {
        try {
            return response(Whippletree.await(whippletree.embed(prompt(request))));
        } catch (RuntimeException e) {
            throw ExceptionTranslator.translated(e);
        }
    }

    private Prompt prompt(EmbeddingRequest request) {
        EmbeddingRequestParameters parameters = request.parameters();
        Prompt.Builder prompt =
                Prompt.builder().operation(Prompt.Operation.EMBEDDING).endWhenStalled();
        request.inputs().forEach(input -> prompt.user(input.text()));
        customizer.accept(prompt);
        if (parameters.modelName() != null) {
            Requests.choose(whippletree, parameters.modelName(), prompt);
        }
        if (parameters.dimensions() != null) {
            prompt.extra("dimensions", parameters.dimensions());
        }
        Prompt built = prompt.build();
        return built.deadline().isPresent() ? prompt.endWhenStalled(false).build() : built;
    }

    private static EmbeddingResponse response(Embeddings vectors) {
        return EmbeddingResponse.builder()
                .embeddings(vectors.all().stream()
                        .map(vector -> Embedding.from(vector.vector()))
                        .toList())
                .metadata(EmbeddingResponseMetadata.builder()
                        .modelName(vectors.origin().model())
                        .tokenUsage(
                                new TokenUsage(Responses.count(vectors.usage().promptTokens()), 0))
                        .build())
                .build();
    }

    /** Returns the name that the builder says; of the default route, if none. */
    @Override
    public String modelName() {
        return defaults.modelName() == null
                ? whippletree.configuration().routes().get(0).name()
                : defaults.modelName();
    }

    @Override
    public EmbeddingRequestParameters defaultRequestParameters() {
        return defaults;
    }

    @Override
    public Set<EmbeddingParameter<?>> supportedParameters() {
        return SUPPORTED;
    }

    @Override
    public List<EmbeddingModelListener> listeners() {
        return listeners;
    }

    /** Collects what makes a model; null means the same as not calling a method. Confined to one thread. */
    public static final class Builder {

        private final DefaultEmbeddingRequestParameters.Builder<?> defaults = EmbeddingRequestParameters.builder();
        private @Nullable Whippletree whippletree;
        private Consumer<Prompt.Builder> customizer = prompt -> {};
        private List<EmbeddingModelListener> listeners = List.of();

        private Builder() {}

        /** Sets what answers; required. It stays open until its owner closes it. */
        public Builder whippletree(Whippletree whippletree) {
            this.whippletree = whippletree;
            return this;
        }

        /**
         * Sets which model embeds: a route's name or one of its aliases, a model of a route, or {@code account/model}.
         * Without it, the default route answers.
         */
        public Builder modelName(@Nullable String modelName) {
            defaults.modelName(modelName);
            return this;
        }

        /** Sets how many numbers a vector has, 1 or more; by default as many as the model gives. */
        public Builder dimensions(@Nullable Integer dimensions) {
            defaults.dimensions(dimensions);
            return this;
        }

        /**
         * Sets what else each request says, such as {@code prompt -> prompt.priority(Priority.BATCH).tenant("a")}, or
         * further fields of the service's request by {@link Prompt.Builder#extra}.
         */
        public Builder customizer(@Nullable Consumer<Prompt.Builder> customizer) {
            this.customizer = customizer == null ? prompt -> {} : customizer;
            return this;
        }

        /** Sets the listeners that are told of each request and of its response or error. */
        public Builder listeners(@Nullable List<EmbeddingModelListener> listeners) {
            this.listeners = listeners == null ? List.of() : List.copyOf(listeners);
            return this;
        }

        /**
         * Returns the model. Makes no call.
         *
         * @throws IllegalArgumentException if there is no Whippletree
         */
        public WhippletreeEmbeddingModel build() {
            if (whippletree == null) {
                throw new IllegalArgumentException(
                        "there is no Whippletree; pass one to whippletree(…), such as Whippletree.open()");
            }
            return new WhippletreeEmbeddingModel(this, whippletree);
        }
    }
}
