package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.similar.AuditedThreshold.Judgement;
import dev.whippletree.cache.similar.AuditedThreshold.Verdict;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditedThresholdTest {

    /** Requests with scores drawn evenly from 0 to 1, each wrong with a probability that goes by its score. */
    private static final class World {

        private final AuditedThreshold threshold;
        private final Random random;
        private int requests;
        private int hits;
        private int wrongHits;

        World(double maxError, boolean serving, long seed) {
            threshold = new AuditedThreshold(maxError, serving);
            random = new Random(seed);
        }

        World ask(int times, DoubleUnaryOperator wrongAt) {
            for (int i = 0; i < times; i++) {
                double score = random.nextDouble();
                boolean wrong = random.nextDouble() < wrongAt.applyAsDouble(score);
                requests++;
                Judgement judgement = threshold.judge(score, random.nextDouble());
                if (judgement.verdict() == Verdict.SERVE) {
                    threshold.served();
                    hits++;
                    wrongHits += wrong ? 1 : 0;
                } else {
                    threshold.labelled(score, judgement, wrong);
                }
            }
            return this;
        }

        double wrongPerRequest() {
            return (double) wrongHits / requests;
        }
    }

    private static double steep(double score) {
        return score > 0.5 ? 0 : 0.5;
    }

    @Test
    void warmUp_nothingIsServed() {
        World world = new World(0.05, true, 1).ask(AuditedThreshold.WARM_UP - 1, score -> 0);
        assertThat(world.hits).isZero();
        assertThat(world.threshold.threshold()).isInfinite();
        assertThat(world.ask(100, score -> 0).hits).isPositive();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.005, 0.01, 0.02, 0.05})
    void meanOverManyWorlds_isWithinTheBound_andUsesIt(double maxError) {
        double sum = 0;
        double hits = 0;
        int worlds = 40;
        for (int seed = 0; seed < worlds; seed++) {
            World world = new World(maxError, true, seed).ask(8_000, score -> 0.2 * (1 - score));
            sum += world.wrongPerRequest();
            hits += (double) world.hits / world.requests;
        }
        assertThat(sum / worlds).isBetween(maxError / 5, maxError);
        assertThat(hits / worlds).isPositive();
    }

    @Test
    void inTheLongRun_everyTenthThatCouldBeServed_isAudited() {
        World world = new World(0.02, true, 3).ask(3_000, AuditedThresholdTest::steep);
        int before = world.hits;
        world.ask(2_000, AuditedThresholdTest::steep);
        MeasuredError measured = world.threshold.measured();
        assertThat(measured.requests()).isEqualTo(AuditedThreshold.WINDOW);
        assertThat(measured.hits()).isEqualTo(world.hits - before);
        assertThat((double) measured.audits() / (measured.audits() + measured.hits()))
                .isBetween(0.06, 0.14);
    }

    @Test
    void shadow_servesNothing_andSaysWhatItWouldHaveDone() {
        World world = new World(0.01, false, 4).ask(4_000, AuditedThresholdTest::steep);
        assertThat(world.hits).isZero();
        MeasuredError measured = world.threshold.measured();
        assertThat(measured.hits()).isEqualTo(measured.audits()).isGreaterThan(500);
        assertThat(measured.perRequest()).isBetween(0.0, 0.015);
    }

    @Test
    void drift_thresholdFollows_andErrorsStopComing() {
        World world = new World(0.01, true, 5).ask(4_000, AuditedThresholdTest::steep);
        assertThat(world.threshold.threshold()).isLessThan(0.6);
        int before = world.wrongHits;
        world.ask(1_000, score -> 0.3);
        int inBetween = world.wrongHits;
        world.ask(3_000, score -> 0.3);
        assertThat(inBetween - before).isPositive();
        assertThat(world.wrongHits - inBetween).isLessThan(15);
    }

    @Test
    void everythingWrongAtOnce_switchesItOff_forAWholeWindow() {
        World world = new World(0.01, true, 6).ask(4_000, AuditedThresholdTest::steep);
        world.ask(600, score -> 1);
        assertThat(world.threshold.threshold()).isInfinite();
        int before = world.hits;
        world.ask(800, AuditedThresholdTest::steep);
        assertThat(world.hits).isEqualTo(before);
    }

    @Test
    void requestsWithoutAScore_areNeverServed() {
        AuditedThreshold threshold = new AuditedThreshold(0.05, true);
        for (int i = 0; i < 1_000; i++) {
            threshold.labelled(AuditedThreshold.NEVER, new Judgement(Verdict.ASK, 1), false);
        }
        assertThat(threshold.judge(AuditedThreshold.NEVER, 0.99).verdict()).isEqualTo(Verdict.ASK);
    }

    @Test
    void equalScores_areServedTogetherOrNotAtAll() {
        AuditedThreshold threshold = new AuditedThreshold(0.05, true);
        for (int i = 0; i < 400; i++) {
            threshold.labelled(0.9, new Judgement(Verdict.ASK, 1), i % 4 == 0);
        }
        assertThat(threshold.threshold()).isInfinite();
        for (int i = 0; i < 400; i++) {
            threshold.labelled(0.95, new Judgement(Verdict.ASK, 1), false);
        }
        assertThat(threshold.threshold()).isEqualTo(0.95);
    }
}
