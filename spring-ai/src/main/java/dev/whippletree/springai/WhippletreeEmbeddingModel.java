package dev.whippletree.springai;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.Prompt;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.document.MetadataMode;
import org.springframework.ai.embedding.AbstractEmbeddingModel;
import org.springframework.ai.embedding.BatchingStrategy;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;
import org.springframework.ai.embedding.observation.DefaultEmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationContext;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationConvention;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationDocumentation;
import org.springframework.ai.retry.NonTransientAiException;

/**
 * An embedding model of Spring AI that asks a Whippletree: vector stores share its accounts, limits, caches and calls.
 * Thread-safe. Its methods block until there are vectors, and fail as those of {@link WhippletreeChatModel} do.
 *
 * <p>The Whippletree puts texts that aren't stored into as few calls as the service's bounds allow, and makes them on
 * all accounts at the same time. So the model passes all documents on together, and uses no {@link BatchingStrategy}.
 *
 * <pre>{@code
 * EmbeddingModel model = WhippletreeEmbeddingModel.builder()
 *         .whippletree(whippletree)
 *         .options(EmbeddingOptions.builder().model("embeddings").build())
 *         .build();
 * VectorStore store = SimpleVectorStore.builder(model).build();
 * }</pre>
 */
public final class WhippletreeEmbeddingModel extends AbstractEmbeddingModel {

    private static final EmbeddingModelObservationConvention USUAL = new DefaultEmbeddingModelObservationConvention();

    private final Whippletree whippletree;
    private final EmbeddingOptions options;
    private final Consumer<Prompt.Builder> customizer;
    private final MetadataMode metadataMode;
    private final ObservationRegistry observations;
    private final @Nullable EmbeddingModelObservationConvention convention;

    private WhippletreeEmbeddingModel(Builder from, Whippletree whippletree) {
        this.whippletree = whippletree;
        this.options = from.options;
        this.customizer = from.customizer;
        this.metadataMode = from.metadataMode;
        this.observations = from.observations;
        this.convention = from.convention;
    }

