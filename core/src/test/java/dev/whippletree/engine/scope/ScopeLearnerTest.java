package dev.whippletree.engine.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a refusal says. Refusals take 20 ms, and say to wait a second. */
final class ScopeLearnerTest {

    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final long SECOND = 1_000 * MILLI;
    private static final long REFUSAL = 20 * MILLI;

    private final ScopeLearner learner = new ScopeLearner();
    private final ScopeLimits limits = new ScopeLimits(new ScopeUses());

    private LimitRefusal refused(long begun, long... others) {
        return learner.refused(
                new RefusedCall(
                        new ScopeUse(TokenCount.NONE, begun),
                        others,
                        OptionalLong.of(SECOND),
                        0,
                        Optional.empty(),
                        false,
                        false,
                        begun + REFUSAL),
                limits);
    }

    private void admitted(int calls, long now) {
        for (int call = 0; call < calls; call++) {
            learner.begun(now);
            learner.admitted(new ScopeUse(TokenCount.NONE, now), limits, now);
        }
    }

    private void declare(String limit, int used) {
        limits.declare(List.of(Limit.parse(limit)), 0);
        limits.counters().get(0).quota().reserve(used + 1, 0); // The refused call reserved as well.
    }

    @Test
    void callUnderWayForLongerThanRefusalsTake_showsThatThePauseWasLongEnough() {
        long opens = refused(0).untilNanos();
        long again = refused(opens, opens - 100 * MILLI).untilNanos();
        assertThat(learner.refusesStill()).as("one that began before it opened").isTrue();
        again = refused(again + REFUSAL, again).untilNanos();
        assertThat(learner.refusesStill()).as("one that may still be refused").isTrue();
        refused(again + 2 * REFUSAL, again);
        assertThat(learner.refusesStill())
                .as("one that no refusal takes so long for")
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "100 requests / 10s, 62, 62 of 100 requests / 10s, 1000",
        "1000 requests / 10s, 620, 620 of 1000 requests / 10s, 5000",
        "100 requests / 10s, 20, '', 1000"
    })
    void refusedAlthoughTheDeclaredLimitHasRoom_isNamedOnce_andItIsDoubtedForAThousandCallsOrFiveWindows(
            String limit, int used, String named, int calls) {
        declare(limit, used);
        assertThat(refused(0).refusedAfter()).isEqualTo(Optional.of(named).filter(words -> !words.isEmpty()));
        assertThat(learner.doubtsKnown()).isTrue();
        admitted(calls, 5 * SECOND);
        assertThat(learner.doubtsKnown()).isTrue();
        admitted(1, 5 * SECOND);
        assertThat(learner.doubtsKnown()).isFalse();
        assertThat(refused(6 * SECOND).refusedAfter()).isEmpty();
    }
}
