package dev.whippletree.engine.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.FixedWindow;
import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot.LimitStatus.Source;
import org.junit.jupiter.api.Test;

/** A limit of 160 that others use too. */
final class MeterTest {

    private static final long LIMIT = 160;

    @Test
    void limitThatOthersUse_hasLessRoom_alsoForWhatIsUnderWay() {
        Meter meter = new Meter(Limit.Unit.REQUESTS, Source.REPORTED, new FixedWindow(LIMIT));
        assertThat(meter.waitNanos(LIMIT, 0, 4, 0)).isZero();
        meter.quota().reserve(10, 0);
        meter.margin().refused(1, LIMIT);
        meter.margin().refused(1, LIMIT);
        assertThat(meter.waitNanos(LIMIT - 10 - 2 - 4, 0, 4, 0)).isZero();
        assertThat(meter.waitNanos(LIMIT - 10 - 2 - 3, 0, 4, 0)).isPositive();
        assertThat(meter.left(0)).isEqualTo(2);
        assertThat(meter.left(0.1)).as("the larger of both").isEqualTo(16);
    }

    @Test
    void callThatAsksForAll_waitsOnlyUntilNothingIsUsed() {
        Meter meter = new Meter(Limit.Unit.REQUESTS, Source.REPORTED, new FixedWindow(LIMIT));
        meter.margin().refused(1, LIMIT);
        assertThat(meter.waitNanos(LIMIT, 0, 4, 0)).isZero();
    }
}
