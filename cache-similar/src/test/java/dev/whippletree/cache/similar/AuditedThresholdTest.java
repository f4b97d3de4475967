package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.similar.AuditedThreshold.Judgement;
import dev.whippletree.cache.similar.AuditedThreshold.Verdict;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
                    threshold.served(score);
                    hits++;
                    wrongHits += wrong ? 1 : 0;
                } else {
                    threshold.label(threshold.answered(score, judgement), wrong);
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

    static DoubleStream bounds() {
        return Boolean.getBoolean("thorough") ? DoubleStream.of(0.005, 0.05) : DoubleStream.of(0.05);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("bounds")
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
        world.ask(1_300, AuditedThresholdTest::steep);
        assertThat(world.hits).isEqualTo(before);
        assertThat(world.threshold.isOff()).isTrue();
        world.ask(900, AuditedThresholdTest::steep);
        assertThat(world.threshold.isOff()).isFalse();
        assertThat(world.hits).isGreaterThan(before);
    }

    @Test
    void requestsWithoutAScore_areNeverServed() {
        AuditedThreshold threshold = new AuditedThreshold(0.05, true);
        for (int i = 0; i < 1_000; i++) {
            threshold.label(threshold.answered(AuditedThreshold.NEVER, Judgement.ASK), false);
        }
        assertThat(threshold.judge(AuditedThreshold.NEVER, 0.99).verdict()).isEqualTo(Verdict.ASK);
    }

    @Test
    void equalScores_areServedTogetherOrNotAtAll() {
        AuditedThreshold threshold = new AuditedThreshold(0.05, true);
        for (int i = 0; i < 400; i++) {
            threshold.label(threshold.answered(0.9, Judgement.ASK), i % 4 == 0);
        }
        assertThat(threshold.threshold()).isInfinite();
        for (int i = 0; i < 400; i++) {
            threshold.label(threshold.answered(0.95, Judgement.ASK), false);
        }
        assertThat(threshold.threshold()).isEqualTo(0.95);
    }

    /** All requests alike, so that either all or none may be served. */
    private static AuditedThreshold known(double maxError, int right) {
        AuditedThreshold threshold = new AuditedThreshold(maxError, true);
        for (int i = 0; i < right; i++) {
            threshold.label(threshold.answered(0.9, Judgement.ASK), false);
        }
        return threshold;
    }

    private static Judgement audit(double weight) {
        return new Judgement(Verdict.AUDIT, weight);
    }

    @Test
    void auditThatProvesWrong_isHeededAtOnce() {
        AuditedThreshold threshold = known(0.05, 410);
        assertThat(threshold.threshold()).isEqualTo(0.9);
        threshold.label(threshold.answered(0.9, audit(10)), false);
        threshold.label(threshold.answered(0.9, audit(10)), true);
        assertThat(threshold.threshold())
                .as("10 and one more of 10, of 20 allowed")
                .isEqualTo(0.9);
        threshold.label(threshold.answered(0.9, audit(10)), true);
        assertThat(threshold.threshold()).isInfinite();
    }

    @Test
    void hitThatIsCalledWrong_isHeededAtOnce_andCountsOnce() {
        AuditedThreshold threshold = known(0.01, 400);
        AuditedThreshold.Request hit = threshold.served(0.9);
        AuditedThreshold.Request other = threshold.served(0.9);
        AuditedThreshold.Request third = threshold.served(0.9);
        threshold.served(0.9);
        threshold.label(hit, true);
        threshold.label(hit, true);
        threshold.label(other, true);
        assertThat(threshold.threshold()).isEqualTo(0.9);
        threshold.label(third, true);
        assertThat(threshold.threshold()).isEqualTo(0.9);
        threshold.label(threshold.served(0.9), true);
        assertThat(threshold.threshold()).isInfinite();
        MeasuredError measured = threshold.measured();
        assertThat(measured.requests()).as("each counts once").isEqualTo(405);
        assertThat(measured.hits()).isEqualTo(5);
        assertThat(measured.calledWrong()).isEqualTo(4);
    }

    @Test
    void requestThatNobodyJudges_countsAsWrong_untilSomebodyDoes() {
        AuditedThreshold threshold = known(0.01, 400);
        AuditedThreshold.Request silent = threshold.answered(0.9, audit(4));
        for (int i = 1; i < AuditedThreshold.LABEL_WITHIN; i++) {
            threshold.label(threshold.answered(0.9, Judgement.ASK), false);
        }
        assertThat(threshold.overdue()).isZero();
        assertThat(threshold.threshold()).isEqualTo(0.9);
        assertThat(threshold.measured().requests())
                .as("only what came before it is known")
                .isEqualTo(400);
        threshold.label(threshold.answered(0.9, Judgement.ASK), false);
        assertThat(threshold.overdue()).isEqualTo(1);
        assertThat(threshold.threshold())
                .as("at once, not a hundred requests later")
                .isInfinite();
        assertThat(threshold.measured().requests()).isEqualTo(601);
        threshold.label(silent, false);
        assertThat(threshold.overdue()).isZero();
        for (int i = 0; i < 100; i++) {
            threshold.label(threshold.answered(0.9, Judgement.ASK), false);
        }
        assertThat(threshold.threshold()).isEqualTo(0.9);
    }

    /**
     * Of callers that judge nothing any more, a request is given up with each that comes: no hundred is full when the
     * audit is.
     */
    @Test
    void auditThatNobodyJudges_isHeededAtOnce() {
        AuditedThreshold threshold = known(0.01, 400);
        askUnjudged(threshold, 49);
        threshold.answered(0.9, audit(4));
        askUnjudged(threshold, AuditedThreshold.LABEL_WITHIN - 1);
        assertThat(threshold.threshold()).isEqualTo(0.9);
        askUnjudged(threshold, 1);
        assertThat(threshold.threshold()).isInfinite();
    }

    /** Labels come a hundred requests late, and the window is full all the same. */
    @Test
    void window_goesByTheRequestsThatAreKnown() {
        AuditedThreshold threshold = new AuditedThreshold(0.05, true);
        Deque<AuditedThreshold.Request> unjudged = new ArrayDeque<>();
        for (int i = 0; i < 4_100; i++) {
            unjudged.add(threshold.answered(0.9, Judgement.ASK));
            if (unjudged.size() > 100) {
                threshold.label(unjudged.remove(), false);
            }
        }
        assertThat(threshold.measured().requests()).isEqualTo(AuditedThreshold.WINDOW);
        assertThat(threshold.overdue()).isZero();
    }

    private static void askUnjudged(AuditedThreshold threshold, int requests) {
        for (int i = 0; i < requests; i++) {
            threshold.answered(0.1, Judgement.ASK);
        }
    }

    /** Callers that confirm only what is right, and say nothing of the rest. */
    @Tag("slow")
    @Test
    void onlyRightAnswersConfirmed_boundHolds() {
        double sum = 0;
        int worlds = 20;
        for (int seed = 0; seed < worlds; seed++) {
            AuditedThreshold threshold = new AuditedThreshold(0.01, true);
            Random random = new Random(seed);
            int wrongHits = 0;
            int requests = 6_000;
            for (int i = 0; i < requests; i++) {
                double score = random.nextDouble();
                boolean wrong = random.nextDouble() < 0.3 * (1 - score);
                Judgement judgement = threshold.judge(score, random.nextDouble());
                if (judgement.verdict() == Verdict.SERVE) {
                    threshold.served(score);
                    wrongHits += wrong ? 1 : 0;
                } else {
                    AuditedThreshold.Request request = threshold.answered(score, judgement);
                    if (!wrong) {
                        threshold.label(request, false);
                    }
                }
            }
            sum += (double) wrongHits / requests;
        }
        assertThat(sum / worlds).isBetween(0.001, 0.01);
    }
}
