package dev.whippletree.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Scope;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class DemandTest {

    private final List<String> asked = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();

    private Target target(String id, String model, Map<String, String> settings, Limit... limits) {
        ScopeState organization = new ScopeState(Scope.of(id));
        organization.declare(List.of(limits), 0);
        Account account = new Account(
                new Topology.OpenAccount(
                        AccountSettings.of(id, "service", Optional.empty(), new Settings("account " + id, settings)),
                        new AskedClient(id)),
                organization,
                4);
        Target target = new Target(account, model, new ScopeState(Scope.of(id, model)));
        targets.add(target);
        return target;
    }

    private Demand demand() {
        Route route = route();
        return Demand.of(Prompt.of("question"), route).reserving(route, new TokenForecast());
    }

    private Route route() {
        RouteSettings.Tier tier = new RouteSettings.Tier(targets.stream()
                .map(target -> new RouteSettings.TargetSettings(target.account().id(), target.model()))
                .toList());
        return new Route(
                RouteSettings.of("default", List.of(tier)),
                List.of(List.copyOf(targets)),
                List.of((ready, now) -> 0),
                0);
    }

    @Test
    void accountsThatAgree_areAskedAsOne() {
        Target first = target("a", "model", Map.of());
        Target second = target("b", "model", Map.of());
        Demand demand = demand();
        assertThat(asked).containsExactly("a model");
        assertThat(demand.tokens(first)).isEqualTo(500);
        assertThat(demand.tokens(second)).isEqualTo(500);
    }

    @Test
    void otherModelsAndOtherSettings_areAskedApart() {
        target("a", "model", Map.of());
        target("b", "another", Map.of());
        target("c", "model", Map.of("counts", "otherwise"));
        demand();
        assertThat(asked).containsExactly("a model", "b another", "c model");
    }

    @Test
    void limitThatIsTooSmallForACompletion_isReservedWhole_whereItIs() {
        Target wide = target("a", "model", Map.of());
        Target narrow = target("b", "model", Map.of(), Limit.tokens(300, Duration.ofMinutes(1)));
        Demand demand = demand();
        assertThat(demand.tokens(wide)).isEqualTo(500);
        assertThat(demand.tokens(narrow)).isEqualTo(300);
        assertThat(demand.neededTokens(narrow)).isEqualTo(100);
        assertThat(demand.mostTokens()).isEqualTo(500);
        assertThat(demand.leastTokens()).isEqualTo(300);
    }

    @Test
    void limitThatIsTooSmallForThePrompt_isAskedForAllThatThePromptNeeds() {
        Target tiny = target("a", "model", Map.of(), Limit.tokens(99, Duration.ofMinutes(1)));
        Demand demand = demand();
        assertThat(demand.tokens(tiny)).isEqualTo(100);
        assertThat(tiny.canEverFit(demand.neededTokens(tiny))).isFalse();
    }

    /** Says what it is asked for. */
    private final class AskedClient implements ProviderClient {

        private final String id;

        AskedClient(String id) {
            this.id = id;
        }

        @Override
        public Admission admission(Prompt prompt, String model) {
            asked.add(id + " " + model);
            return Admission.asMade(100, 400);
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            throw new IllegalStateException("nothing is sent here");
        }

        @Override
        public void close() {}
    }
}
