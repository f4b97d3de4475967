package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The engine's invariants over random schedules of arrivals, limits, latencies and failures, in virtual time.
 *
 * <p>How many in all: {@code -Dsimulations=…}, for the thorough run too; from which seed on: {@code -Dfirst-seed=…};
 * one seed alone, as a failure prints it: {@code -Dseed=…}.
 */
@Tag("slow")
final class InvariantsTest {

    private static final long USUAL = 400;
    private static final long THOROUGH = 200_000;
    private static final long ONE_OF_TENANTS_IN = 3;

    /** Looking for the smallest takes hundreds of runs. */
    private static final int MOST_SHRUNK = 5;

    private static int shrunk;

    private static final LogWatch LOG = new LogWatch(Invariants.SECRET);

    static LongStream seeds() {
        Long only = Long.getLong("seed");
        long first = Long.getLong("first-seed", 0);
        return only != null
                ? LongStream.of(only)
                : LongStream.range(first, first + Long.getLong("simulations", USUAL) / 2);
    }

    static LongStream seedsOfTenants() {
        return seeds().filter(seed -> seed % ONE_OF_TENANTS_IN == 0 || Long.getLong("seed") != null);
    }

    @BeforeAll
    static void listen() {
        LOG.start();
    }

    @AfterAll
    static void noTokenWasLogged() {
        LOG.stop();
        assertThat(LOG.leaks()).as("log lines with a token").isEmpty();
        assertThat(LOG.lines()).as("log lines looked at").isPositive();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothingButMistakesGoesWrong_invariantsHold(long seed) {
        check(ScenarioLot.calm(seed));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void callsFailAndCallersGiveUp_invariantsHold(long seed) {
        check(ScenarioLot.rough(seed));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seedsOfTenants")
    void tenantsCrowd_invariantsHold(long seed) {
        check(TenantLot.draw(seed));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seedsOfTenants")
    void servicesFailForMinutes_invariantsHold(long seed) {
        check(ScenarioLot.stalling(seed));
    }

    /**
     * Of turns that were forgotten, of a limit that models share unawares, of assumed transit, of tokens at a limit's
     * very end, of turns after a reload, and of models that are used up together.
     */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(
            longs = {
                13,
                689,
                2_037,
                5_689,
                6_881,
                18_241,
                19_306,
                29_844,
                46_289,
                713_520,
                1_258_653,
                2_262_710,
                4_014_448,
                5_002_322,
                11_259_474,
                20_005_080
            })
    void calmScenarioThatBrokeOne_invariantsHold(long seed) {
        check(ScenarioLot.calm(seed));
    }

    /**
     * Of reloads, reconnections and retries; a transit that was doubted; outages of timeouts; cancelling at a deadline;
     * holding back; windows taken for others; prompts that join a flight at the instant of its end; answers that are
     * stored again a day later; refusals that say 0 s, whole seconds, too little again and again, or nothing beside
     * another account that answers; refusals that name nothing; a wait that is reported while the credit is used up;
     * and turns that are kept for those who ask again.
     */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(
            longs = {
                848,
                2_335,
                4_621,
                9_083,
                9_370,
                13_275,
                14_016,
                14_128,
                14_573,
                17_294,
                18_332,
                19_725,
                25_019,
                33_276,
                38_538,
                58_587,
                63_481,
                72_798,
                150_342,
                234_707,
                238_733,
                401_055,
                406_640,
                641_717,
                740_436,
                5_221_818,
                5_252_409,
                7_070_436,
                8_019_431,
                8_236_954,
                12_213_513,
                21_001_492,
                21_003_171,
                23_013_532,
                40_002_526,
                40_005_998,
                40_012_504
            })
    void roughScenarioThatBrokeOne_invariantsHold(long seed) {
        check(ScenarioLot.rough(seed));
    }

    /** Of limits found by trial, pauses longer than asked for, a stream's end, and answers that all break off. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {306, 384, 1_104, 1_518, 2_517})
    void scenarioOfLongFailuresThatBrokeOne_invariantsHold(long seed) {
        check(ScenarioLot.stalling(seed));
    }

    /** Of what is decided and asked at one instant, and of an account that is doubted. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {17_775, 1_053_936, 8_204_952})
    void scenarioOfTenantsThatBrokeOne_invariantsHold(long seed) {
        check(TenantLot.draw(seed));
    }

    /** An hour. */
    @Tag("thorough")
    @Test
    void allOfMany_invariantsHold() {
        long first = Long.getLong("first-seed", 0);
        for (long seed = first; seed < first + Long.getLong("simulations", THOROUGH) / 2; seed++) {
            check(ScenarioLot.calm(seed));
            check(ScenarioLot.rough(seed));
            if (seed % ONE_OF_TENANTS_IN == 0) {
                check(TenantLot.draw(seed));
                check(ScenarioLot.stalling(seed));
            }
        }
    }

    private static void check(Scenario scenario) {
        Optional<SimulatedRun.Broken> broken = SimulatedRun.run(scenario);
        if (broken.isPresent()) {
            Scenario smallest = shrunk++ < MOST_SHRUNK
                    ? new Shrinker(smaller -> SimulatedRun.run(smaller).isPresent()).shrink(scenario)
                    : scenario;
            SimulatedRun.Broken traced = SimulatedRun.trace(smallest).orElseThrow();
            throw new AssertionError(broken.get().violation() + "\nrun it again with -Dseed=" + scenario.seed()
                    + "; as small as can be it is: " + traced.violation() + "\n" + smallest + "\nlatest steps:\n"
                    + traced.trace());
        }
    }
}
