package dev.whippletree.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.limits.Quota.Use;
import dev.whippletree.limits.SlidingWindow.OthersUse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sliding window that others use too. */
final class OthersUsesTest {

    private static final long WINDOW = 1_000;

    private final SlidingWindow window = new SlidingWindow(10, Duration.ofNanos(WINDOW));

    @Test
    void ownUses_areShownWithoutTheOthers() {
        Use arrived = window.reserve(2, 0);
        arrived.arrived(50);
        window.takeIn(List.of(new OthersUse(1, 60, 4)), 60);
        window.reserve(3, 70).sent(90, 70);
        window.reserve(1, 80);
        List<Long> shown = new ArrayList<>();
        long underWay = window.visitOwn((date, amount) -> shown.addAll(List.of(date, amount)), 100);
        assertThat(shown).containsExactly(50L, 2L, 90L, 3L);
        assertThat(underWay).isEqualTo(1);
    }

    @Test
    void usesThatHaveLeft_areNotTakenOffAgain_whenNobodyReportsThemAnyMore() {
        window.takeIn(List.of(new OthersUse(1, 0, 4)), 0);
        window.reserve(3, WINDOW).arrived(WINDOW);
        window.takeIn(List.of(), WINDOW);
        assertThat(window.left(WINDOW)).isEqualTo(7);
        window.takeIn(List.of(new OthersUse(2, WINDOW, 2), new OthersUse(3, WINDOW, 1)), WINDOW);
        window.takeIn(List.of(new OthersUse(3, WINDOW, 3)), WINDOW + 1);
        assertThat(window.left(WINDOW + 1))
                .as("one is withdrawn, the other larger")
                .isEqualTo(4);
    }

    @Test
    void anotherWindow_takesOverWhatIsDated_exceptWhatItIsTold_andLeavesThisOneAlone() {
        window.reserve(1, 0).arrived(100);
        Use except = window.reserve(2, 0);
        except.arrived(200);
        window.reserve(1, 0);
        window.takeIn(List.of(new OthersUse(1, 300, 4)), 300);
        SlidingWindow shorter = new SlidingWindow(20, Duration.ofNanos(WINDOW / 2));
        shorter.reserve(5, 350);
        shorter.takeOver(window, List.of(except), 400);
        assertThat(shorter.left(400)).isEqualTo(20 - 5 - 1 - 4);
        assertThat(shorter.visitOwn(
                        (date, amount) -> assertThat(List.of(date, amount)).isEqualTo(List.of(100L, 1L)), 400))
                .isEqualTo(5);
        assertThat(shorter.left(600)).isEqualTo(11);
        assertThat(shorter.left(800)).isEqualTo(15);
        assertThat(window.left(800)).isEqualTo(2);
    }

    @Test
    void usedEver_neverFalls() {
        Use use = window.reserve(3, 0);
        use.settle(1, 0);
        assertThat(window.usedEver()).isEqualTo(3);
        use.settle(4, 0);
        assertThat(window.usedEver()).isEqualTo(6);
        use.release(0);
        window.countBesides(2, 0);
        window.countBesides(-5, 0);
        assertThat(window.left(0)).isEqualTo(8);
        assertThat(window.usedEver()).isEqualTo(8);
        window.left(5 * WINDOW);
        assertThat(window.usedEver()).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsLeft_isWhatAPlainListSays(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<OthersUse> others = new ArrayList<>();
        List<OthersUse> own = new ArrayList<>();
        long now = 0;
        for (int step = 0; step < 300; step++) {
            now += random.nextLong(40);
            if (random.nextBoolean()) {
                long amount = random.nextLong(1, 3);
                window.reserve(amount, now).arrived(now);
                own.add(new OthersUse(-1, now, amount));
            } else {
                change(others, random, now);
                window.takeIn(others, now);
            }
            long used = sum(own, now) + sum(others, now);
            assertThat(window.left(now)).as("seed %d, step %d", seed, step).isEqualTo(Math.max(0, 10 - used));
            assertThat(window.waitNanos(1, now))
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(waitForOne(own, others, now));
        }
    }

    private static void change(List<OthersUse> others, SplittableRandom random, long now) {
        long key = now / 50;
        long known = others.stream()
                .filter(use -> use.key() == key)
                .mapToLong(OthersUse::amount)
                .sum();
        others.removeIf(use -> use.key() == key || use.date() <= now - 2 * WINDOW);
        others.add(new OthersUse(key, (key + 1) * 50, Math.max(0, known + random.nextLong(-1, 3))));
    }

    private static long sum(List<OthersUse> uses, long now) {
        return uses.stream()
                .filter(use -> use.date() > now - WINDOW)
                .mapToLong(OthersUse::amount)
                .sum();
    }

    /**
     * There is room now, or from a moment on at which a use leaves the window. What is dated later than now counts as
     * dated now.
     */
    private static long waitForOne(List<OthersUse> own, List<OthersUse> dated, long now) {
        List<OthersUse> others = dated.stream()
                .map(use -> new OthersUse(use.key(), Math.min(now, use.date()), use.amount()))
                .toList();
        LongStream departures =
                Stream.concat(own.stream(), others.stream()).mapToLong(use -> Math.max(now, use.date() + WINDOW));
        return LongStream.concat(LongStream.of(now), departures)
                        .sorted()
                        .filter(moment -> sum(own, moment) + sum(others, moment) < 10)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("there is never room"))
                - now;
    }
}
