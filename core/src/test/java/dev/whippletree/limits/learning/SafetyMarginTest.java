package dev.whippletree.limits.learning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is kept free of a limit of 160 that others use too. */
final class SafetyMarginTest {

    private static final long LIMIT = 160;

    private final SafetyMargin margin = new SafetyMargin();

    private void refused(int calls) {
        for (int call = 0; call < calls; call++) {
            margin.refused(1, LIMIT);
        }
    }

    private void admitted(int calls) {
        for (int call = 0; call < calls; call++) {
            margin.admitted(1);
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
    void hundredCallsAdmitted_makeUpForOneRefused() {
        refused(3);
        admitted(99);
        assertThat(margin.amount()).isEqualTo(3);
        admitted(2);
        assertThat(margin.amount()).isEqualTo(2);
        admitted(1000);
        assertThat(margin.amount()).isZero();
    }

    /** The ten that made it grow don't count, and twenty admitted make up for one. */
    @Test
    void hundredRefusedBesideTheLargestMargin_areInVain() {
        refused(10 + 99);
        assertThat(margin.isInVain()).isFalse();
        admitted(20);
        refused(2);
        assertThat(margin.isInVain())
                .as("one made the margin the largest again")
                .isFalse();
        refused(1);
        assertThat(margin.isInVain()).isTrue();
    }

    @Test
    void manyRefusedBesideTheLargestMargin_areNoLonger_putDownToOthers() {
        refused(10 + 64);
        admitted(2000);
        refused(10);
        assertThat(margin.isInVain()).as("as when one window was used up").isFalse();
        for (int round = 0; round < 30; round++) {
            admitted(10);
            refused(5);
        }
        assertThat(margin.isInVain()).isTrue();
        margin.reset();
        assertThat(margin.isInVain()).isFalse();
        assertThat(margin.amount()).isZero();
    }
}
