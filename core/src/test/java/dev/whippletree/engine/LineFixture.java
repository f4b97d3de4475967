package dev.whippletree.engine;

import dev.whippletree.engine.cache.PromptKeys;
import dev.whippletree.engine.pool.Account;
import dev.whippletree.engine.pool.Demand;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.pool.TokenForecast;
import dev.whippletree.engine.pool.Topology;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Scope;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.Settings;
import dev.whippletree.time.VirtualTimeline;
import java.util.List;
import java.util.Optional;

/**
 * An account without limits, routes to it, and flights by them. Its service counts as many tokens as a prompt has letters, and as its
 * bound says.
 */
final class LineFixture {

    final Target target;

    LineFixture() {
        ScriptedClient client = new ScriptedClient(new VirtualTimeline(0))
                .admitsPrompts(prompt -> Admission.onEntry(
                        prompt.messages().get(0).text().length(),
                        prompt.parameters().maxTokens().orElse(0)));
        AccountSettings settings = AccountSettings.of("a", "scripted", Optional.empty(), Settings.none("account a"));
        ScopeState organization = new ScopeState(Scope.of("organization"));
        Account account = new Account(new Topology.OpenAccount(settings, client), organization, 1);
        target = new Target(account, "model", organization);
    }

    Route route(String name) {
        RouteSettings.Tier tier = new RouteSettings.Tier(List.of(new RouteSettings.TargetSettings("a", "model")));
        return new Route(
                RouteSettings.of(name, List.of(tier)), List.of(List.of(target)), List.of((ready, now) -> 0), 0);
    }

    Flight flight(Prompt prompt, Route route) {
        Flight flight = new Flight(PromptKeys.of(prompt, route.name(), List.of()), prompt, route, 0);
        flight.demand(Demand.of(prompt, route).reserving(route, new TokenForecast()));
        return flight;
    }
}
