package dev.whippletree.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.output.Response;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.testkit.provider.ScriptedReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The embedding model over a socket: what LangChain4j's own tests leave out. */
final class EmbeddingModelTest extends OverService {

    EmbeddingModelTest() {
        super("3 requests / 1h");
    }

    private WhippletreeEmbeddingModel.Builder builder() {
        return WhippletreeEmbeddingModel.builder().whippletree(whippletree).modelName("embeddings");
    }

    private static ScriptedReply vectors(int... firsts) {
        return ScriptedReply.json(
                200,
                IntStream.range(0, firsts.length)
                        .mapToObj(index -> "{\"index\": " + index + ", \"embedding\": [" + firsts[index] + ", 0.5]}")
                        .collect(
                                Collectors.joining(
                                        ", ",
                                        "{\"data\": [",
                                        "], \"model\": \"small-2026\", \"usage\": {\"prompt_tokens\": 7, \"total_tokens\": 7}}")));
    }

    @Test
    void texts_goInCallsWithinTheBounds_andComeBackInOrder_withTheTokensOfAllCalls() {
        service.reply(vectors(1, 2));
        service.reply(vectors(3, 4));

        Response<List<Embedding>> response = builder()
                .build()
                .embedAll(Stream.of("a", "b", "c", "d", "a")
                        .map(TextSegment::from)
                        .toList());

        assertThat(response.content())
                .hasSize(5)
                .allSatisfy(vector -> assertThat(vector.dimension()).isEqualTo(2));
        assertThat(response.content().get(4)).isEqualTo(response.content().get(0));
        assertThat(response.tokenUsage().inputTokenCount()).isEqualTo(14);
        assertThat(service.requests()).hasSize(2);
    }

    @Test
    void dimension_needsOneCall_ifTheBuilderDoesntSay_andTheModelIsElseTheDefaultRoute() {
        assertThat(builder().build().modelName()).isEqualTo("embeddings");
        assertThat(builder().modelName(null).build().modelName()).isEqualTo("default");
        assertThat(builder().dimensions(256).build().dimension()).isEqualTo(256);
        assertThat(service.requests()).isEmpty();

        service.reply(vectors(1));
        WhippletreeEmbeddingModel unknown = builder().build();
        assertThat(unknown.dimension()).isEqualTo(2);
        assertThat(unknown.dimension()).isEqualTo(2);
        assertThat(service.requests()).hasSize(1);
    }

    @Test
    void stalledRoute_endsARequest_unlessItHasADeadline() {
        IntStream.of(1, 2, 3).forEach(number -> service.reply(vectors(1)));
        List<Prompt.Builder> asked = new ArrayList<>();
        builder().customizer(asked::add).build().embed("a");
        builder()
                .customizer(prompt -> asked.add(prompt.deadline(Duration.ofMinutes(30))))
                .build()
                .embed("b");
        assertThat(asked).extracting(prompt -> prompt.build().endsWhenStalled()).containsExactly(true, false);
        assertThat(builder().customizer(null).build().embed("c").content()).isNotNull();
    }

    @Test
    void customizer_addsWhatTheServiceGets() {
        service.reply(vectors(1));
        builder()
                .customizer(prompt -> prompt.extra("normalize", true).session("s"))
                .build()
                .embed("a");
        assertThat(service.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.body())
                        .contains("\"normalize\":true", "\"model\":\"small\"")
                        .doesNotContain("dimensions"));
    }

    @Test
    void failures_areThoseOfTheChatModels() {
        refuse(400, "empty input");
        assertThatThrownBy(() -> builder().build().embed("?"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("empty input")
                .hasCauseInstanceOf(PromptException.class);
        assertThatThrownBy(() -> builder().modelName("none").build().embed("a"))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContaining("'none'");
    }

    @Test
    void withoutRoom_itWaitsUntilTheDeadline_orUntilItsThreadIsInterrupted() {
        IntStream.of(1, 2, 3).forEach(number -> service.reply(vectors(number)));
        List.of("a", "b", "c").forEach(builder().build()::embed);

        assertThatThrownBy(() -> builder()
                        .customizer(prompt -> prompt.deadline(Duration.ofSeconds(1)))
                        .build()
                        .embed("d"))
                .isInstanceOf(RateLimitException.class);

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> builder().build().embed("e"))
                .isInstanceOf(LangChain4jException.class)
                .hasMessage("interrupted while waiting; the prompt was withdrawn");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(whippletree.status().waiting()).isZero();
    }
}
