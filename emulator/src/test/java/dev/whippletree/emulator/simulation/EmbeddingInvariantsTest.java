package dev.whippletree.emulator.simulation;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many requests for vectors over a few accounts, in virtual time: each text gets its own vector, in order; none is
 * asked for twice at a time; no limit is exceeded; nobody pays for another's mistake; nothing is left over.
 *
 * <p>More of them: {@code -Dsimulations=…}; others: {@code -Dfirst-seed=…}; one alone: {@code -Dseed=…}.
 */
final class EmbeddingInvariantsTest {

    private static final long USUAL = 40;

    static LongStream seeds() {
        Long only = Long.getLong("seed");
        long first = Long.getLong("first-seed", 0);
        return only != null ? LongStream.of(only) : LongStream.range(first, first + Long.getLong("simulations", USUAL));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothingFails_eachTextGetsItsVector(long seed) {
        new EmbeddingRun(seed, false).run();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void callsFailAndCallersGiveUp_eachTextGetsItsVector(long seed) {
        new EmbeddingRun(seed, true).run();
    }
}
