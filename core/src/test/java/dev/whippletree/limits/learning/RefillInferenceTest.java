package dev.whippletree.limits.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.ServiceModel;
import dev.whippletree.model.RateLimitReport.Refill;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RefillInferenceTest {

    private static final long SECOND = 1_000_000_000L;
    private static final int SLIDING = 200;

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    private static long window(SplittableRandom random) {
        return SECOND * new long[] {10, 60, 3_600}[random.nextInt(3)];
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void bucket_isFound(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long window = window(random);
        long amount = 20 + random.nextLong(300);
        assertThat(search(random, new ServiceModel.Bucket(amount, window), amount, window))
                .isEqualTo(Refill.CONTINUOUS);
    }

    /** Where it isn't found within three windows, it is taken for a fixed window, which is as safe. */
    @Test
    void slidingWindow_isFoundNearlyAlways_andNeverTakenForABucket() {
        int found = 0;
        for (long seed = 0; seed < SLIDING; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            long window = window(random);
            long amount = 20 + random.nextLong(300);
            Refill refill = search(random, new ServiceModel.Sliding(amount, window), amount, window);
            assertThat(refill).as("seed %s", seed).isNotEqualTo(Refill.CONTINUOUS);
            found += refill == Refill.ONE_BY_ONE ? 1 : 0;
        }
        assertThat(found).isGreaterThan(SLIDING * 98 / 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void fixedWindow_isNeverTakenForAnother(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long window = window(random);
        long amount = 20 + random.nextLong(300);
        ServiceModel service = random.nextBoolean()
                ? new ServiceModel.Fixed(amount, window, random.nextLong(window))
                : new ServiceModel.FromFirstUse(amount, window);
        assertThat(search(random, service, amount, window)).isEqualTo(Refill.AT_ONCE);
    }

    @Test
    void resetsInWholeSecondsThatNeverComeNearer_countAsOfASlidingWindow_untilOneDoes() {
        RefillInference search = new RefillInference(Refill.AT_ONCE);
        for (long used = 1; used <= 10; used++) {
            search.report(used, used, 10 * SECOND, used + 1);
        }
        assertThat(search.found()).isEqualTo(Refill.ONE_BY_ONE);
        search.report(3 * SECOND, 11, 7 * SECOND, 3 * SECOND + 1);
        search.report(5 * SECOND, 20, 5 * SECOND, 5 * SECOND + 1);
        search.report(8 * SECOND, 40, 2 * SECOND, 8 * SECOND + 1);
        assertThat(search.found()).isEqualTo(Refill.AT_ONCE);
        for (long used = 1; used <= 10; used++) {
            search.report(10 * SECOND + used, used, 10 * SECOND, 10 * SECOND + used + 1);
        }
        assertThat(search.found()).as("it has come nearer once").isEqualTo(Refill.AT_ONCE);
    }

    /** A unit takes 5/3 s. Of the first, rounded up, one would take longer than of the later ones. */
    @Test
    void bucketWhoseResetsAreInWholeSeconds_isFound_byThreeReportsInARow() {
        RefillInference search = new RefillInference(Refill.AT_ONCE);
        for (long used : new long[] {1, 4, 8, 16}) {
            assertThat(search.found()).isEqualTo(Refill.AT_ONCE);
            search.report(used, used, (used * 5 + 2) / 3 * SECOND, used + 1);
        }
        assertThat(search.found()).isEqualTo(Refill.CONTINUOUS);
    }

    @Test
    void reportThatBeliesABucket_startsTheCountAnew() {
        RefillInference search = new RefillInference(Refill.AT_ONCE);
        long[][] reports = {{1, 999}, {4, 4 * 999}, {8, 8 * 999}, {2, 60 * 999}, {16, 480 * 999}, {32, 960 * 999}};
        for (long[] report : reports) {
            search.report(report[0], report[0], report[1] * 1_000_000, report[0] + 1);
            assertThat(search.found()).as("used %s", report[0]).isEqualTo(Refill.AT_ONCE);
        }
        search.report(64, 64, 1_920 * 999_000_000L, 65);
        assertThat(search.found()).isEqualTo(Refill.CONTINUOUS);
    }

    @Test
    void firstReportsOfNewWindows_areNotOnesThatWerePutOff() {
        RefillInference search = new RefillInference(Refill.AT_ONCE);
        long reset = 10 * SECOND - 1_000_000;
        search.report(0, 1, reset, 1);
        for (long window = 1; window < 6; window++) {
            long now = window * 21 * SECOND;
            search.report(now, window % 2 == 0 ? 4 : 16, reset, now + SECOND / 10);
        }
        assertThat(search.found()).isEqualTo(Refill.AT_ONCE);
    }

    @Test
    void refusalsThatRepeatOneReport_sayNothingOfABucket() {
        RefillInference search = new RefillInference(Refill.AT_ONCE);
        search.report(0, 1, 43 * SECOND, 1);
        for (long now = 29 * SECOND; now < 29 * SECOND + 4; now++) {
            search.report(now, 15, 14 * SECOND - 1_000_000, now + 1);
        }
        assertThat(search.found()).isEqualTo(Refill.AT_ONCE);
    }

    /** A response on its way back. */
    private record Response(long arrives, long begun, long used, long resetNanos) {}

    /** Lets calls come for three windows, twice as fast as the service admits, and returns what was found. */
    private static Refill search(SplittableRandom random, ServiceModel service, long amount, long window) {
        RefillInference search = new RefillInference(Refill.AT_ONCE);
        PriorityQueue<Response> underWay =
                new PriorityQueue<>((one, other) -> Long.compare(one.arrives(), other.arrives()));
        long latency = 1 + window / (10 + random.nextLong(200));
        boolean wholeMillis = random.nextBoolean();
        for (long now = 0; now < 3 * window; now += 1 + random.nextLong(window / amount)) {
            while (!underWay.isEmpty() && underWay.peek().arrives() <= now) {
                Response response = underWay.remove();
                search.report(response.begun(), response.used(), response.resetNanos(), response.arrives());
            }
            if (service.remaining(now) >= 1) {
                service.arrive(1, now);
                long reset = service.resetNanos(now);
                underWay.add(new Response(
                        now + random.nextLong(latency),
                        now - random.nextLong(latency),
                        amount - (long) service.remaining(now),
                        wholeMillis ? reset / 1_000_000 * 1_000_000 : reset));
            }
        }
        return search.found();
    }
}
