package dev.whippletree.engine.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

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

    @Test
    void declaredLimitThatRefusesWhileItHasRoom_isNamedOnce() {
        declare("100 requests / 10s", 62);
        assertThat(refused(0).refusedAfter()).contains("62 of 100 requests / 10s");
        assertThat(refused(2 * SECOND).refusedAfter()).isEmpty();
    }

    @Test
    void declaredLimitOfWhichHardlyAnyIsUsed_isNotNamed() {
        declare("100 requests / 10s", 20);
        assertThat(refused(0).refusedAfter()).isEmpty();
    }

    @Test
    void refusedAlthoughTheDeclaredLimitHasRoom_itIsDoubted_untilNothingIsRefusedForAThousandCalls() {
        declare("100 requests / 10s", 62);
        refused(0);
        assertThat(learner.doubtsKnown()).isTrue();
        admitted(1000, 5 * SECOND);
        assertThat(learner.doubtsKnown()).isTrue();
        admitted(1, 5 * SECOND);
        assertThat(learner.doubtsKnown()).isFalse();
    }

    @Test
    void largeLimit_isDoubtedForFiveOfItsWindows() {
        declare("1000 requests / 10s", 620);
        refused(0);
        admitted(5000, 5 * SECOND);
        assertThat(learner.doubtsKnown()).isTrue();
        admitted(1, 5 * SECOND);
        assertThat(learner.doubtsKnown()).isFalse();
    }
}
