package dev.whippletree.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.spi.TargetView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundRobinTest {

    private final Picker picker = new RoundRobin().open(Settings.none("route test"), new SplittableRandom(1));

    /** The second sequence is in nginx's own description of the algorithm. */
    @Test
    void turns_areTakenInOrder_spreadByTheWeightsOfTheMoment() {
        assertThat(picks(List.of(target("a", 1), target("b", 1), target("c", 1)), 6))
                .containsExactly("a", "b", "c", "a", "b", "c");
        assertThat(picks(List.of(target("a", 5), target("b", 1), target("c", 1)), 7))
                .containsExactly("a", "a", "b", "a", "c", "a", "a");
        int most = Integer.MAX_VALUE;
        assertThat(picks(List.of(target("a", most), target("b", most)), 1000))
                .filteredOn("a"::equals)
                .hasSize(500);
    }

    @Test
    void spreadStart_beginsWithTheLeastUsedForItsWeight_andGoesOnInTurn() {
        TargetView full = new TargetView("a", 2, 0, 10, 1);
        TargetView used = new TargetView("b", 2, 0, 10, 0.6);
        TargetView lessForItsWeight = new TargetView("c", 1, 0, 10, 0.81);
        assertThat(spread(1, List.of(used, lessForItsWeight))).startsWith("c", "b", "b");
        assertThat(spread(1, List.of(used, lessForItsWeight, full))).startsWith("a");
    }

    @Test
    void spreadStart_drawsLotsByWeightBetweenEquals() {
        List<TargetView> ready = List.of(target("a", 1), target("b", 3));
        long heavy = LongStream.range(0, 400)
                .filter(seed -> spread(seed, ready).get(0).equals("b"))
                .count();
        // 300 of 400 on average, with a standard deviation of 8.7.
        assertThat(heavy).isBetween(265L, 335L);
    }

    /** Otherwise processes that share accounts would all come to the same one at the same time. */
    @Test
    void spreadStart_takesEqualsInAnOrderDrawnByLot_eachOnceInACycle() {
        List<TargetView> ready = List.of(target("a", 1), target("b", 1), target("c", 1));
        Set<List<String>> orders =
                LongStream.range(0, 60).mapToObj(seed -> spread(seed, ready)).collect(Collectors.toSet());

        assertThat(orders).hasSize(6).allSatisfy(order -> assertThat(order).containsExactlyInAnyOrder("a", "b", "c"));
    }

    /** Also where the strategy's own order decides, of those that are equal by it. */
    @Test
    void settingsThatSayNoStart_areSpread_ofWhatTakesTurns() {
        List<TargetView> ready = List.of(target("a", 1), target("b", 9));
        Settings given = new Settings("route test", Map.of("other", "1"));
        strategies.forEach((name, strategy) -> {
            Settings spread = FirstTurn.spread(name, given);
            if (strategy.settings().stream().noneMatch(key -> key.name().equals("start"))) {
                assertThat(spread).as(name).isSameAs(given);
                return;
            }
            assertThat(spread).isEqualTo(new Settings("route test", Map.of("other", "1", "start", "spread")));
            assertThat(spread(strategy, spread, 7, ready).get(0)).as(name).isEqualTo("b");
            Settings first = new Settings("route test", Map.of("start", " first "));
            assertThat(FirstTurn.spread(name, first)).isSameAs(first);
            assertThat(spread(strategy, first, 7, List.of(target("a", 1), target("b", 1))))
                    .startsWith("a");
        });
    }

    private static List<String> spread(long seed, List<TargetView> ready) {
        return spread(new RoundRobin(), new Settings("route test", Map.of("start", "spread")), seed, ready);
    }

    private static List<String> spread(
            BalancingStrategy strategy, Settings settings, long seed, List<TargetView> ready) {
        Picker spread = strategy.open(settings, new SplittableRandom(seed));
        return IntStream.range(0, 3)
                .mapToObj(n -> ready.get(spread.pick(ready, 0)).id())
                .toList();
    }

    /** So 'whippletree check' reports it with its line. */
    @Test
    void settings_areCheckedByTheirKeys() {
        for (BalancingStrategy strategy : List.of(new RoundRobin(), new PeakEwma())) {
            assertThat(strategy.settings()).isNotEmpty().allSatisfy(key -> {
                Settings wrong = new Settings("strategy", Map.of(key.name(), "?!"));
                assertThatThrownBy(() -> key.check().accept(wrong))
                        .hasMessageStartingWith("strategy: " + key.name() + " ");
            });
        }
    }

    @Test
    void otherStarts_areRefused() {
        assertThatThrownBy(() -> new RoundRobin()
                        .open(new Settings("route test, strategy", Map.of("start", "last")), new SplittableRandom(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("route test, strategy: start must be first or spread, not 'last'");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anyWeights_noTargetIsAWholePickAheadAndCyclesAreExact(long seed) {
        List<TargetView> ready = targets(new SplittableRandom(seed));
        long cycle = ready.stream().mapToLong(TargetView::weight).sum();
        Map<String, Long> picked = new HashMap<>();
        for (long n = 1; n <= 3 * cycle; n++) {
            TargetView chosen = ready.get(picker.pick(ready, 0));
            long times = picked.merge(chosen.id(), 1L, Long::sum);
            double share = (double) n * chosen.weight() / cycle;
            assertThat(times - share)
                    .as("seed %d, pick %d: %s ahead of its share", seed, n, chosen)
                    .isLessThan(1);
        }
        ready.forEach(target -> assertThat(picked)
                .as("seed %d, after three cycles", seed)
                .containsEntry(target.id(), 3L * target.weight()));
    }

    @Test
    void targetThatComesBack_getsItsShareAndNoMore() {
        List<TargetView> both = List.of(target("a", 1), target("b", 1));
        List<TargetView> onlyA = both.subList(0, 1);
        picks(both, 10);
        picks(onlyA, 1000);
        assertThat(picks(both, 10)).filteredOn("b"::equals).hasSize(5);
    }

    private List<String> picks(List<TargetView> ready, int times) {
        List<String> ids = new ArrayList<>();
        for (int n = 0; n < times; n++) {
            ids.add(ready.get(picker.pick(ready, n)).id());
        }
        return ids;
    }

    private static List<TargetView> targets(RandomGenerator random) {
        List<TargetView> targets = new ArrayList<>();
        for (int i = random.nextInt(1, 12); i > 0; i--) {
            targets.add(target("t" + i, random.nextInt(1, 50)));
        }
        return targets;
    }

    private static TargetView target(String id, int weight) {
        return new TargetView(id, weight, 0, 64, 1);
    }

    private final Map<String, BalancingStrategy> strategies = ServiceLoader.load(BalancingStrategy.class).stream()
            .map(ServiceLoader.Provider::get)
            .collect(Collectors.toMap(BalancingStrategy::name, Function.identity()));

    @Test
    void eachIsFoundByItsName() {
        assertThat(strategies.keySet())
                .containsExactlyInAnyOrder("round-robin", "least-in-flight", "most-headroom", "peak-ewma", "in-order");
    }

    @Test
    void inOrder_picksTheFirst_howeverBusyAndLight() {
        Picker inOrder = new InOrder().open(Settings.none("route test"), new SplittableRandom(1));
        List<TargetView> ready = List.of(new TargetView("a", 1, 63, 64, 0.01), new TargetView("b", 100, 0, 64, 1));
        assertThat(inOrder.pick(ready, 0)).isZero();
        inOrder.ended("a", Picker.Outcome.FAILED, 1, 0);
        assertThat(inOrder.pick(ready, 1)).isZero();
    }

    @Test
    void whatGivesTurnsSaysWhereTheyStart_andWhatWeighsLatencyHow() {
        strategies.forEach((name, strategy) -> assertThat(strategy.settings())
                .as(name)
                .extracting(SettingKey::name)
                .containsExactlyInAnyOrderElementsOf(
                        switch (name) {
                            case "peak-ewma" -> Set.of("decay", "penalty");
                            case "in-order" -> Set.of();
                            default -> Set.of("start");
                        }));
    }
}
