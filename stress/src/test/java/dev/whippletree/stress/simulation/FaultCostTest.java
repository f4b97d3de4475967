package dev.whippletree.stress.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.simulation.Link;
import dev.whippletree.model.Limit;
import dev.whippletree.settings.Timeouts;
import dev.whippletree.stress.interviews.Check;
import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressReport;
import dev.whippletree.stress.interviews.StressSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What faults cost, over several seeds. */
@Tag("slow")
class FaultCostTest {

    private static final Timeouts TIMEOUTS = Timeouts.DEFAULT.withFirstByte(Duration.ofSeconds(10));
    private static final Optional<Limit> LIMIT = Optional.of(Limit.requests(200, Duration.ofSeconds(10)));
    private static final double MOST_COST_OF_SINGLE_FAULTS = 0.08;
    private static final double MOST_COST_OF_MIXED_FAULTS = 0.05;
    private static final int MOST_PROBES_A_MINUTE = 15;
    private static final int SEEDS = Boolean.getBoolean("thorough") ? 4 : 1;

    /** Fewer say little of a mean. */
    private static final int SEEDS_OF_A_MEAN = Boolean.getBoolean("thorough") ? 8 : 3;

    private static FaultRun.Settings settings(int accounts, int latencyMillis, int width, Optional<Limit> limit) {
        return new FaultRun.Settings(0, accounts, Duration.ofMillis(latencyMillis), width, limit, List.of(), TIMEOUTS);
    }

    private static long answers(FaultRun.Settings settings) {
        Duration start = Duration.ofSeconds(2);
        return new FaultRun(settings)
                .crowd(settings.accounts() * settings.width() * 3 / 2)
                .run(Duration.ofSeconds(22))
                .answersSince(start);
    }

    @ParameterizedTest
    @CsvSource({"1, 50, 8, false", "1, 1000, 64, true", "1, 1000, 250, false", "2, 1000, 250, true"})
    void threePercentOfOverloadedAnswers_costLessThanEight(int accounts, int latencyMillis, int width, boolean binds) {
        long perWindow = width * 2500L / latencyMillis;
        FaultRun.Settings settings = settings(
                accounts,
                latencyMillis,
                width,
                binds ? Optional.of(Limit.requests(perWindow, Duration.ofSeconds(5))) : Optional.empty());
        for (long seed = 0; seed < SEEDS; seed++) {
            long without = answers(settings.withSeed(seed));
            long with = answers(settings.withSeed(seed).withFaults("503:3%"));
            assertThat(with)
                    .as("seed %s: answers, of %s without faults", seed, without)
                    .isGreaterThan((long) ((1 - MOST_COST_OF_SINGLE_FAULTS) * without));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 64})
    void whatIsOverloaded_isLeftAloneWithinASecond(int width) {
        Duration from = Duration.ofSeconds(10);
        for (long seed = 0; seed < SEEDS; seed++) {
            FaultRun run = new FaultRun(settings(1, 1000, width, Optional.empty())
                            .withSeed(seed)
                            .withFaults("503@10s-70s"))
                    .crowd(width * 2)
                    .run(Duration.ofSeconds(70));
            assertThat(run.calls(FaultRun.FIRST, from, Duration.ofSeconds(11)))
                    .as("seed %s: calls within a second", seed)
                    .isLessThan(width);
            assertThat(run.mostInAMinute(FaultRun.FIRST, Duration.ofSeconds(11), Duration.ofSeconds(70)))
                    .as("seed %s: probes", seed)
                    .isLessThanOrEqualTo(MOST_PROBES_A_MINUTE);
        }
    }

    static Stream<Arguments> outages() {
        Stream<Arguments> all = Stream.of(
                Arguments.of("503", 5),
                Arguments.of("hang", 35),
                Arguments.of("503", 120),
                Arguments.of("reset", 35),
                Arguments.of("500", 60));
        return Boolean.getBoolean("thorough") ? all : all.limit(2);
    }

