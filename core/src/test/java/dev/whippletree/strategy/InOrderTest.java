package dev.whippletree.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.spi.Picker;
import dev.whippletree.spi.Settings;
import dev.whippletree.spi.TargetView;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InOrderTest {

    private final Picker picker = new InOrder().open(Settings.none("route test"), new SplittableRandom(1));

    @Test
    void firstReady_isPicked_howeverBusyAndLight() {
        TargetView busy = new TargetView("a", 1, 63, 64, 0.01);
        TargetView idle = new TargetView("b", 100, 0, 64, 1);

        for (int n = 0; n < 10; n++) {
            assertThat(picker.pick(List.of(busy, idle), n)).isZero();
            picker.ended("a", Picker.Outcome.FAILED, 1, n);
        }
    }
}
