package dev.whippletree.emulator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.TokenCount;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeterTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Limit threeInTenSeconds = Limit.requests(3, Duration.ofSeconds(10));

    @Test
    void slidingWindow_givesAUseBackExactlyAWindowLater() {
        Meter meter = new SlidingMeter(threeInTenSeconds);
        meter.take(1, 0);
        meter.take(2, SECOND);

        assertThat(meter.waitNanos(1, 2 * SECOND)).isEqualTo(8 * SECOND);
        assertThat(meter.waitNanos(2, 2 * SECOND)).isEqualTo(9 * SECOND);
        assertThat(meter.waitNanos(1, 10 * SECOND - 1)).isEqualTo(1);
        assertThat(meter.waitNanos(1, 10 * SECOND)).isZero();
        assertThat(meter.used(10 * SECOND)).isEqualTo(2);
        assertThat(meter.resetNanos(10 * SECOND)).isEqualTo(SECOND);
        assertThat(meter.used(11 * SECOND)).isZero();
    }

    @Test
    void fixedWindow_isEmptyAgainAtItsEnd() {
        Meter meter = new FixedMeter(threeInTenSeconds, 0);
        meter.take(3, 9 * SECOND);

        assertThat(meter.waitNanos(1, 10 * SECOND - 1)).isEqualTo(1);
        assertThat(meter.waitNanos(3, 10 * SECOND)).isZero();
        assertThat(meter.resetNanos(10 * SECOND)).isEqualTo(10 * SECOND);
        assertThat(meter.resetNanos(47 * SECOND)).isEqualTo(3 * SECOND);
    }

    @Test
    void windowFromTheFirstUse_beginsWithAUse_andIsEmptyAgainAtItsEnd() {
        Meter meter = new FirstUseMeter(threeInTenSeconds);
        assertThat(meter.resetNanos(4 * SECOND)).isZero();
        meter.take(1, 4 * SECOND);
        meter.take(2, 9 * SECOND);

        assertThat(meter.resetNanos(9 * SECOND)).isEqualTo(5 * SECOND);
        assertThat(meter.waitNanos(1, 14 * SECOND - 1)).isEqualTo(1);
        assertThat(meter.waitNanos(3, 14 * SECOND)).isZero();
        assertThat(meter.used(14 * SECOND)).isZero();
        meter.take(1, 20 * SECOND);
        assertThat(meter.resetNanos(20 * SECOND)).isEqualTo(10 * SECOND);
    }

    @Test
    void bucket_refillsEvenly() {
        Meter meter = new BucketMeter(Limit.tokens(6000, Duration.ofMinutes(1)));
        meter.take(5034, 0);

        assertThat(meter.used(0)).isEqualTo(5034);
        assertThat(meter.waitNanos(1443, 0)).isEqualTo(Duration.ofMillis(4770).toNanos());
        assertThat(meter.waitNanos(966, 0)).isZero();
        assertThat(meter.resetNanos(0)).isEqualTo(Duration.ofMillis(50_340).toNanos());
        assertThat(meter.used(SECOND)).isEqualTo(4934);
    }

    @Test
    void bucket_holdsItsWholeAmountAndNoMore_alsoWhereTheRateIsNoWholeNumber() {
        Meter meter = new BucketMeter(Limit.requests(14, Duration.ofMinutes(1)));
        for (int i = 0; i < 14; i++) {
            assertThat(meter.waitNanos(1, 0)).as("request %s", i + 1).isZero();
            meter.take(1, 0);
        }

        assertThat(meter.used(0)).isEqualTo(14);
        assertThat(meter.waitNanos(1, 0)).isBetween(60 * SECOND / 14 - 100, 60 * SECOND / 14 + 1);
    }

    @Test
    void bucket_holdsADaysTokensWithoutOverflow() {
        Meter meter = new BucketMeter(Limit.tokens(500_000, Duration.ofDays(1)));
        meter.take(400_000, 0);

        assertThat(meter.used(0)).isEqualTo(400_000);
        assertThat(meter.waitNanos(150_000, 0)).isEqualTo(Duration.ofHours(24).toNanos() / 10);
    }

    @Test
    void fullestWindow_isTheMostThatAnyWindowHeld() {
        ServiceLimit limit = ServiceLimit.fixed(Limit.tokens(100, Duration.ofSeconds(10)));
        LimitBook book = new LimitBook(List.of(EmulatedOrganization.of("o", limit)), 0);
        use(book, 2, 0);
        use(book, 3, 9 * SECOND);
        use(book, 1, 10 * SECOND);
        use(book, 1, 30 * SECOND);

        assertThat(book.stats().get(0).fullest()).isEqualTo(5);
    }

    private static void use(LimitBook book, long tokens, long nowNanos) {
        assertThat(book.admit("o", "model", new TokenCount(tokens, 0), nowNanos))
                .isEmpty();
    }

    @Test
    void changedLimit_holdsFromThen_andWhatWasUsedStaysUsed() {
        for (Meter meter : new Meter[] {new SlidingMeter(threeInTenSeconds), new FixedMeter(threeInTenSeconds, 0)}) {
            meter.take(2, 0);
            meter.change(2, SECOND);
            assertThat(meter.waitNanos(1, SECOND)).isEqualTo(9 * SECOND);
            meter.change(4, SECOND);
            assertThat(meter.waitNanos(2, SECOND)).isZero();
            assertThat(meter.waitNanos(3, SECOND)).isPositive();
        }
    }

    @Test
    void changedBucket_keepsWhatIsLeftAndRefillsAtTheNewRate() {
        Meter meter = new BucketMeter(Limit.requests(10, Duration.ofSeconds(10)));
        meter.take(6, 0);
        meter.change(20, 0);
        assertThat(meter.waitNanos(4, 0)).isZero();
        assertThat(meter.waitNanos(6, 0)).isEqualTo(SECOND);
        meter.change(2, 0);
        assertThat(meter.waitNanos(2, 0)).as("no more fits than the new amount").isZero();
        assertThat(meter.resetNanos(0)).isZero();
    }
}
