package dev.whippletree.emulator.simulation;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine's invariants over random schedules of arrivals, limits, latencies and failures, in virtual time.
 *
 * <p>How many of each sort: {@code -Dsimulations=…}; one seed alone, as a failure prints it: {@code -Dseed=…}.
 */
final class InvariantsTest {

    private static final long USUAL = 300;

    static LongStream seeds() {
        Long only = Long.getLong("seed");
        return only != null ? LongStream.of(only) : LongStream.range(0, Long.getLong("simulations", USUAL));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothingGoesWrong_invariantsHold(long seed) {
        check(Scenario.calm(seed));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void callsFailAndCallersGiveUp_invariantsHold(long seed) {
        check(Scenario.rough(seed));
    }

    private static void check(Scenario scenario) {
        try {
            new SimulatedRun(scenario).run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("run it again with -Dseed=" + scenario.seed() + ": " + scenario, e);
        }
    }
}
