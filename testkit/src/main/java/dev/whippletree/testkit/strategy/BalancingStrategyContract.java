package dev.whippletree.testkit.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Settings;
import dev.whippletree.spi.TargetView;
import dev.whippletree.testkit.PluginForm;
import dev.whippletree.testkit.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of a balancing strategy, whatever its criterion. Extend it in a test, and return the strategy.
 *
 * <p>Traffic is generated from seeds, which failures name; the same seed makes the same traffic again.
 */
public abstract class BalancingStrategyContract {

    private static final int PICKS = Traffic.OFTEN;

    /**
     * How far a target's part of 2,000 picks may be from its share; lots drawn fairly stay within 0.05 at 4 deviations.
     */
    private static final double TOLERANCE = 0.05;

    /** Returns the strategy, a new one or the same each time. */
    protected abstract BalancingStrategy strategy();

    /** Returns whether targets that differ only in weight are picked in proportion to their weights. */
    protected abstract boolean respectsWeights();

    /**
     * Returns whether every ready target gets traffic in the long run. Return false for a strategy that stays with one
     * target as long as it is ready.
     */
    protected boolean spreads() {
        return true;
    }

    /** Returns settings to open it with; none unless overridden. */
    protected Settings settings() {
        return Settings.none("route contract");
    }

    /** Creates the contract's test. */
    protected BalancingStrategyContract() {}

    @Test
    void nameAndSettings_areWellFormed() {
        PluginForm.check(strategy(), strategy().name(), strategy().settings());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anyReadyList_isPickedFromWithinItsRange(long seed) {
        Traffic traffic = new Traffic(open(seed), seed, Traffic.randomTargets(seed));

        for (int n = 0; n < PICKS; n++) {
            List<TargetView> ready = traffic.someReady();
            assertThat(traffic.pick(ready))
                    .as("seed %d, pick %d: an index into %s", seed, n, ready)
                    .isBetween(0, ready.size() - 1);
        }
    }

    @Test
    void singleReadyTarget_isPicked() {
        Picker picker = open(1);
        for (int n = 0; n < 100; n++) {
            TargetView only = Samples.target("t" + n % 3, 1 + n % 5);
            assertThat(picker.pick(List.of(only), n))
                    .as("pick %d, when only %s is ready", n, only.id())
                    .isZero();
        }
    }

    @Test
    void targetThatComesBack_isPickedAgain() {
        assumeTrue(spreads(), "this strategy says that it may keep to one target");
        List<TargetView> all = List.of(Samples.target("a", 1), Samples.target("b", 1), Samples.target("c", 1));
        Traffic traffic = new Traffic(open(1), 1, all);
        traffic.pickOften(all);
        traffic.pickOften(all.subList(0, 2));

        assertThat(traffic.pickOften(all))
                .as("picks of each target after 'c' was away and came back")
                .containsKeys("a", "b", "c");
    }

    @Test
    void newTarget_isPickedToo() {
        assumeTrue(spreads(), "this strategy says that it may keep to one target");
        Picker picker = open(1);
        List<TargetView> before = List.of(Samples.target("a", 1));
        List<TargetView> after = List.of(Samples.target("a", 1), Samples.target("new", 1));
        new Traffic(picker, 1, before).pickOften(before);

        assertThat(new Traffic(picker, 2, after).pickOften(after))
                .as("picks of each target after 'new' was added to the configuration")
                .containsKeys("a", "new");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void sameSeed_picksTheSame(long seed) {
        assertThat(indices(open(seed), seed))
                .as("picks of two pickers opened with the same seed %d, given the same", seed)
                .isEqualTo(indices(open(seed), seed));
    }

    @Test
    void anotherPickersTraffic_changesNothing() {
        BalancingStrategy strategy = strategy();
        List<Integer> alone = indices(strategy.open(settings(), new SplittableRandom(1)), 1);
        Picker observed = strategy.open(settings(), new SplittableRandom(1));
        indices(strategy.open(settings(), new SplittableRandom(2)), 2);

        assertThat(indices(observed, 1))
                .as("picks of a picker while another one of the strategy works: the kind must be stateless")
                .isEqualTo(alone);
    }

    @Test
    void weights_areRespected() {
        assumeTrue(respectsWeights(), "this strategy doesn't say that it respects weights");
        List<TargetView> all = List.of(Samples.target("a", 1), Samples.target("b", 3), Samples.target("c", 6));

        Map<String, Integer> picks = new Traffic(open(1), 1, all).pickOften(all);

        all.forEach(target -> assertThat(picks.getOrDefault(target.id(), 0) / (double) PICKS)
                .as("the part of %d picks that fell to %s", PICKS, target)
                .isCloseTo(target.weight() / 10.0, within(TOLERANCE)));
    }

    @Test
    void endOfAnUnknownTarget_isHarmless() {
        Picker picker = open(1);
        for (Picker.Outcome outcome : Picker.Outcome.values()) {
            assertThatCode(() -> picker.ended("never seen", outcome, 1_000_000, 1))
                    .as("told that an attempt on an unknown target ended (%s), as after a reload", outcome)
                    .doesNotThrowAnyException();
        }
        assertThat(picker.pick(List.of(Samples.target("a", 1)), 2)).isZero();
    }

    @Test
    void busyAndTiredTargets_arePickedFromWithinRange() {
        List<TargetView> ready =
                List.of(new TargetView("none left", 1, 0, 1, 0), new TargetView("almost full", 1_000_000, 63, 64, 1));
        Picker picker = open(1);
        for (int n = 0; n < 100; n++) {
            assertThat(picker.pick(ready, 0)).as("an index into %s", ready).isBetween(0, 1);
        }
    }

    private Picker open(long seed) {
        return strategy().open(settings(), new SplittableRandom(seed));
    }

    private static List<Integer> indices(Picker picker, long seed) {
        Traffic traffic = new Traffic(picker, seed, Traffic.randomTargets(seed));
        List<Integer> indices = new ArrayList<>();
        for (int n = 0; n < PICKS; n++) {
            indices.add(traffic.pick(traffic.someReady()));
        }
        return indices;
    }
}
