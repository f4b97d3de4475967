package dev.whippletree.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.Whippletree;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Message;
import dev.whippletree.model.Priority;
import dev.whippletree.model.PromptException;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.document.MetadataMode;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;
import org.springframework.util.MimeTypeUtils;

final class WhippletreeEmbeddingModelTest {

    private final ScriptedService service = new ScriptedService();

    @AutoClose
    private final Whippletree whippletree = service.open();

    private final WhippletreeEmbeddingModel model = builder().build();

    private WhippletreeEmbeddingModel.Builder builder() {
        return WhippletreeEmbeddingModel.builder().whippletree(whippletree);
    }

    private static EmbeddingOptions options(@Nullable String model, @Nullable Integer dimensions) {
        EmbeddingOptions.Builder options = EmbeddingOptions.builder();
        Optional.ofNullable(model).ifPresent(options::model);
        Optional.ofNullable(dimensions).ifPresent(options::dimensions);
        return options.build();
    }

    @Test
    void call_hasTheVectorsInOrder_andTheUsageOfAllCalls() {
        EmbeddingResponse response = model.embedForResponse(List.of("a", "bb", "ccc"));

        assertThat(response.getResults())
                .extracting(vector -> vector.getOutput()[0])
                .containsExactly(1f, 2f, 3f);
        assertThat(response.getResults())
                .extracting(vector -> vector.getIndex())
                .containsExactly(0, 1, 2);
        assertThat(response.getMetadata().getModel()).isEqualTo("embedder");
        assertThat(response.getMetadata().getUsage().getPromptTokens())
                .as("two calls, of two texts at most")
                .isEqualTo(40);
        assertThat(response.getMetadata().getUsage().getTotalTokens()).isEqualTo(40);
    }

    @Test
    void documents_areEmbeddedTogether_withTheMetadataMeantForIt() {
        Document document = new Document("text", Map.of("title", "T"));
        Document other = new Document("other", Map.of("title", "O"));

        List<float[]> vectors = model.embed(List.of(document, other), options(null, null), documents -> {
            throw new AssertionError("the engine makes the batches");
        });

        assertThat(vectors).hasSize(2);
        assertThat(service.asked)
                .singleElement()
                .satisfies(asked -> assertThat(asked.messages())
                        .extracting(Message::text)
                        .containsExactly("title: T\n\ntext", "title: O\n\nother"));
        assertThat(model.embed(List.of(), options(null, null), documents -> List.of()))
                .isEmpty();

        assertThat(builder().metadataMode(MetadataMode.NONE).build().embed(document)[0])
                .as("the text behind an empty line")
                .isEqualTo(6f);
    }

    @Test
    void documentWithoutText_isRefused() {
        Document picture =
                new Document(new Media(MimeTypeUtils.IMAGE_PNG, URI.create("https://example.com/a")), Map.of());
        assertThatThrownBy(() -> model.embed(picture))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageStartingWith("media of a document isn't supported by Whippletree: ");
        assertThat(service.asked).isEmpty();
    }

    @Test
    void optionsOfARequest_standBeforeThoseOfTheModel() {
        WhippletreeEmbeddingModel configured = builder()
                .options(options("drafts", 3))
                .customizer(prompt -> prompt.priority(Priority.BATCH).tenant("t"))
                .build();

        configured.embed("a");
        assertThat(service.lastAsked()).satisfies(asked -> {
            assertThat(asked.route()).contains("drafts");
            assertThat(asked.parameters().extras()).containsEntry("dimensions", 3);
            assertThat(asked.priority()).isEqualTo(Priority.BATCH);
            assertThat(asked.tenant()).isEqualTo("t");
            assertThat(asked.endsWhenStalled()).isTrue();
        });
        configured.call(new EmbeddingRequest(List.of("a"), options("mistral", null)));
        assertThat(service.lastAsked()).satisfies(asked -> {
            assertThat(asked.route()).contains("default");
            assertThat(asked.model()).contains("mistral");
            assertThat(asked.parameters().extras()).containsEntry("dimensions", 3);
        });
    }

    @Test
    void deadline_isWaitedFor_howeverStalledTheRouteIs() {
        builder()
                .customizer(prompt -> prompt.deadline(Duration.ofMinutes(30)))
                .build()
                .embed("a");
        assertThat(service.lastAsked().deadline()).isPresent();
        assertThat(service.lastAsked().endsWhenStalled()).isFalse();
    }

    @Test
    void optionsOfAnotherModel_areRefused() {
        EmbeddingOptions foreign = new EmbeddingOptions() {
            @Override
            public @Nullable String getModel() {
                return null;
            }

            @Override
            public @Nullable Integer getDimensions() {
                return null;
            }
        };
        assertThatThrownBy(() -> model.call(new EmbeddingRequest(List.of("a"), foreign)))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageEndingWith("use EmbeddingOptions instead");
    }

    @Test
    void dimensions_areKnownByTheOptionsOrSpringAi_elseByOneCall() {
        assertThat(builder().options(options(null, 3)).build().dimensions()).isEqualTo(3);
        assertThat(builder()
                        .options(options("text-embedding-ada-002", null))
                        .build()
                        .dimensions())
                .isEqualTo(1536);
        assertThat(service.asked).isEmpty();

        assertThat(model.dimensions()).isEqualTo(2);
        assertThat(model.dimensions()).isEqualTo(2);
        assertThat(service.asked).hasSize(1);
    }

    @Test
    void failures_areTransientIfAskingAgainMayHelp() {
        service.thenFails(FailureKind.REJECTED, "empty input");
        assertThatThrownBy(() -> model.embed("?"))
                .isInstanceOf(NonTransientAiException.class)
                .hasCauseInstanceOf(PromptException.class)
                .hasMessageContaining("empty input");
        assertThatThrownBy(
                        () -> builder().options(options("none", null)).build().embed("a"))
                .isInstanceOf(NonTransientAiException.class)
                .hasMessageContaining("'none'");

        service.then(sink -> {});
        WhippletreeEmbeddingModel soon = builder()
                .customizer(prompt -> prompt.deadline(Duration.ofMillis(50)))
                .build();
        assertThatThrownBy(() -> soon.embed("silent")).isInstanceOf(TransientAiException.class);
    }

    @Test
    void call_isObserved_andSoIsItsFailure() {
        TestObservationRegistry observations = TestObservationRegistry.create();
        WhippletreeEmbeddingModel observed = builder()
                .options(options("drafts", null))
                .observationRegistry(observations)
                .build();

        observed.embed("a");
        TestObservationRegistryAssert.assertThat(observations)
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasContextualNameEqualTo("embedding drafts")
                .hasLowCardinalityKeyValue("gen_ai.response.model", "embedder")
                .hasHighCardinalityKeyValue("gen_ai.usage.input_tokens", "20")
                .hasBeenStopped();

        observations.clear();
        service.thenFails(FailureKind.REJECTED, "wrong");
        assertThatThrownBy(() -> observed.embed("b")).isInstanceOf(NonTransientAiException.class);
        TestObservationRegistryAssert.assertThat(observations)
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasError()
                .hasBeenStopped();
    }
}
