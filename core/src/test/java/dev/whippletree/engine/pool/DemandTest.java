package dev.whippletree.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DemandTest {

    private static final TokenCount ALL = new TokenCount(100, 400);
    private static final TokenCount PROMPT = new TokenCount(100, 0);

    private final List<String> asked = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();

    private Target target(String id, String model, Map<String, String> settings, Limit... limits) {
        ScopeState organization = new ScopeState(Scope.of(id));
        organization.limits().declare(List.of(limits), 0);
        Account account = new Account(
                new Topology.OpenAccount(
                        AccountSettings.of(id, "service", Optional.empty(), new Settings("account " + id, settings)),
                        new AskedClient(id)),
                organization,
                4);
        Target target = new Target(
                account, model, new ScopeState(Scope.of(id, model)), Target.TokenizerKey.of(account.settings(), model));
        targets.add(target);
        return target;
    }

    private Demand demand() {
        Route route = route();
        return Demand.of(Prompt.of("question"), route, (account, fault) -> {}).reserving(route, new TokenForecast());
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
    void accountsThatAgree_areAskedAsOne_otherModelsAndOtherSettingsApart() {
        Target first = target("a", "model", Map.of());
        Target second = target("b", "model", Map.of());
        target("c", "another", Map.of());
        target("d", "model", Map.of("counts", "otherwise"));
        Demand demand = demand();
        assertThat(asked).containsExactly("a model", "c another", "d model");
        assertThat(demand.tokens(first)).isEqualTo(ALL);
        assertThat(demand.tokens(second)).isEqualTo(ALL);
    }

    @Test
    void limitThatIsTooSmallForACompletion_isReservedWhole_whereItIs() {
        Target wide = target("a", "model", Map.of());
        Target narrow = target("b", "model", Map.of(), Limit.tokens(300, Duration.ofMinutes(1)));
        Demand demand = demand();
        assertThat(demand.tokens(wide)).isEqualTo(ALL);
        assertThat(demand.tokens(narrow)).isEqualTo(new TokenCount(100, 200));
        assertThat(demand.neededTokens(narrow)).isEqualTo(PROMPT);
        assertThat(demand.mostTokens()).isEqualTo(ALL);
        assertThat(demand.isAlikeEverywhere()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "400 output-tokens / 1m, 400, true",
        "300 output-tokens / 1m, 300, true",
        "100 input-tokens / 1m, 400, true",
        "99 input-tokens / 1m, 400, false",
        "100 tokens / 1m, 0, true",
        "99 tokens / 1m, 0, false"
    })
    void ofALimit_noMoreIsAskedThanItAllows_ofWhatItCounts(String limit, long completion, boolean fits) {
        Target target = target("a", "model", Map.of(), Limit.parse(limit));
        Demand demand = demand();
        assertThat(demand.tokens(target)).isEqualTo(new TokenCount(100, completion));
        assertThat(target.canEverFit(demand.neededTokens(target))).isEqualTo(fits);
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
