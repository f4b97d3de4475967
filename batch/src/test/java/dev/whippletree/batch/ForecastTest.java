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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forecast against what came. */
final class ForecastTest {

    private static final Duration SECOND_MINUTE = Duration.ofMinutes(1);

    private static List<BatchProgress> run(Pool pool, int items) {
        return run(
                pool,
                Batch.over(pool.open()),
                IntStream.range(0, items)
                        .mapToObj(number -> new BatchItem("i" + number, Prompt.of("Question " + number)))
                        .toList());
    }

    private static List<BatchProgress> run(Pool pool, Batch.Builder batch, List<BatchItem> items) {
        List<BatchProgress> told = new ArrayList<>();
        BatchRun run = batch.timeline(pool.timeline())
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

    @Test
    void oneDeclaredLimit_isForecastWithinFivePercentFromTheSecondMinuteOn() {
        List<BatchProgress> told = run(new Pool().account("a", "60 / 1m"), 3_000);

        Duration whole = whole(told);
        for (BatchProgress at : told.subList(0, told.size() - 1)) {
            if (at.elapsed().compareTo(SECOND_MINUTE) >= 0) {
                BatchProgress.Forecast forecast = at.forecast().orElseThrow();
                assertThat(at.elapsed().plus(forecast.least()))
                        .as("at %s", at.elapsed())
                        .isBetween(
                                whole.multipliedBy(95).dividedBy(100),
                                whole.multipliedBy(105).dividedBy(100));
                assertThat(forecast.isOneTime()).isTrue();
            }
        }
    }

    @Test
    void hourlyLimit_isForecastOverItsResets() {
        List<BatchProgress> told = run(new Pool().account("a", "1000 / 1h"), 4_500);

        Duration whole = whole(told);
        told.stream()
                .filter(at -> at.elapsed().compareTo(SECOND_MINUTE) >= 0
                        && at.forecast().isPresent())
                .filter(at -> at.elapsed().compareTo(whole) < 0)
                .forEach(at -> assertThat(
                                at.elapsed().plus(at.forecast().orElseThrow().least()))
                        .as("at %s", at.elapsed())
                        .isBetween(
                                whole.multipliedBy(95).dividedBy(100),
                                whole.multipliedBy(105).dividedBy(100)));
    }

    /** The first questions of interviews repeat each other, and the later ones don't, since different answers came before them. */
    @Test
    void interviews_areForecastWithinFivePercentFromTheSecondMinuteOn() {
        Pool pool = new Pool().account("a", "300 / 5m");
        Random random = new Random(1);
        List<BatchItem> items = new ArrayList<>();
        for (int question = 0; question < 13; question++) {
            for (int interview = 0; interview < 60; interview++) {
                Prompt prompt = Prompt.builder()
                        .user("Question " + question + ", wording " + random.nextInt(5))
                        .session("interview " + interview)
                        .build();
                items.add(new BatchItem(interview + "." + question, prompt, question == 12, ""));
            }
        }

        List<BatchProgress> told = run(pool, Batch.over(pool.open()).conversations(), items);

        List<BatchProgress> forecast = between(told, SECOND_MINUTE, whole(told)).stream()
                .filter(at -> at.forecast().isPresent())
                .toList();
        assertThat(forecast)
                .hasSizeGreaterThan(told.size() / 2)
                .allSatisfy(at -> assertThat(
                                at.elapsed().plus(at.forecast().orElseThrow().least()))
                        .as("at %s", at.elapsed())
                        .isBetween(
                                whole(told).multipliedBy(95).dividedBy(100),
                                whole(told).multipliedBy(105).dividedBy(100)));
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
        List<BatchProgress> told = run(new Pool().undeclared("a", "60 / 1m"), 2_000);

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
                        .service(service -> service.faults(FaultScript.of(FaultRule.parse("503@10m-20m")))),
                1_500);
        Duration whole = whole(told);
        Duration backFor = Duration.ofMinutes(23);

        told.stream()
                .filter(at ->
                        at.elapsed().compareTo(backFor) >= 0 && at.elapsed().compareTo(whole) < 0)
                .forEach(at -> assertThat(
                                at.elapsed().plus(at.forecast().orElseThrow().least()))
                        .as("at %s", at.elapsed())
                        .isBetween(
                                whole.multipliedBy(95).dividedBy(100),
                                whole.multipliedBy(105).dividedBy(100)));
    }
}
