package dev.whippletree.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.run.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class HealthTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Health health = new Health(8);

    private boolean fail(long now) {
        return health.failed(health.begin(now), false, 0, "broken", now);
    }

    private void succeed(long now) {
        health.succeeded(health.begin(now), now);
    }

    private boolean overloaded(long wait, long now) {
        return health.failed(health.begin(now), true, wait, "overloaded", now);
    }

    @Test
    void fifthFailureInARow_coolsDownForASecond_aSuccessBetweenStartsTheCountAnew() {
        for (int round = 0; round < 3; round++) {
            for (int successes = 0; successes < 10; successes++) {
                succeed(0);
            }
            for (int failures = 1; failures < 5; failures++) {
                assertThat(fail(0)).isFalse();
            }
        }
        assertThat(fail(0)).isTrue();
        assertThat(health.waitNanos(0)).isEqualTo(SECOND);
        assertThat(health.waitNanos(SECOND)).isZero();
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
    void failuresBeforeACooldown_dontCountAfterIt() {
        for (int pair = 0; pair < 10; pair++) {
            succeed(0);
            fail(0);
        }
        assertThat(health.isCooling(0)).isTrue();
        for (int successes = 0; successes < 19; successes++) {
            succeed(SECOND);
        }
        assertThat(fail(SECOND)).isFalse();
    }

    @Test
    void serviceThatHasWorkedSince_isBelievedAgainWhenItSaysHowLongItRests() {
        overloaded(7 * SECOND, 0);
        succeed(7 * SECOND);
        overloaded(9 * SECOND, 20 * SECOND);
        assertThat(health.statedNanos(20 * SECOND)).isEqualTo(9 * SECOND);
    }

    @Test
    void overload_isEnoughByItself_andTheServicesWaitIsTheLeast() {
        assertThat(overloaded(7 * SECOND, 0)).isTrue();
        assertThat(health.waitNanos(0)).isEqualTo(7 * SECOND);
        assertThat(health.probeNanos(0)).isEqualTo(7 * SECOND);
    }

    @Test
    void cooldownsGrow_upToFifteenSeconds() {
        long now = 0;
        for (int expected : new int[] {1, 4, 8, 15, 15}) {
            assertThat(overloaded(0, now)).isTrue();
            assertThat(health.waitNanos(now)).isEqualTo(expected * SECOND);
            now += expected * SECOND;
        }
    }

    @Test
    void answeredProbe_makesTheNextCooldownTheShortestAgain() {
        overloaded(0, 0);
        overloaded(0, SECOND);
        assertThat(health.waitNanos(SECOND)).isEqualTo(4 * SECOND);
        succeed(5 * SECOND);
        overloaded(0, 20 * SECOND);
        assertThat(health.waitNanos(20 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void afterACooldown_oneProbesAndThenARampFollows() {
        overloaded(0, 0);
        Health.Begun cancelled = health.begin(SECOND);
        assertThat(health.waitNanos(SECOND)).isEqualTo(Waits.UNTIL_EVENT);
        health.ended(cancelled);
        assertThat(health.waitNanos(SECOND)).isZero();
        succeed(SECOND);
        assertThat(health.allowed()).isEqualTo(4);
        succeed(SECOND);
        assertThat(health.allowed()).isEqualTo(7);
    }

    @Test
    void attemptBegunBeforeTheCooldown_saysNothingOfWhatCameAfter() {
        Health.Begun old = health.begin(0);
        overloaded(0, 0);
        health.succeeded(old, SECOND);
        assertThat(health.allowed()).isEqualTo(1);
        assertThat(health.isProbing(SECOND)).isTrue();
    }

    @Test
    void slowStart_letsTwoThroughAndThenMore() {
        health.startSlowly();
        Health.Begun first = health.begin(0);
        health.begin(0);
        assertThat(health.waitNanos(0)).isEqualTo(Waits.UNTIL_EVENT);
        health.succeeded(first, 0);
        assertThat(health.allowed()).isEqualTo(5);
        assertThat(health.isProbing(0)).isFalse();
    }

    @Test
    void slowStartOfWhatIsOut_letsOneProbeThrough() {
        overloaded(0, 0);
        health.ended(health.begin(SECOND));
        health.startSlowly();
        assertThat(health.isProbing(SECOND)).isTrue();
        succeed(SECOND);
        assertThat(health.allowed()).isEqualTo(4);
    }

    @Test
    void concurrencyOfOne_isTrustedAfterItsProbe() {
        Health single = new Health(1);
        single.failed(single.begin(0), true, 0, "overloaded", 0);
        single.succeeded(single.begin(SECOND), SECOND);
        assertThat(single.isProbing(SECOND)).isFalse();
    }

    @Test
    void fewOverloadedAmongManyAnswers_areNoReasonToCoolDown() {
        for (int round = 0; round < 10; round++) {
            succeed(0);
            succeed(0);
            assertThat(overloaded(0, 0)).isFalse();
        }
    }

    @Test
    void failuresThatComeSoonerThanTheAnswersBegunWithThem_areNoRow() {
        List<Health.Begun> burst = new ArrayList<>();
        for (int attempt = 0; attempt < 100; attempt++) {
            burst.add(health.begin(0));
        }
        for (int failures = 0; failures < 10; failures++) {
            assertThat(health.failed(burst.get(failures), true, 0, "overloaded", 1))
                    .isFalse();
        }
        burst.subList(10, 90).forEach(answered -> health.succeeded(answered, SECOND));
        assertThat(health.waitNanos(SECOND)).isZero();
    }

    @Test
    void answersToEarlierAttempts_dontInterruptARow() {
        Health.Begun earlier = health.begin(0);
        for (int failures = 1; failures < 5; failures++) {
            assertThat(fail(SECOND)).isFalse();
        }
        health.succeeded(earlier, 2 * SECOND);
        assertThat(fail(2 * SECOND)).isTrue();
    }

    @Test
    void whatHasNoOtherTarget_probesEveryFourSeconds_thoughTheProbeBeforeIsSilent() {
        overloaded(0, 0);
        long now = SECOND;
        for (int probe = 0; probe < 10; probe++) {
            assertThat(health.probeNanos(now)).isZero();
            health.begin(now);
            assertThat(health.probeNanos(now)).isEqualTo(4 * SECOND);
            assertThat(health.waitNanos(now)).isEqualTo(Waits.UNTIL_EVENT);
            now += 4 * SECOND;
        }
    }

    @Test
    void whatHasNoOtherTarget_probesEveryFourSeconds_thoughTheCooldownIsLonger() {
        long now = 0;
        for (int probe = 0; probe < 10; probe++) {
            overloaded(0, now);
            now += health.probeNanos(now);
        }
        assertThat(now).isEqualTo((1 + 9 * 4) * SECOND);
        assertThat(health.waitNanos(now)).isEqualTo(11 * SECOND);
        health.succeeded(health.begin(now), now);
        assertThat(health.waitNanos(now)).isZero();
    }

    @Test
    void silentProbes_dontHoldUpTheRampAfterOneThatSucceeded() {
        overloaded(0, 0);
        Health.Begun silent = health.begin(SECOND);
        health.succeeded(health.begin(5 * SECOND), 6 * SECOND);
        health.begin(6 * SECOND);
        assertThat(health.waitNanos(6 * SECOND)).isZero();
        assertThat(health.failed(silent, false, 0, "silent", 7 * SECOND)).isFalse();
        assertThat(health.allowed()).isEqualTo(4);
    }

    @Test
    void failuresAreOfOneOutage_ifNothingBegunBetweenThemWasAnswered() {
        Health.Begun atOne = health.begin(SECOND);
        assertThat(health.isSameOutage(0, atOne, SECOND)).isFalse();
        health.succeeded(atOne, 3 * SECOND);
        assertThat(health.isSameOutage(2 * SECOND, health.begin(3 * SECOND), 4 * SECOND))
                .isTrue();
        assertThat(health.isSameOutage(0, health.begin(3 * SECOND), 4 * SECOND)).isFalse();
        assertThat(health.isSameOutage(2 * SECOND, health.begin(3 * SECOND), 20 * 60 * SECOND))
                .isFalse();
    }

    @Test
    void promptThatAnotherTargetRefusesTooOnceTheRowHasEnded_isNotTakenFromTheNextRow() {
        Health other = new Health(8);
        Health.FaultAttribution faults = new Health.FaultAttribution(health);
        Health.FaultAttribution faultsOfOther = new Health.FaultAttribution(other);
        succeed(0);
        other.succeeded(other.begin(0), 0);
        faultsOfOther.refused(1, "tenant", List.of(faults), LongStream.empty(), 1);
        for (int prompt = 1; prompt <= 100; prompt++) {
            assertThat(faults.refused(2, "tenant", List.of(), LongStream.empty(), 2))
                    .isEqualTo(prompt == 100);
        }
    }

    @Test
    void failureThatComesAfterTheOutage_isOfIt() {
        succeed(0);
        Health.Begun silent = health.begin(5 * SECOND);
        health.failed(health.begin(SECOND), false, SECOND, "broken", SECOND);
        health.succeeded(health.begin(6 * SECOND), 7 * SECOND);
        assertThat(health.isSameOutage(2 * SECOND, silent, 15 * SECOND)).isTrue();
        assertThat(health.isSameOutage(2 * SECOND, health.begin(8 * SECOND), 15 * SECOND))
                .isFalse();
    }
}
