package dev.whippletree.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forecast against what came. */
@Tag("slow")
final class ForecastTest {

    private static final Duration SECOND_MINUTE = Duration.ofMinutes(1);

    private static List<BatchProgress> run(Pool pool, int items) {
        return run(
                pool,
                Batch.over(pool.open()),
                new DistinctPrompts(false),
                IntStream.range(0, items)
                        .mapToObj(number -> new BatchItem("i" + number, Prompt.of("Question " + number)))
                        .toList());
    }

    private static List<BatchProgress> run(
            Pool pool, Batch.Builder batch, DistinctPrompts distinct, List<BatchItem> items) {
        items.forEach(item -> distinct.add(item.prompt()));
        List<BatchProgress> told = new ArrayList<>();
        BatchRun run = batch.timeline(pool.timeline())
                .distinct(distinct)
                .total(items.size())
                .listener(told::add)
                .build()
                .run(items.iterator());
        run.subscribe(new Collected());
        BatchProgress end = pool.await(run);
        assertThat(end.answered()).isEqualTo(items.size());
        return told;
    }

    private static Duration whole(List<BatchProgress> told) {
        return told.get(told.size() - 1).elapsed();
    }

    /**
     * Of items for vectors each needs three calls. Those that grow are longer at the end than all that were asked at
     * first, as prompts of conversations are. First questions of interviews repeat each other more often than later
     * ones, since different answers came before these.
     */
    @ParameterizedTest
    @CsvSource({
        "60 / 1m, different, 1200, 2",
        "100 / 6m, different, 450, 5",
        "60 / 1m, repeats, 2000, 2",
        "60 / 1m + 60 / 1m, interviews of 5, 150, 5",
        "60 / 1m + 60 / 1m, interviews of 100, 60, 5",
        "20000 tokens / 1m, interviews of 100, 100, 5",
        "60 / 1m, vectors, 100, 5",
        "9000 tokens / 1m, vectors, 100, 5",
        "20000 tokens / 1m, growing, 2000, 5"
    })
    void declaredLimits_areForecastFromTheSecondMinuteOn(String limits, String kind, int count, int percent) {
        Pool pool = new Pool().cache();
        for (String limit : limits.split(" \\+ ")) {
            pool.account("account" + pool.accounts(), limit);
        }
        boolean conversations = kind.startsWith("interviews");
        List<BatchItem> items = conversations
                ? interviews(count, Integer.parseInt(kind.substring("interviews of ".length())))
                : IntStream.range(0, count)
                        .mapToObj(number -> new BatchItem("i" + number, prompt(kind, number)))
                        .toList();
        Batch.Builder batch = Batch.over(pool.open());

        List<BatchProgress> told =
                run(pool, conversations ? batch.conversations() : batch, new DistinctPrompts(conversations), items);

        assertWithin(told, SECOND_MINUTE, percent);
        assertThat(between(told, SECOND_MINUTE, whole(told)))
                .allSatisfy(at ->
                        assertThat(at.forecast().orElseThrow().isOneTime()).isTrue());
    }

    private static Prompt prompt(String kind, int number) {
        return switch (kind) {
            case "different" -> Prompt.of("Question " + number);
            case "repeats" -> Prompt.of("Question " + number % 1_000);
            case "growing" -> Prompt.of("x".repeat(50 + number) + number);
            default ->
                Prompt.embedding(IntStream.range(0, 48)
                        .mapToObj(text -> "Text " + text + " of the item " + number)
                        .toList());
        };
    }

    private static List<BatchItem> interviews(int interviews, int wordings) {
        Random random = new Random(1);
        List<BatchItem> items = new ArrayList<>();
        for (int interview = 0; interview < interviews; interview++) {
            for (int question = 0; question < 17; question++) {
                Prompt prompt = Prompt.builder()
                        .user("Question " + question + ", wording " + random.nextInt(wordings))
                        .session("interview " + interview)
                        .build();
                items.add(new BatchItem(interview + "." + question, prompt, question == 16, ""));
            }
        }
        return items;
    }

