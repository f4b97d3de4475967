package dev.whippletree.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.run.Waits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class HealthTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Health health = new Health(8);

    private boolean fail(long now) {
        return health.failed(health.begin(), false, 0, "broken", now);
    }

    private void succeed(long now) {
        health.succeeded(health.begin(), now);
    }

    @Test
    void fifthFailureInARow_coolsDownForASecond() {
        for (int failures = 1; failures < 5; failures++) {
            assertThat(fail(0)).isFalse();
        }
        assertThat(fail(0)).isTrue();
        assertThat(health.waitNanos(0)).isEqualTo(SECOND);
        assertThat(health.waitNanos(SECOND)).isZero();
    }

    @Test
    void successBetween_startsTheCountAnew() {
        for (int round = 0; round < 3; round++) {
            for (int failures = 1; failures < 5; failures++) {
                assertThat(fail(0)).isFalse();
            }
            for (int successes = 0; successes < 10; successes++) {
                succeed(0);
            }
        }
    }

    @Test
    void halfOfTwentyFailed_coolsDown() {
        boolean cooled = false;
        for (int pair = 0; pair < 10; pair++) {
            succeed(0);
            cooled = fail(0);
            assertThat(cooled).isEqualTo(pair == 9);
        }
    }

    @Test
    void oldFailures_areForgottenAfterThirtySeconds() {
        for (int pair = 0; pair < 9; pair++) {
            succeed(0);
            fail(0);
        }
        assertThat(fail(31 * SECOND)).isFalse();
    }

    @Test
    void overload_isEnoughByItself_andTheServicesWaitIsTheLeast() {
        assertThat(health.failed(health.begin(), true, 7 * SECOND, "overloaded", 0))
                .isTrue();
        assertThat(health.waitNanos(0)).isEqualTo(7 * SECOND);
    }

    @Test
    void cooldownsDouble_upToFifteenSeconds() {
        long now = 0;
        for (int expected : new int[] {1, 2, 4, 8, 15, 15}) {
            assertThat(health.failed(health.begin(), true, 0, "overloaded", now))
                    .isTrue();
            assertThat(health.waitNanos(now)).isEqualTo(expected * SECOND);
            now += expected * SECOND;
        }
    }

    @Test
    void afterACooldown_oneProbesAndThenARampFollows() {
        health.failed(health.begin(), true, 0, "overloaded", 0);
        int probe = health.begin();
        assertThat(health.waitNanos(SECOND)).isEqualTo(Waits.UNTIL_EVENT);
        health.succeeded(probe, SECOND);
        assertThat(health.allowed()).isEqualTo(2);
        succeed(SECOND);
        succeed(SECOND);
        assertThat(health.allowed()).isEqualTo(4);
    }

    @Test
    void attemptBegunBeforeTheCooldown_saysNothingOfWhatCameAfter() {
        int old = health.begin();
        health.failed(health.begin(), true, 0, "overloaded", 0);
        health.succeeded(old, SECOND);
        assertThat(health.allowed()).isEqualTo(1);
        assertThat(health.isProbing(SECOND)).isTrue();
    }

    @Test
    void cancelledProbe_makesPlaceForAnother() {
        health.failed(health.begin(), true, 0, "overloaded", 0);
        int probe = health.begin();
        health.ended(probe);
        assertThat(health.waitNanos(SECOND)).isZero();
    }

    @Test
    void slowStart_letsTwoThroughAndThenMore() {
        health.startSlowly();
        int first = health.begin();
        health.begin();
        assertThat(health.waitNanos(0)).isEqualTo(Waits.UNTIL_EVENT);
        health.succeeded(first, 0);
        assertThat(health.allowed()).isEqualTo(3);
        assertThat(health.isProbing(0)).isFalse();
    }

    @Test
    void concurrencyOfOne_isTrustedAfterItsProbe() {
        Health single = new Health(1);
        single.failed(single.begin(), true, 0, "overloaded", 0);
        single.succeeded(single.begin(), SECOND);
        assertThat(single.isProbing(SECOND)).isFalse();
    }
}
