package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.TurnTree.Before;
import dev.whippletree.engine.cache.PromptKeys;
import dev.whippletree.engine.pool.Account;
import dev.whippletree.engine.pool.Demand;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.ScopeState;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.pool.TokenForecast;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Scope;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.Settings;
import dev.whippletree.time.VirtualTimeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a list that is sorted and added up anew each time. */
final class TurnTreeTest {

    private final TurnTree<Flight> tree = new TurnTree<>(TurnTree.OF_FLIGHTS);
    private final List<Flight> flights = new ArrayList<>();
    private final Route route = route();
    private long order;

    /** A route to one account whose service counts as many tokens as a prompt has letters, and as its bound says. */
    private static Route route() {
        ScriptedClient client = new ScriptedClient(new VirtualTimeline(0))
                .admitsPrompts(prompt -> Admission.onEntry(
                        prompt.messages().get(0).text().length(),
                        prompt.parameters().maxTokens().orElse(0)));
        AccountSettings settings = AccountSettings.of("a", "scripted", Optional.empty(), Settings.none("account a"));
        ScopeState organization = new ScopeState(Scope.of("organization"));
        Account account = new Account(new Topology.OpenAccount(settings, client), organization, 1);
        RouteSettings.Tier tier = new RouteSettings.Tier(List.of(new RouteSettings.TargetSettings("a", "model")));
        return new Route(
                RouteSettings.of("default", List.of(tier)),
                List.of(List.of(new Target(account, "model", organization))),
                List.of((ready, now) -> 0),
                0);
    }

    private Flight flight(double turn, int letters, int tokens) {
        Prompt prompt =
                Prompt.builder().user("q".repeat(letters)).maxTokens(tokens).build();
        Flight flight = new Flight(PromptKeys.of(prompt, "default", List.of()), prompt, route, 0);
        flight.demand(Demand.of(prompt, route).reserving(route, new TokenForecast()));
        flight.enter(new Flight.Place() {}, turn, ++order);
        return flight;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatItKnows_isWhatTheSortedListSays(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 1_000; step++) {
            if (flights.isEmpty() || random.nextInt(5) < 3) {
                Flight entering = flight(random.nextInt(50), 1 + random.nextInt(20), 1 + random.nextInt(20));
                flights.add(entering);
                tree.add(entering);
            } else {
                tree.remove(flights.remove(random.nextInt(flights.size())));
            }
            check(seed, flight(random.nextInt(50), 1, 1));
        }
    }

    private void check(long seed, Flight asking) {
        assertThat(tree.size()).as("seed %s", seed).isEqualTo(flights.size());
        assertThat(tree.first())
                .as("seed %s", seed)
                .isEqualTo(flights.stream().min(Flight.IN_TURN).orElse(null));
        for (Limit.Unit unit : List.of(Limit.Unit.TOKENS, Limit.Unit.INPUT_TOKENS, Limit.Unit.OUTPUT_TOKENS)) {
            assertThat(tree.smallest(unit))
                    .as("seed %s, by %s", seed, unit)
                    .isEqualTo(flights.stream()
                            .min(Comparator.comparingLong((Flight flight) -> unit.amountOf(flight.mostTokens()))
                                    .thenComparing(Flight.IN_TURN))
                            .orElse(null));
        }
        List<Flight> before =
                flights.stream().filter(flight -> flight.isBefore(asking)).toList();
        assertThat(tree.before(asking))
                .as("seed %s", seed)
                .isEqualTo(new Before(
                        before.size(),
                        before.stream()
                                .mapToLong(flight -> flight.mostTokens().prompt())
                                .sum(),
                        before.stream()
                                .mapToLong(flight -> flight.mostTokens().completion())
                                .sum()));
    }

    @Test
    void manyInOrder_makeNoDeepTree() {
        for (int index = 0; index < 100_000; index++) {
            tree.add(flight(index, 2, 1));
        }
        assertThat(tree.all()).isEqualTo(new Before(100_000, 200_000, 100_000));
        assertThat(tree.before(flight(70_000, 2, 1))).isEqualTo(new Before(70_001, 140_002, 70_001));
    }
}
