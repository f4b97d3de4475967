package dev.whippletree.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.spi.TargetView;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a configuration can name. */
final class ShippedStrategiesTest {

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
        Picker picker = new InOrder().open(Settings.none("route test"), new SplittableRandom(1));
        List<TargetView> ready = List.of(new TargetView("a", 1, 63, 64, 0.01), new TargetView("b", 100, 0, 64, 1));
        assertThat(picker.pick(ready, 0)).isZero();
        picker.ended("a", Picker.Outcome.FAILED, 1, 0);
        assertThat(picker.pick(ready, 1)).isZero();
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
