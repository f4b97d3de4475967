package dev.whippletree.emulator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine's invariants over random schedules of arrivals, limits, latencies and failures, in virtual time.
 *
 * <p>How many in all: {@code -Dsimulations=…}; from which seed on: {@code -Dfirst-seed=…}; one seed alone, as a failure prints
 * it: {@code -Dseed=…}.
 */
@Tag("slow")
final class InvariantsTest {

    private static final long USUAL = 2_400;

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
