package dev.whippletree.gateway;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The model names that a client may use: a route's name or one of its aliases, a model of a route, or, if accounts are
 * shown, {@code account/model} for one account. Immutable.
 *
 * <p>A route's name leaves the choice to the route; a model holds the prompt to it, on the first route that has it. Whatever is written,
 * only the client's accounts answer.
 */
final class ModelNames {

    private static final String OWNER = "whippletree";

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final List<String> accounts;

    /** What a name stands for, and whose it is. */
    private record Entry(String owner, UnaryOperator<Prompt.Builder> choice) {}

    private ModelNames(List<RouteSettings> routes, Predicate<String> mayUse, List<String> accounts, boolean named) {
        this.accounts = accounts;
        routes.stream()
                .filter(route -> !targets(route, mayUse).isEmpty())
                .map(RouteSettings::name)
                .forEach(name -> put(name, OWNER, prompt -> prompt.route(name)));
        routes.stream()
                .filter(route -> !targets(route, mayUse).isEmpty())
                .forEach(route ->
                        route.aliases().forEach(alias -> put(alias, OWNER, prompt -> prompt.route(route.name()))));
        for (RouteSettings route : routes) {
            for (TargetSettings target : targets(route, mayUse)) {
                String model = target.model();
                put(model, OWNER, prompt -> prompt.route(route.name()).model(model));
                if (named) {
                    put(
                            target.account() + "/" + model,
                            target.account(),
                            prompt -> prompt.route(route.name()).model(model).account(target.account()));
                }
            }
        }
    }

    /** Returns the names for a client without restrictions. */
    static ModelNames all(Configuration configuration, Disclosure disclosure) {
        return new ModelNames(configuration.routes(), account -> true, List.of(), disclosure.accountsShown());
    }

    /** Returns what a client may ask. */
    static ModelNames of(GatewaySettings.Client client, Configuration configuration, Disclosure disclosure) {
        List<RouteSettings> routes = configuration.routes().stream()
                .filter(route -> client.mayName(route.name()))
                .toList();
        return new ModelNames(routes, client::mayUse, client.accounts(), disclosure.accountsShown());
    }

    private static List<TargetSettings> targets(RouteSettings route, Predicate<String> mayUse) {
        return route.tiers().stream()
                .flatMap(tier -> tier.targets().stream())
                .filter(target -> mayUse.test(target.account()))
                .toList();
    }

    private void put(String name, String owner, UnaryOperator<Prompt.Builder> choice) {
        entries.putIfAbsent(name, new Entry(owner, choice));
    }

    /**
     * Sends a prompt where its client wants it.
     *
     * @param name what the client wrote; absent: the first route that it may name, which is the default one if it may name that
     * @throws RequestException if there is nothing of that name for it
     */
    Prompt.Builder choose(Prompt.Builder prompt, Optional<String> name) {
        String chosen = name.orElseGet(() -> entries.keySet().iterator().next());
        Entry entry = entries.get(chosen);
        if (entry == null) {
            throw new RequestException(ApiError.noSuchModel("no route or model is named '" + chosen
                    + "'; GET /v1/models lists all names. In the"
                    + " configuration you can give a route this name, or add it to its aliases"));
        }
        return entry.choice().apply(prompt.accounts(accounts));
    }

    /** Returns each name and whose it is, routes first. */
    Map<String, String> owners() {
        Map<String, String> owners = new LinkedHashMap<>();
        entries.forEach((name, entry) -> owners.put(name, entry.owner()));
        return owners;
    }
}
