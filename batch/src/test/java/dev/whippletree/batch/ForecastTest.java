package dev.whippletree.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The forecast against what came. */
final class ForecastTest {

    private static final Duration SECOND_MINUTE = Duration.ofMinutes(1);

    private static List<BatchProgress> run(Pool pool, int items) {
        List<BatchProgress> told = new ArrayList<>();
        BatchRun run = Batch.over(pool.open())
                .timeline(pool.timeline())
                .total(items)
                .listener(told::add)
                .build()
                .run(IntStream.range(0, items)
                        .mapToObj(number -> new BatchItem("i" + number, Prompt.of("Question " + number)))
                        .iterator());
        run.subscribe(new Collected());
        BatchProgress end = pool.await(run);
        assertThat(end.answered()).isEqualTo(items);
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
                assertThat(forecast.most()).isEqualTo(forecast.least());
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

    @Test
    void unknownLimit_isForecastAsARange_thatHoldsInTheSecondHalf() {
        List<BatchProgress> told = run(new Pool().undeclared("a", "60 / 1m"), 2_000);

        Duration whole = whole(told);
        List<BatchProgress> late = told.stream()
                .filter(at -> at.elapsed().multipliedBy(2).compareTo(whole) > 0
                        && at.elapsed().compareTo(whole) < 0)
                .toList();
        long held = late.stream()
                .filter(at -> {
                    BatchProgress.Forecast forecast = at.forecast().orElseThrow();
                    return at.elapsed()
                                            .plus(forecast.least()
                                                    .multipliedBy(9)
                                                    .dividedBy(10))
                                            .compareTo(whole)
                                    <= 0
                            && at.elapsed()
                                            .plus(forecast.most()
                                                    .multipliedBy(11)
                                                    .dividedBy(10))
                                            .compareTo(whole)
                                    >= 0;
                })
                .count();
        assertThat(late).hasSizeGreaterThan(100);
        assertThat(held).isGreaterThanOrEqualTo(late.size() * 9L / 10);
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
