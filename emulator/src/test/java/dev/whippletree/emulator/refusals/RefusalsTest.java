package dev.whippletree.emulator.refusals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.refusals.RefusalBench.Figures;
import dev.whippletree.emulator.refusals.RefusingService.Foreign;
import dev.whippletree.emulator.refusals.RefusingService.Known;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How the production engine takes refusals by chance, waits that lie and limits that are cut: bounds with margin. */
@Tag("slow")
class RefusalsTest {

    private static final long[] SEEDS = {11};

    @ParameterizedTest
    @CsvSource({"0.1, 300, 64, 0.85", "0.5, 1000, 8, 0.8"})
    void refusedByChance_closesNothing(double share, long millis, int width, double least) {
        closesNothing(share, millis, width, least);
    }

    @Tag("thorough")
    @ParameterizedTest
    @CsvSource({"0.1, 50, 8, 0.85", "0.1, 1000, 8, 0.9"})
    void refusedByChance_narrowly_closesNothing(double share, long millis, int width, double least) {
        closesNothing(share, millis, width, least);
    }

    private static void closesNothing(double share, long millis, int width, double least) {
        for (long seed : SEEDS) {
            Figures figures =
                    RefusalBench.lottery(RefusingService.lottery(share, Duration.ofMillis(millis), width), 4000, seed);
            assertThat(figures.use()).as("seed %d", seed).isGreaterThan(least);
            assertThat(figures.lost()).as("seed %d", seed).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Counting.class,
            names = {"FIXED", "SLIDING"})
    void hourToldAsASecond_costsFewCalls_andNoPrompt(Counting counting) {
        for (long seed : SEEDS) {
            Figures figures = RefusalBench.whole(
                    RefusingService.of("1000 requests / 1h", counting).told(RetryAfter.ONE_SECOND), seed);
            assertThat(figures.refused()).as("seed %d", seed).isLessThan(0.05);
            assertThat(figures.lost()).as("seed %d", seed).isZero();
            assertThat(figures.use()).as("seed %d", seed).isGreaterThan(0.85);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Counting.class,
            names = {"FIXED", "SLIDING"})
    void toldTenTimesTooMuch_isBelieved_andNoPromptIsLost(Counting counting) {
        for (long seed : SEEDS) {
            Figures figures = RefusalBench.whole(
                    RefusingService.of("300 requests / 1min", counting).told(RetryAfter.TENFOLD), seed);
            assertThat(figures.use()).as("seed %d", seed).isBetween(0.1, 0.3);
            assertThat(figures.lost()).as("seed %d", seed).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Counting.class,
            names = {"SLIDING", "BUCKET"})
    void declaredLimitCutToHalf_isLearned_andTrustedWhenItIsRightAgain(Counting counting) {
        checkCut(counting);
    }

    @Tag("thorough")
    @Test
    void declaredLimitOfFixedWindowsCutToHalf_isLearned_andTrustedWhenItIsRightAgain() {
        checkCut(Counting.FIXED);
    }

    private static void checkCut(Counting counting) {
        RefusingService service =
                RefusingService.of("1000 requests / 1min", counting).known(Known.DECLARED);
        for (long seed : SEEDS) {
            Figures half = RefusalBench.half(service, seed);
            assertThat(half.refused()).as("seed %d", seed).isLessThan(0.05);
            assertThat(half.use()).as("seed %d", seed).isGreaterThan(0.8);
            Figures whole = RefusalBench.wholeAgain(service, seed);
            assertThat(whole.use()).as("seed %d", seed).isGreaterThan(0.9);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "REPORTED, 1000 requests / 1min, STEADY, 0.97",
        "REPORTED, 100 requests / 10s, STEADY, 0.85",
        "REPORTED, 100 requests / 10s, BURSTS, 0.8",
        "DECLARED, 100 requests / 10s, STEADY, 0.75",
        "DECLARED, 100 requests / 10s, BURSTS, 0.42"
    })
    void halfOfASlidingWindowUsedByOthers_restIsUsed(Known known, String limit, Foreign foreign, double least) {
        RefusingService service =
                RefusingService.of(limit, Counting.SLIDING).known(known).foreign(foreign);
        for (long seed : SEEDS) {
            checkRest(service, seed, least);
        }
    }

    /** With seed 2, a pace that each brief refusal cuts comes to 0.55. */
    @Test
    void halfOfAHiddenSlidingWindowUsedByOthers_restIsUsed() {
        RefusingService service = RefusingService.of("1000 requests / 1min", Counting.SLIDING)
                .known(Known.HIDDEN)
                .foreign(Foreign.STEADY);
        checkRest(service, 2, 0.94);
    }

    private static void checkRest(RefusingService service, long seed, double least) {
        Figures figures = RefusalBench.steady(service, seed);
        assertThat(figures.use()).as("seed %d", seed).isGreaterThan(least);
        assertThat(figures.refused()).as("seed %d", seed).isLessThan(0.03);
        assertThat(figures.lost()).as("seed %d", seed).isZero();
    }
}
