package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whippletree.spi.CacheEntry;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class AnswerScopeTest {

    private static final long MOST_BYTES = 10_000;

    /** Of 64 vectors with two numbers each. */
    private static final long LEAST_ROOM = 512;

    private static final float[] NORTH = {1, 0};
    private static final float[] NORTH_EAST = {0.8f, 0.6f};
    private static final float[] EAST = {0, 1};

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final AtomicLong held = new AtomicLong();
    private final AnswerScope scope = new AnswerScope(
            "scope", new FlatIndex(10), new AuditedThreshold(0.1, true), timeline::now, held, name -> {});

    private Look look(String question, float... vector) {
        return scope.look(question, Wording.of(question), vector, 0);
    }

    private Stored store(Look look, String answer, Optional<Stored> same) {
        CacheEntry entry =
                new CacheEntry(Replay.entry(answer).completion(), timeline.now().plus(Duration.ofHours(1)));
        return scope.store(look, entry, same, MOST_BYTES);
    }

    private Stored store(Look look, String answer) {
        return store(look, answer, Optional.empty());
    }

    @Test
    void score_isHigher_onceTheNearestAndItsRivalHaveOneAnswer() {
        Stored north = store(look("red", NORTH), "warm");
        assertThat(look("blue", NORTH_EAST).score()).isCloseTo(1.6, within(1e-6));
        Stored between = store(look("blue", NORTH_EAST), "warm, too");
        assertThat(look("green", NORTH).score()).isCloseTo(1.2, within(1e-6));

        scope.unite(between.id(), north.id());

        Look united = look("green", NORTH);
        assertThat(united.score()).isCloseTo(2, within(1e-6));
        assertThat(united.nearest()).contains(north);
        assertThat(scope.answer(between.id())).as("its own words stay").contains(between.entry());
        store(united, "warm again", Optional.of(north));
        assertThat(look("yellow", NORTH).score()).isCloseTo(2, within(1e-6));
    }

    @Test
    void sameAnswer_isLookedForAmongTheNearestOfOtherAnswers() {
        Stored north = store(look("red", NORTH), "warm");
        Stored between = store(look("blue", NORTH_EAST), "mild");
        Stored east = store(look("green", EAST), "cold");
        Look look = look("red too", NORTH);
        List<Stored> asked = new ArrayList<>();

        assertThat(scope.sameAnswer(look, stored -> !asked.add(stored))).isEmpty();
        assertThat(asked).as("not the nearest one, which was judged").containsExactly(between, east);
        assertThat(scope.sameAnswer(look, stored -> stored.equals(east))).contains(east);
        scope.disown(east.id());
        assertThat(scope.answer(east.id())).isEmpty();
        assertThat(scope.answer(north.id())).contains(north.entry());
        assertThat(scope.sameAnswer(look, stored -> stored.equals(east))).isEmpty();
    }

    @Test
    void forgotten_isWhatHasTheseVeryWords() {
        store(look("red", NORTH), "warm");
        store(look("Red!", NORTH), "warm too");
        store(look("red too", NORTH), "warm three");
        assertThat(scope.removals()).isZero();
        scope.forget(Wording.of("red?"));
        assertThat(scope.removals()).isEqualTo(1);
        assertThat(scope.end()).isEqualTo(1);
    }

    /** A verifier takes its time. */
    @Test
    void bytes_ofWhatExpiresAfterTheLook_areGivenBackWhenTheSameAnswerIsLookedFor() {
        store(look("red", NORTH), "warm");
        Look look = look("blue", EAST);
        timeline.advance(Duration.ofHours(1));
        assertThat(scope.sameAnswer(look, stored -> true)).isEmpty();
        assertThat(held.get()).isZero();
    }

    @Test
    void bytes_areGivenBack_whateverATextGoesBy() {
        store(look("red", NORTH), "warm");
        long one = held.get();
        assertThat(one).isPositive();
        timeline.advance(Duration.ofHours(1));
        Look later = look("red", NORTH);
        assertThat(held.get()).as("it has expired").isZero();
        store(later, "x".repeat((int) MOST_BYTES));
        assertThat(held.get()).as("it is too large").isZero();
        store(later, "warm");
        store(look("blue", EAST), "cold");
        long two = 2 * one - LEAST_ROOM;
        assertThat(held.get()).isBetween(two - 10, two + 10);
        assertThat(scope.forgetOldest()).isTrue();
        assertThat(held.get()).isBetween(one - 10, one + 10);
        assertThat(scope.end()).isEqualTo(1);
        store(later, "warm");
        assertThat(scope.end()).as("it has ended").isZero();
        assertThat(held.get()).isZero();
        assertThat(scope.forgetOldest()).isFalse();
    }
}
