package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine's invariants over random schedules of arrivals, limits, latencies and failures, in virtual time.
 *
 * <p>How many in all: {@code -Dsimulations=…}, for the thorough run too; from which seed on: {@code -Dfirst-seed=…};
 * one seed alone, as a failure prints it: {@code -Dseed=…}.
 */
@Tag("slow")
final class InvariantsTest {

    private static final long USUAL = 80;
    private static final long THOROUGH = 200_000;
    private static final long ONE_OF_TENANTS_IN = 3;
    private static final Map<String, LongFunction<Scenario>> LOTS = Map.of(
            "calm", ScenarioLot::calm,
            "rough", ScenarioLot::rough,
            "stalling", ScenarioLot::stalling,
            "tenants", TenantLot::draw);

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

    /** Each broke an invariant once. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvFileSource(resources = "/broken-once.csv")
    void scenarioThatBrokeOne_invariantsHold(String lot, long seed) {
        check(LOTS.get(lot).apply(seed));
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
        if (SimulatedRun.run(scenario).isPresent()) {
            SimulatedRun.Broken traced = SimulatedRun.trace(scenario).orElseThrow();
            throw new AssertionError(traced.violation() + "\nrun it again with -Dseed=" + scenario.seed() + "\n"
                    + scenario + "\nlatest steps:\n" + traced.trace());
        }
    }
}
