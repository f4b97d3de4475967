package dev.whippletree.engine.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.FixedWindow;
import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot.LimitStatus.LimitSource;
import org.junit.jupiter.api.Test;

/** A limit of 160 that others use too. */
final class LimitCounterTest {

    private static final long LIMIT = 160;

    @Test
    void limitThatOthersUse_hasLessRoom_alsoForWhatIsUnderWay() {
        LimitCounter counter = new LimitCounter(Limit.Unit.REQUESTS, LimitSource.REPORTED, new FixedWindow(LIMIT));
        assertThat(counter.waitNanos(LIMIT, 0, 4, 0)).isZero();
        counter.quota().reserve(10, 0);
        counter.margin().refused(1, LIMIT);
        counter.margin().refused(1, LIMIT);
        assertThat(counter.waitNanos(LIMIT - 10 - 2 - 4, 0, 4, 0)).isZero();
        assertThat(counter.waitNanos(LIMIT - 10 - 2 - 3, 0, 4, 0)).isPositive();
        assertThat(counter.left(0)).isEqualTo(2);
        assertThat(counter.left(0.1)).as("the larger of both").isEqualTo(16);
    }

    @Test
    void callThatAsksForAll_waitsOnlyUntilNothingIsUsed() {
        LimitCounter counter = new LimitCounter(Limit.Unit.REQUESTS, LimitSource.REPORTED, new FixedWindow(LIMIT));
        counter.margin().refused(1, LIMIT);
        assertThat(counter.waitNanos(LIMIT, 0, 4, 0)).isZero();
    }
}
