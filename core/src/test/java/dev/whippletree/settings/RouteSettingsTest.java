package dev.whippletree.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RouteSettingsTest {

    private static final TargetSettings FIRST = new TargetSettings("a", "m");
    private static final TargetSettings SECOND = new TargetSettings("b", "m");

    @Test
    void builder_setsEachValue() {
        Settings decay = new Settings("route r, strategy", Map.of("decay", "30s"));
        Retries retries = Retries.DEFAULT.withAttemptsPerTarget(3);
        Timeouts timeouts = Timeouts.DEFAULT.withWhole(Duration.ofMinutes(5));
        RouteSettings route = RouteSettings.builder("r")
                .tier(FIRST, SECOND)
                .tier(SECOND)
                .strategy("peak-ewma", decay)
                .patience(Duration.ofSeconds(1))
                .deadline(Duration.ofMinutes(2))
                .maxTokens(600)
                .ttl(Duration.ofHours(1))
                .retries(retries)
                .timeouts(timeouts)
                .aliases(List.of("gpt-4o-mini"))
                .leave(0.1)
                .build();

        assertThat(route.name()).isEqualTo("r");
        assertThat(route.tiers()).containsExactly(new Tier(List.of(FIRST, SECOND)), new Tier(List.of(SECOND)));
        assertThat(route.strategy()).isEqualTo("peak-ewma");
        assertThat(route.strategySettings()).isEqualTo(decay);
        assertThat(route.patience()).isEqualTo(Duration.ofSeconds(1));
        assertThat(route.deadline()).contains(Duration.ofMinutes(2));
        assertThat(route.maxTokens()).hasValue(600);
        assertThat(route.ttl()).contains(Duration.ofHours(1));
        assertThat(route.retries()).isEqualTo(retries);
        assertThat(route.timeouts()).isEqualTo(timeouts);
        assertThat(route.aliases()).containsExactly("gpt-4o-mini");
        assertThat(route.leave()).isEqualTo(0.1);
        assertThat(route.toBuilder().build()).isEqualTo(route);
    }

    @Test
    void leavingMoreThanNineTenths_isRefused() {
        RouteSettings.Builder route = RouteSettings.builder("r").tier(FIRST).leave(0.91);
        assertThatThrownBy(route::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("route r: leave must be 0 % to 90 % of each limit, not 91.0 %");
    }

    @Test
    void routeWithoutATier_isRefused() {
        assertThatThrownBy(() -> RouteSettings.builder("r").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("route r: add at least one tier");
    }
}
