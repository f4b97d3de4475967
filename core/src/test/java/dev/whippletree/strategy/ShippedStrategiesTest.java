package dev.whippletree.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.SettingKey;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
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
