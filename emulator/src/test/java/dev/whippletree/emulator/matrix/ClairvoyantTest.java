package dev.whippletree.emulator.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.whippletree.emulator.matrix.Clairvoyant.Admitted;
import dev.whippletree.emulator.matrix.Clairvoyant.Task;
import dev.whippletree.emulator.matrix.Workload.Call;
import dev.whippletree.model.Limit;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Small cases, worked out by hand. Times are in milliseconds. */
class ClairvoyantTest {

    private static final long MILLI = 1_000_000;
    private static final Limit THREE = Limit.requests(3, Duration.ofMillis(10));

    /** Each call takes 1 to arrive and 4 to be answered. */
    private static Call quick(int number) {
        return new Call(number, number + " ", MILLI, 4 * MILLI, 0);
    }

    private static Task task(Limit limit, int accounts, int width, IntFunction<Call> calls) {
        return new Task(List.of(limit), accounts, width, 2 * MILLI, 40 * MILLI, calls);
    }

    private static List<Long> millis(List<Admitted> admitted) {
        return admitted.stream()
                .map(each -> Math.round(each.atNanos() / (double) MILLI))
                .toList();
    }

    @Test
    void fromFirstUse_windowBeginsWithTheFirstUseAfterTheLast() {
        Task task = task(THREE, 1, 2, ClairvoyantTest::quick);
        assertThat(millis(Clairvoyant.most(task, Cell.Service.FIRST_USE)))
                .containsExactly(3L, 3L, 8L, 13L, 13L, 18L, 23L, 23L, 28L, 33L, 33L, 38L);
    }

    @Test
    void byTheClock_windowsBeginAtZero() {
        Task task = task(THREE, 1, 2, ClairvoyantTest::quick);
        assertThat(millis(Clairvoyant.most(task, Cell.Service.CLOCK)))
                .containsExactly(3L, 3L, 8L, 10L, 13L, 15L, 20L, 20L, 25L, 30L, 30L, 35L);
    }

    @Test
    void sliding_eachUseLeavesAWindowLater() {
        Task task = task(THREE, 1, 8, ClairvoyantTest::quick);
        assertThat(millis(Clairvoyant.most(task, Cell.Service.SLIDING)))
                .containsExactly(3L, 3L, 3L, 13L, 13L, 13L, 23L, 23L, 23L, 33L, 33L, 33L);
    }

    @Test
    void bucket_isFullAtFirst_andRefillsEvenly() {
        Task task = task(Limit.requests(2, Duration.ofMillis(10)), 1, 8, ClairvoyantTest::quick);
        assertThat(millis(Clairvoyant.most(task, Cell.Service.BUCKET)))
                .containsExactly(3L, 3L, 8L, 13L, 18L, 23L, 28L, 33L, 38L);
    }

    @Test
    void countingUnknown_useIsHeldUntilAWindowAfterItsAnswer() {
        Task task = task(THREE, 1, 8, ClairvoyantTest::quick);
        assertThat(millis(Clairvoyant.mostHeld(task, 100 * MILLI)))
                .containsExactly(3L, 3L, 3L, 17L, 17L, 17L, 31L, 31L, 31L);
    }

    @Test
    void countingUnknown_transitKnown_useIsHeldNoLongerThanAWindowAfterIt() {
        Task task = task(THREE, 1, 8, ClairvoyantTest::quick);
        assertThat(millis(Clairvoyant.mostHeld(task, 2 * MILLI)))
                .containsExactly(3L, 3L, 3L, 15L, 15L, 15L, 27L, 27L, 27L, 39L, 39L, 39L);
    }

    @Test
    void twoAccounts_haveALimitEach() {
        Task task = task(THREE, 2, 4, ClairvoyantTest::quick);
        assertThat(millis(Clairvoyant.most(task, Cell.Service.SLIDING)))
                .startsWith(3L, 3L, 3L, 3L, 8L, 8L, 13L, 13L, 13L, 13L, 18L, 18L, 23L, 23L, 23L, 23L)
                .hasSize(24);
    }

    @Test
    void fewCallersOfAnAmpleLimit_askAsFastAsTheyAreAnswered() {
        Task task = task(Limit.requests(100, Duration.ofMillis(10)), 1, 1, ClairvoyantTest::quick);
        assertThat(millis(Clairvoyant.most(task, Cell.Service.SLIDING)))
                .containsExactly(3L, 8L, 13L, 18L, 23L, 28L, 33L, 38L);
    }

    @Test
    void tokens_theFirstThatFitsFillsTheWindow() {
        long[] tokens = {6, 6, 4};
        Task task = task(
                Limit.tokens(10, Duration.ofMillis(10)),
                1,
                3,
                number -> new Call(number, number + " ", MILLI, 30 * MILLI, tokens[number % 3]));
        assertThat(Clairvoyant.most(task, Cell.Service.FIRST_USE))
                .extracting(each -> each.atNanos() / MILLI, each -> each.call().number())
                .startsWith(tuple(3L, 0), tuple(3L, 2), tuple(13L, 1));
    }
}