    private static void assertWithin(List<BatchProgress> told, Duration from, int percent) {
        Duration whole = whole(told);
        assertThat(between(told, from, whole))
                .hasSizeGreaterThan(told.size() / 4)
                .allSatisfy(at -> assertThat(
                                at.elapsed().plus(at.forecast().orElseThrow().least()))
                        .as("at %s", at.elapsed())
                        .isBetween(
                                whole.multipliedBy(100 - percent).dividedBy(100),
                                whole.multipliedBy(100 + percent).dividedBy(100)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"60 / 1m", "200 / 5m"})
    void reportedLimit_isForecastAsANarrowRange_thatHolds(String limit) {
        List<BatchProgress> told = run(new Pool().kind(ServiceKind.OPENAI).undeclared("a", limit), 700);

        List<BatchProgress> forecast = between(told, SECOND_MINUTE, whole(told));
        assertThat(forecast).hasSizeGreaterThan(500).allSatisfy(at -> {
            BatchProgress.Forecast range = at.forecast().orElseThrow();
            assertThat(range.isOneTime()).isFalse();
            assertThat(range.most().orElseThrow())
                    .isLessThanOrEqualTo(
                            range.least().multipliedBy(5).dividedBy(4).plusSeconds(12));
            assertThat(holds(at, whole(told), 0.05)).as("at %s", at.elapsed()).isTrue();
        });
    }

    @Test
    void unknownLimit_isForecastAsARange_thatHoldsInTheSecondHalf() {
        List<BatchProgress> told = run(new Pool().undeclared("a", "60 / 1m"), 1_200);

        List<BatchProgress> late = between(told, whole(told).dividedBy(2), whole(told));
        assertThat(late).hasSizeGreaterThan(100);
        assertThat(late.stream().filter(at -> holds(at, whole(told), 0.1)).count())
                .isGreaterThanOrEqualTo(late.size() * 9L / 10);
    }

    @Test
    void unknownLimitThatHasJustClosed_hasNoLatestTime_untilItsPaceIsSeen() {
        List<BatchProgress> told = run(new Pool().undeclared("a", "200 / 10m"), 700);

        assertThat(between(told, Duration.ofMinutes(3), Duration.ofMinutes(9)))
                .isNotEmpty()
                .allSatisfy(at -> assertThat(at.forecast().orElseThrow().most()).isEmpty());
        List<BatchProgress> later = between(told, Duration.ofMinutes(22), whole(told));
        assertThat(later.stream().filter(at -> holds(at, whole(told), 0.1)).count())
                .isGreaterThanOrEqualTo(later.size() * 9L / 10);
    }

    private static List<BatchProgress> between(List<BatchProgress> told, Duration from, Duration to) {
        return told.stream()
                .filter(at -> at.elapsed().compareTo(from) > 0 && at.elapsed().compareTo(to) < 0)
                .toList();
    }

    /** Whether the end lies in the range, or out of it by a share of what the range says. */
    private static boolean holds(BatchProgress at, Duration whole, double share) {
        BatchProgress.Forecast forecast = at.forecast().orElseThrow();
        double end = whole.minus(at.elapsed()).toNanos();
        double least = forecast.least().toNanos() * (1 - share);
        double most = forecast.most().map(Duration::toNanos).orElse(Long.MAX_VALUE) * (1 + share);
        return least <= end
                && end <= Math.max(most, least + Duration.ofSeconds(2).toNanos());
    }

    @Test
    void outageMidway_makesTheForecastAnew() {
        List<BatchProgress> told = run(
                new Pool()
                        .account("a", "60 / 1m")
                        .service(service -> service.faults(FaultScript.of(FaultRule.parse("503@5m-10m")))),
                900);

        assertWithin(told, Duration.ofMinutes(13), 5);
    }
}
