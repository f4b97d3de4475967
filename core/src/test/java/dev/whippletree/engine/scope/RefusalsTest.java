package dev.whippletree.engine.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.TokenCount;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What a refusal says beside calls that are still under way. Refusals take 20 ms. */
final class RefusalsTest {

    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final long SECOND = 1_000 * MILLI;
    private static final long REFUSAL = 20 * MILLI;

    private final Refusals refusals = new Refusals();

    /** A call that began at a moment is refused, and told to wait a second; returns when it may ask again. */
    private long refused(long begun, long... others) {
        return refusals.pause(new RefusedCall(
                new ScopeUse(TokenCount.NONE, begun, 0),
                others,
                OptionalLong.of(SECOND),
                0,
                Optional.empty(),
                false,
                false,
                begun + REFUSAL));
    }

    @Test
    void callUnderWayForLongerThanRefusalsTake_showsThatThePauseWasLongEnough() {
        long opens = refused(0);
        long again = refused(opens, opens - 100 * MILLI);
        assertThat(refusals.refuseStill()).as("one that began before it opened").isTrue();
        again = refused(again + REFUSAL, again);
        assertThat(refusals.refuseStill()).as("one that may still be refused").isTrue();
        refused(again + 2 * REFUSAL, again);
        assertThat(refusals.refuseStill())
                .as("one that no refusal takes so long for")
                .isFalse();
    }
}