    /** Returns an empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Embeds texts. An option that the request doesn't set is that of the model. An interrupted thread withdraws its
     * request, and stays interrupted.
     *
     * @throws org.springframework.ai.retry.TransientAiException if there is no answer, and asking again may help
     * @throws NonTransientAiException if there is no answer, and asking again won't help
     */
    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
        EmbeddingOptions merged = merged(request.getOptions());
        EmbeddingRequest asked = new EmbeddingRequest(request.getInstructions(), merged);
        Prompt prompt = translate(asked.getInstructions(), merged);
        EmbeddingModelObservationContext context = EmbeddingModelObservationContext.builder()
                .embeddingRequest(asked)
                .provider(WhippletreeChatModel.PROVIDER)
                .build();
        return Objects.requireNonNull(EmbeddingModelObservationDocumentation.EMBEDDING_MODEL_OPERATION
                .observation(convention, USUAL, () -> context, observations)
                .observe(() -> {
                    EmbeddingResponse response = response(PromptFailures.await(whippletree.embed(prompt)));
                    context.setResponse(response);
                    return response;
                }));
    }

    private EmbeddingOptions merged(@Nullable EmbeddingOptions given) {
        if (given == null) {
            return options;
        }
        if (!given.getClass().getPackage().equals(EmbeddingOptions.class.getPackage())) {
            throw new UnsupportedOptionException(given.getClass().getSimpleName(), "use EmbeddingOptions instead");
        }
        EmbeddingOptions.Builder merged = EmbeddingOptions.builder();
        for (EmbeddingOptions each : List.of(options, given)) {
            set(each.getModel(), merged::model);
            set(each.getDimensions(), merged::dimensions);
        }
        return merged.build();
    }

    private static <T> void set(@Nullable T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    private Prompt translate(List<String> texts, EmbeddingOptions options) {
        Prompt.Builder prompt =
                Prompt.builder().operation(Prompt.Operation.EMBEDDING).endWhenStalled();
        try {
            texts.forEach(prompt::user);
            customizer.accept(prompt);
            set(
                    options.getModel(),
                    name -> PromptTranslator.choose(
                            prompt, name, whippletree.configuration().routes()));
            set(options.getDimensions(), count -> prompt.extra("dimensions", count));
            Prompt built = prompt.build();
            return built.deadline().isPresent() ? prompt.endWhenStalled(false).build() : built;
        } catch (IllegalArgumentException e) {
            throw new NonTransientAiException(String.valueOf(e.getMessage()), e);
        }
    }

    private static EmbeddingResponse response(Embeddings vectors) {
        int tokens = Math.toIntExact(vectors.usage().promptTokens());
        return new EmbeddingResponse(
                IntStream.range(0, vectors.all().size())
                        .mapToObj(
                                index -> new Embedding(vectors.all().get(index).vector(), index))
                        .toList(),
                new EmbeddingResponseMetadata(
                        vectors.origin().model(), new DefaultUsage(tokens, 0, tokens, vectors.usage())));
    }

    @Override
    public float[] embed(Document document) {
        return embed(getEmbeddingContent(document));
    }

    /** Embeds all documents together; the strategy isn't used. */
    @Override
    public List<float[]> embed(
            List<Document> documents, @Nullable EmbeddingOptions options, BatchingStrategy batchingStrategy) {
        if (documents.isEmpty()) {
            return List.of();
        }
        List<String> texts = documents.stream().map(this::getEmbeddingContent).toList();
        return call(new EmbeddingRequest(texts, options)).getResults().stream()
                .map(Embedding::getOutput)
                .toList();
    }

    @Override
    public String getEmbeddingContent(Document document) {
        if (!document.isText()) {
            throw new UnsupportedOptionException("media of a document", "embed a text that describes it");
        }
        return document.getFormattedContent(metadataMode);
    }

    /**
     * Returns how many numbers a vector has: as many as the options say, or as Spring AI knows of their model; else as
     * many as the vector of a short text, for which the first call of this method makes a call unless it is stored.
     */
    @Override
    public int dimensions() {
        Integer given = options.getDimensions();
        if (given != null) {
            return given;
        }
        if (embeddingDimensions.get() < 0) {
            embeddingDimensions.set(dimensions(this, String.valueOf(options.getModel()), "Hello World"));
        }
        return embeddingDimensions.get();
    }

    /** Collects what makes a {@link WhippletreeEmbeddingModel}. Confined to one thread. */
    public static final class Builder {

        private @Nullable Whippletree whippletree;
        private EmbeddingOptions options = EmbeddingOptions.builder().build();
        private Consumer<Prompt.Builder> customizer = prompt -> {};
        private MetadataMode metadataMode = MetadataMode.EMBED;
        private ObservationRegistry observations = ObservationRegistry.NOOP;
        private @Nullable EmbeddingModelObservationConvention convention;

        private Builder() {}

        /** Sets what is asked; closing it stays with the caller. Required. */
        public Builder whippletree(Whippletree whippletree) {
            this.whippletree = whippletree;
            return this;
        }

        /**
         * Sets the options of requests that don't have them. The model is the name of a route, one of its aliases, a
         * model of a route, or {@code account/model}; without one, the default route answers.
         */
        public Builder options(EmbeddingOptions options) {
            this.options = options;
            return this;
        }

        /**
         * Sets what else each request says, such as {@code prompt -> prompt.priority(Priority.BATCH).tenant("a")}, or
         * further fields of the service's request by {@link Prompt.Builder#extra}.
         */
        public Builder customizer(Consumer<Prompt.Builder> customizer) {
            this.customizer = customizer;
            return this;
        }

        /** Sets which of a document's metadata is embedded with its text; by default what it means to be embedded. */
        public Builder metadataMode(MetadataMode metadataMode) {
            this.metadataMode = metadataMode;
            return this;
        }

        /** Sets where each request is observed. */
        public Builder observationRegistry(ObservationRegistry observations) {
            this.observations = observations;
            return this;
        }

        /** Sets how observations are named, instead of by Spring AI's own convention. */
        public Builder observationConvention(EmbeddingModelObservationConvention convention) {
            this.convention = convention;
            return this;
        }

        /**
         * Returns the model.
         *
         * @throws IllegalStateException if there is no Whippletree
         */
        public WhippletreeEmbeddingModel build() {
            if (whippletree == null) {
                throw new IllegalStateException("set the Whippletree that is asked: whippletree(…)");
            }
            return new WhippletreeEmbeddingModel(this, whippletree);
        }
    }
}
