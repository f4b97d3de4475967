package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whippletree.model.Completion;
import dev.whippletree.model.ToolCall;
import dev.whippletree.spi.CacheEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlatIndexTest {

    private static final Instant NOW = Instant.EPOCH;
    private static final int NUMBERS = 24;
    private static final long VECTOR_BYTES = 4L * NUMBERS;

    private final Random random = new Random(7);

    private long ids;

    private Stored stored(String text, int answer) {
        return new Stored(ids++, Wording.of(text), Replay.entry(text), answer);
    }

    private static String text(Stored stored) {
        return stored.entry().completion().text();
    }

    private float[] vector() {
        float[] vector = new float[NUMBERS];
        double square = 0;
        for (int i = 0; i < NUMBERS; i++) {
            vector[i] = (float) random.nextGaussian();
            square += vector[i] * vector[i];
        }
        for (int i = 0; i < NUMBERS; i++) {
            vector[i] /= (float) Math.sqrt(square);
        }
        return vector;
    }

    private static double cosine(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < NUMBERS; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }

    private record Entry(Stored stored, float[] vector) {}

    /** Against a list that is gone through by hand, with questions coming and going. */
    @Test
    void nearestAndRival_areThoseOfAPlainSearch() {
        FlatIndex index = new FlatIndex(1_000);
        List<Entry> all = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Entry entry = new Entry(stored("question " + i, i % 5), vector());
            index.add(entry.stored(), entry.vector());
            all.add(entry);
            if (i % 7 == 3) {
                Stored gone = all.remove(random.nextInt(all.size())).stored();
                index.remove(gone.id());
                assertThat(index.find(gone.id())).isEmpty();
            }
            float[] asked = vector();
            Neighbours found = index.nearest(asked, NOW, stored -> true).orElseThrow();
            Entry nearest = nearest(all, asked).orElseThrow();
            Optional<Entry> rival = nearest(
                    all.stream()
                            .filter(other ->
                                    other.stored().answer() != nearest.stored().answer())
                            .toList(),
                    asked);
            assertThat(found.nearest()).isEqualTo(nearest.stored());
            assertThat(index.find(nearest.stored().id())).contains(nearest.stored());
            assertThat(found.similarity()).isCloseTo(cosine(nearest.vector(), asked), within(1e-5));
            assertThat(found.rival())
                    .isCloseTo(rival.map(other -> cosine(other.vector(), asked)).orElse(-1.0), within(1e-5));
        }
        assertThat(index.size()).isEqualTo(all.size());
        long texts = all.stream().mapToLong(entry -> entry.stored().bytes()).sum();
        assertThat(index.bytes() - texts)
                .as("vectors, and room for more")
                .isBetween(VECTOR_BYTES * all.size(), VECTOR_BYTES * all.size() * 4 / 3);
        assertThat(index.clear()).isEqualTo(all.size());
        assertThat(index.bytes()).isZero();
        assertThat(index.size()).isZero();
        assertThat(index.find(all.get(0).stored().id())).isEmpty();
    }

    private static Optional<Entry> nearest(List<Entry> entries, float[] asked) {
        return entries.stream().max(Comparator.comparingDouble(entry -> cosine(entry.vector(), asked)));
    }

    @Test
    void whatIsNotAdmitted_isPassedOver() {
        FlatIndex index = new FlatIndex(10);
        float[] near = vector();
        index.add(stored("near", 0), near);
        index.add(stored("far", 1), vector());
        assertThat(index.nearest(near, NOW, stored -> !text(stored).equals("near")))
                .map(Neighbours::nearest)
                .map(FlatIndexTest::text)
                .hasValue("far");
        assertThat(index.nearest(near, NOW, stored -> false)).isEmpty();
    }

    /** Each costs the guards' time. */
    @ParameterizedTest
    @CsvSource({"49, true", "50, false"})
    void fiftyAreTried_beforeThereIsNone(int nearer, boolean found) {
        FlatIndex index = new FlatIndex(100);
        index.add(stored("far", 1), new float[] {0.5f});
        for (int i = 0; i < nearer; i++) {
            index.add(stored("near", 0), new float[] {1});
        }
        assertThat(index.nearest(new float[] {1}, NOW, stored -> text(stored).equals("far"))
                        .isPresent())
                .isEqualTo(found);
    }

    @Test
    void full_whatWasUsedLeastRecentlyMakesRoom() {
        FlatIndex index = new FlatIndex(2);
        float[] first = vector();
        float[] second = vector();
        index.add(stored("first", 0), first);
        index.add(stored("second", 1), second);
        index.nearest(first, NOW, stored -> true);
        index.add(stored("third", 2), vector());
        assertThat(index.size()).isEqualTo(2);
        assertThat(index.nearest(first, NOW, stored -> true))
                .map(near -> text(near.nearest()))
                .hasValue("first");
        assertThat(index.nearest(second, NOW, stored -> text(stored).equals("second")))
                .isEmpty();
    }

    @Test
    void expired_isNotFound() {
        FlatIndex index = new FlatIndex(2);
        float[] vector = vector();
        CacheEntry entry = new CacheEntry(Replay.entry("old").completion(), NOW);
        index.add(new Stored(0, Wording.of("old"), entry, 0), vector);
        assertThat(index.nearest(vector, NOW.minusSeconds(1), stored -> true)).isPresent();
        assertThat(index.nearest(vector, NOW, stored -> true)).isEmpty();
        assertThat(index.size()).as("its text isn't kept either").isZero();
        assertThat(index.bytes()).isZero();
    }

    @Test
    void replaced_isFoundInItsPlace_andOneThatIsGoneStaysSo() {
        FlatIndex index = new FlatIndex(2);
        float[] vector = vector();
        Stored first = stored("first", 0);
        index.add(first, vector);
        Stored second = new Stored(first.id(), first.wording(), Replay.entry("a longer answer"), 5);
        index.replace(second);
        assertThat(index.nearest(vector, NOW, stored -> true))
                .map(Neighbours::nearest)
                .hasValue(second);
        assertThat(index.bytes()).as("with room for 64").isEqualTo(second.bytes() + 64 * VECTOR_BYTES);
        index.remove(first.id());
        index.replace(first);
        assertThat(index.size()).isZero();
    }

    @Test
    void bytes_areOfAllThatAnAnswerHas() {
        long least = bytes("", Optional.empty(), Optional.empty(), List.of());
        assertThat(least).isPositive();
        assertThat(bytes("x".repeat(1_000), Optional.empty(), Optional.empty(), List.of()) - least)
                .isEqualTo(1_000);
        assertThat(bytes("\u0416".repeat(500), Optional.empty(), Optional.empty(), List.of()) - least)
                .isEqualTo(1_000);
        assertThat(bytes("", Optional.of("x".repeat(1_000)), Optional.empty(), List.of()) - least)
                .isEqualTo(1_000);
        assertThat(bytes("", Optional.empty(), Optional.of("x".repeat(1_000)), List.of()) - least)
                .isEqualTo(1_000);
        assertThat(bytes("", Optional.empty(), Optional.empty(), List.of(new ToolCall("1", "f", "x".repeat(1_000))))
                        - least)
                .isBetween(1_001L, 1_300L);
    }

    private static long bytes(String text, Optional<String> reasoning, Optional<String> refusal, List<ToolCall> calls) {
        Completion plain = Replay.entry("").completion();
        return Stored.bytes(new CacheEntry(
                new Completion(
                        text,
                        reasoning,
                        refusal,
                        calls,
                        plain.finishReason(),
                        plain.usage(),
                        plain.extras(),
                        plain.origin()),
                NOW));
    }

    @Test
    void nearestAnswers_areOneQuestionEach_theNearestFirst() {
        FlatIndex index = new FlatIndex(100);
        List<Entry> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(new Entry(stored("question " + i, i % 3), vector()));
            index.add(all.get(i).stored(), all.get(i).vector());
        }
        float[] asked = vector();
        List<Stored> nearest = index.nearestAnswers(asked, NOW, 5);
        assertThat(nearest).extracting(Stored::answer).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(nearest).first().isEqualTo(nearest(all, asked).orElseThrow().stored());
        assertThat(index.nearestAnswers(asked, NOW, 2)).isEqualTo(nearest.subList(0, 2));
        assertThat(index.nearestAnswers(asked, Instant.MAX, 2))
                .as("all has expired")
                .isEmpty();
    }
}
