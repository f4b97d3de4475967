package dev.whippletree.engine.saving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.ScriptedClient;
import dev.whippletree.engine.pool.Pool;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.state.ClosedPlace;
import dev.whippletree.time.VirtualTimeline;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ClosedPlacesTest {

    private static ClosedPlace account(String id) {
        return new ClosedPlace(ClosedPlace.Extent.ACCOUNT, id, Optional.empty());
    }

    @Test
    void accountThatWasClosedAndIsGone_isForgotten() {
        AccountSettings settings = AccountSettings.builder("b", "scripted").build();
        RouteSettings route = RouteSettings.of("default", List.of(new Tier(List.of(new TargetSettings("b", "model")))));
        Topology topology = new Topology(
                List.of(new Topology.OpenAccount(settings, new ScriptedClient(new VirtualTimeline(0)))),
                Map.of("default", new Topology.OpenRoute(route, List.of((ready, now) -> 0))),
                "default",
                List.of(),
                List.of());
        Pool pool = new Pool(topology, EngineSettings.DEFAULT, 0);
        ClosedPlaces places = new ClosedPlaces(pool, Map.of(), Set.of(account("a"), account("b")));
        assertThat(places.closed()).containsExactly(account("b"));
    }
}