    @ParameterizedTest
    @MethodSource("outages")
    void accountThatComesBack_isFoundWithinFourSeconds_byFewProbes(String fault, int seconds) {
        List<Duration> found = new ArrayList<>();
        for (int seed = 0; seed < SEEDS_OF_A_MEAN; seed++) {
            Duration from = Duration.ofMillis(20_000 + 613 * seed);
            Duration until = from.plusSeconds(seconds).plusMillis(517 * seed);
            String rule = fault + "@" + from.toMillis() + "ms-" + until.toMillis() + "ms:" + FaultRun.FIRST;
            FaultRun run = new FaultRun(
                            settings(2, 1000, 64, LIMIT).withSeed(seed).withFaults(rule))
                    .crowd(500)
                    .run(until.plusSeconds(5));
            Duration first = from.plus(run.nextCall(FaultRun.FIRST, from).orElseThrow());
            Duration known = first.plusSeconds(fault.equals("hang") ? 12 : 2);
            assertThat(run.mostInAMinute(FaultRun.FIRST, known, until))
                    .as("seed %s: probes in a minute", seed)
                    .isLessThanOrEqualTo(MOST_PROBES_A_MINUTE);
            found.add(run.nextCall(FaultRun.FIRST, until).orElseThrow());
        }
        assertThat(found).allSatisfy(after -> assertThat(after).isLessThanOrEqualTo(Duration.ofSeconds(4)));
        assertThat(found.stream().mapToLong(Duration::toMillis).average().orElseThrow())
                .as("found after, in ms: %s", found)
                .isLessThan(2_500);
    }

    @ParameterizedTest
    @CsvSource({"503, 2", "500, 1", "reset, 1", "hang, 2"})
    void outageOfAll_losesNoPromptThatWaits(String fault, int accounts) {
        for (int seed = 0; seed < SEEDS; seed++) {
            FaultRun run = new FaultRun(
                            settings(accounts, 1000, 64, LIMIT).withSeed(seed).withFaults(fault + "@20s-50s"))
                    .crowd(accounts * 250)
                    .run(Duration.ofSeconds(70));
            assertThat(run.lost()).as("seed %s", seed).isEmpty();
            assertThat(run.answersSince(Duration.ofSeconds(55))).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"503", "500", "reset", "hang"})
    void outageOfTheOnlyAccount_losesNoneOfFewPrompts(String fault) {
        FaultRun run = new FaultRun(settings(1, 1000, 64, Optional.empty()).withFaults(fault + "@20s-140s"));
        run.askEvery(Duration.ofSeconds(5), Duration.ofSeconds(160));
        run.run(Duration.ofSeconds(200));
        assertThat(run.lost()).isEmpty();
        assertThat(run.answersSince(Duration.ZERO)).isEqualTo(32);
    }

    @Test
    void whatFailsForGood_endsPromptsAQuarterOfAnHourAfterItsLastAnswer() {
        FaultRun run = new FaultRun(settings(1, 1000, 64, Optional.empty()).withFaults("500@20s-10000s"));
        run.askEvery(Duration.ofSeconds(5), Duration.ofSeconds(40));
        run.run(Duration.ofMinutes(14));
        assertThat(run.lost()).isEmpty();
        run.run(Duration.ofMinutes(4));
        assertThat(run.lost()).hasSize(4);
    }

    @Test
    void threePercentOfMixedFaults_costTheInterviewsLittle() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            StressReport without = interviews(seed);
            StressReport with = interviews(seed, "500:0.75%", "503:0.75%", "reset:0.75%", "cut:0.75%");
            assertThat(with.checks()).allMatch(Check::held);
            assertThat(with.results().elapsed().toMillis())
                    .as(
                            "seed %s: ms, of %s without faults",
                            seed, without.results().elapsed())
                    .isLessThan((long) ((1 + MOST_COST_OF_MIXED_FAULTS)
                            * without.results().elapsed().toMillis()));
        }
    }

    private static StressReport interviews(long seed, String... faults) {
        StressSettings settings = StressSettings.STANDARD
                .withInterviews(Interviews.STANDARD.withSeed(seed))
                .withLimit(Limit.requests(200, Duration.ofSeconds(10)))
                .withLatency(Latency.uniform(Duration.ofSeconds(1), 0.2))
                .withFaults(
                        new FaultScript(Stream.of(faults).map(FaultRule::parse).toList()));
        return new SimulatedStress(settings, new Link(Duration.ofMillis(1), Duration.ofMillis(100), 0)).run();
    }
}
