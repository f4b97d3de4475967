package magpie;

import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Picker;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.spi.TargetView;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Draws lots, as many for each target as its weight. */
public final class DiceStrategy implements BalancingStrategy {

    @Override
    public String name() {
        return "dice";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public Picker open(Settings settings, RandomGenerator random) {
        return (ready, nowNanos) -> {
            int lot = random.nextInt(ready.stream().mapToInt(TargetView::weight).sum());
            int index = 0;
            while (lot >= ready.get(index).weight()) {
                lot -= ready.get(index++).weight();
            }
            return index;
        };
    }
}
