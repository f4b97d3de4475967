package dev.whippletree.testkit.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.LimitStats;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A declared limit is never exceeded, whatever the service tells of it to one process or several.
 *
 * <p>Counted as the service counts: one that allows what is declared refuses nothing. Where several share the limit, or
 * the service allows more, no stretch of time as long as the window sees more than the declared amount, however the
 * service counts. Another seed alone: {@code -Dseed=…}.
 */
@Tag("slow")
final class ReportedLimitsTest {

    static LongStream few() {
        return seeds(60);
    }

    static LongStream many() {
        return seeds(2_000);
    }

    private static LongStream seeds(long most) {
        Long only = Long.getLong("seed");
        return only == null ? LongStream.rangeClosed(1, most) : LongStream.of(only);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("few")
    void declaredLimit_isNeverExceeded_whateverIsTold(long seed) {
        ReportedLimits limits = ReportedLimits.draw(seed);
        ReportedLimits.Outcome outcome = limits.run();
        boolean first = true;
        for (LimitStats limit : outcome.limits()) {
            long declared = first ? limits.declared().get(0).amount() : limit.amount();
            if (limit.amount() >= declared) {
                assertThat(limit.refused()).as("%s: %s", limits, limit).isZero();
            }
            if (limits.processes() > 1 || limit.amount() > declared) {
                assertThat(limit.fullest()).as("%s: %s", limits, limit).isLessThanOrEqualTo(declared);
            }
            first = false;
        }
        if (limits.allowed() >= limits.declared().get(0).amount()) {
            assertThat(outcome.failed()).as("%s", limits).isZero();
        }
    }

    @Tag("thorough")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("many")
    void declaredLimit_fromManySeeds(long seed) {
        declaredLimit_isNeverExceeded_whateverIsTold(seed);
    }
}
