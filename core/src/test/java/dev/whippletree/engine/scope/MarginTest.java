package dev.whippletree.engine.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.FixedWindow;
import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot.LimitStatus.Source;
import org.junit.jupiter.api.Test;

/** What is kept free of a limit of 160 that others use too. */
final class MarginTest {

    private static final long LIMIT = 160;

    private final Margin margin = new Margin();

    private void refused(int calls) {
        for (int call = 0; call < calls; call++) {
            margin.refused(1, LIMIT);
        }
    }

    private void letIn(int calls) {
        for (int call = 0; call < calls; call++) {
            margin.letIn(1);
        }
    }

    @Test
    void eachRefusal_keepsAsMuchFreeAsWasMissing_aSixteenthAtMost() {
        assertThat(margin.amount()).isZero();
        refused(3);
        assertThat(margin.amount()).isEqualTo(3);
        refused(20);
        assertThat(margin.amount()).isEqualTo(10);
    }

    @Test
    void callThatAsksForMore_isRoomForOneSuchCall() {
        margin.refused(50, LIMIT);
        assertThat(margin.amount()).isEqualTo(50);
        margin.refused(50, LIMIT);
        assertThat(margin.amount()).isEqualTo(50);
    }

    @Test
    void hundredCallsLetIn_makeUpForOneRefused() {
        refused(3);
        letIn(99);
        assertThat(margin.amount()).isEqualTo(3);
        letIn(2);
        assertThat(margin.amount()).isEqualTo(2);
        letIn(1000);
        assertThat(margin.amount()).isZero();
    }

    @Test
    void manyRefusedBesideTheLargestMargin_areNoLonger_putDownToOthers() {
        refused(10 + 64);
        letIn(2000);
        refused(10);
        assertThat(margin.isInVain()).as("as when one window was used up").isFalse();
        for (int round = 0; round < 30; round++) {
            letIn(10);
            refused(5);
        }
        assertThat(margin.isInVain()).isTrue();
        margin.reset();
        assertThat(margin.isInVain()).isFalse();
        assertThat(margin.amount()).isZero();
    }

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
