package dev.whippletree.embedder.minilm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whippletree.cache.similar.Embedding;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MiniLmEmbeddingTest {

    private static final int SAMPLE = 50;
    private static final long SEED = 77;

    private static Embedding embedding;

    @BeforeAll
    static void open() {
        embedding = new MiniLmEmbedder().open();
    }

    @AfterAll
    static void close() {
        embedding.close();
    }

    private static float[] vector(String text) {
        return embedding.embed(text).orElseThrow(() -> new AssertionError("no vector of: " + text));
    }

    /** Else what module cache-similar measures isn't true of this embedder any more: MakeVectors makes them anew. */
    @ParameterizedTest
    @EnumSource
    void vectors_areThoseThatTheCacheIsTestedWith(Streams stream) {
        List<String> questions = stream.questions();
        byte[] kept = stream.vectors();
        assertThat(kept).hasSize(questions.size() * MiniLmEmbedding.NUMBERS);

        new Random(SEED)
                .ints(SAMPLE, 0, questions.size())
                .forEach(index -> assertThat(Streams.cosine(vector(questions.get(index)), kept, index))
                        .as("cosine for: %s", questions.get(index))
                        .isGreaterThan(0.999));
    }

    /** Start and end of the text are two of the 256. */
    @Test
    void longestText_hasAVector_longerOne_hasNone() {
        assertThat(embedding.embed("card ".repeat(254))).isPresent();
        assertThat(embedding.embed("card ".repeat(255))).isEmpty();
        assertThat(embedding.embed("card ".repeat(1_000_000))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"我的銀行卡還沒有送到，請問應該怎麼辦？", "🙂🙂", "where is 🙂", "", "  "})
    void textOfWhatTheModelDoesNotKnow_hasNone(String text) {
        assertThat(embedding.embed(text)).isEmpty();
    }

    @Test
    void aQuarterUnknown_hasAVector_whichIsOneLong() {
        double square = 0;
        for (float number : vector("where is 🙂 card")) {
            square += number * number;
        }
        assertThat(square).isCloseTo(1, within(1e-5));
    }

    @Test
    void severalThreadsAtOnce_getTheSameVectorsAsOne() throws Exception {
        List<String> questions = Streams.BANKING.questions().subList(0, 64);
        List<float[]> alone =
                questions.stream().map(MiniLmEmbeddingTest::vector).toList();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<float[]>> together = questions.stream()
                    .map(text -> threads.submit(() -> vector(text)))
                    .toList();
            for (int i : IntStream.range(0, questions.size()).toArray()) {
                assertThat(together.get(i).get()).as(questions.get(i)).isEqualTo(alone.get(i));
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
