package dev.whippletree.engine.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.SlidingWindow;
import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot.LimitStatus.Source;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What refusals show of a declared limit of 600 in a window of 60, of which each call asks for one. */
final class ShortfallTest {

    private static final long DECLARED = 600;

    private final Shortfall shortfall = new Shortfall();

    private boolean refused(long begun, long used, long now) {
        return shortfall.refused(begun, 1, used, true, now);
    }

    private void found300() {
        assertThat(refused(9, 301, 10)).isTrue();
    }

    /** Calls of one window, which use as much in the end; all are admitted. */
    private void usedUp(int calls, long at) {
        for (int call = 1; call <= calls; call++) {
            shortfall.begun(call, at);
            shortfall.letIn(at, 1, DECLARED);
        }
    }

    private long allowed() {
        return DECLARED - shortfall.of(DECLARED);
    }

    @Test
    void declaration_isBelieved_untilACallIsRefused() {
        shortfall.begun(600, 0);
        shortfall.letIn(0, 1, DECLARED);
        assertThat(shortfall.isKnown()).isFalse();
        assertThat(shortfall.of(DECLARED)).isZero();
    }

    @Test
    void whatWasAdmittedWithinTheWindow_isTheAmount_withoutTheOthersRefusedBeside() {
        assertThat(refused(9, 321, 10)).isTrue();
        for (int other = 0; other < 20; other++) {
            assertThat(refused(9, 320, 11)).isTrue();
        }
        assertThat(allowed()).isEqualTo(300);
    }

    @Test
    void refusedForAShortTime_itIsNoWindowThatIsUsedUp() {
        assertThat(shortfall.refused(9, 1, 301, false, 10)).isFalse();
        found300();
        assertThat(shortfall.refused(69, 1, 300, false, 70)).isFalse();
        assertThat(shortfall.of(DECLARED)).isZero();
    }

    @Test
    void secondRefusal_correctsTheAmount_thirdSaysThatSomethingElseRefuses() {
        assertThat(refused(9, 451, 10)).isTrue();
        assertThat(refused(69, 301, 70)).isTrue();
        assertThat(allowed()).isEqualTo(300);
        assertThat(refused(129, 280, 130)).isFalse();
        assertThat(allowed()).isEqualTo(DECLARED);
    }

    @Test
    void usedUpForLong_itGrowsByOneCall_andTwiceAsMuchEachTime() {
        found300();
        usedUp(200, 60);
        assertThat(allowed()).isEqualTo(300);
        usedUp(1, 61);
        assertThat(allowed()).isEqualTo(301);
        usedUp(301, 120);
        assertThat(allowed()).isEqualTo(303);
        usedUp(303, 180);
        assertThat(allowed()).isEqualTo(307);
    }

    @Test
    void notUsedUp_itDoesNotGrow() {
        found300();
        usedUp(201, 60);
        for (int window = 2; window < 20; window++) {
            usedUp(300, window * 60);
        }
        assertThat(allowed()).isEqualTo(301);
    }

    @Test
    void refusedGrowth_isTakenBack_andIsNoCorrection() {
        found300();
        usedUp(201, 60);
        for (int window = 2; window < 20; window++) {
            usedUp(300, window * 60);
            shortfall.begun(301, window * 60 + 1);
            assertThat(refused(window * 60 + 1, 301, window * 60 + 2)).isTrue();
            assertThat(allowed()).isEqualTo(300);
            usedUp(201, window * 60 + 3);
            assertThat(allowed()).isEqualTo(301);
        }
    }

    @Test
    void moreRefusedThanItGrewBy_othersUseItToo() {
        found300();
        usedUp(201, 60);
        shortfall.begun(301, 120);
        assertThat(refused(120, 301, 121)).isTrue();
        assertThat(refused(120, 300, 121)).isTrue();
        assertThat(refused(120, 299, 121)).isFalse();
        assertThat(allowed()).isEqualTo(DECLARED);
    }

    @Test
    void grownToTheDeclaredAmount_declarationIsBelievedAgain() {
        found300();
        for (int window = 1; shortfall.isKnown(); window++) {
            assertThat(window).isLessThan(20);
            usedUp((int) allowed(), window * 60);
        }
        assertThat(shortfall.of(DECLARED)).isZero();
    }

    @Test
    void windowIsUsedUp_whenTheSmallerAmountIs() {
        SlidingWindow window = new SlidingWindow(DECLARED, Duration.ofNanos(60));
        Meter meter = new Meter(Limit.Unit.REQUESTS, Source.DECLARED, window);
        meter.quota().reserve(299, 0).arrived(0);
        meter.shortfall().refused(0, 1, 301, true, 0);
        assertThat(meter.waitNanos(1, 0, 0, 1)).isZero();
        assertThat(meter.waitNanos(2, 0, 0, 1)).isEqualTo(59);
        assertThat(meter.waitNanos(1, 0.1, 0, 1)).as("a tenth of 300 is left").isEqualTo(59);
        assertThat(meter.free(1)).isEqualTo(1);
        assertThat(meter.existing()).isEqualTo(300);
        assertThat(meter.headroom(1)).isEqualTo(1.0 / 300);
        assertThat(meter.waitNanos(500, 0, 0, 60))
                .as("larger, when nothing else is used")
                .isZero();
    }
}
