package dev.whippletree.config;

import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The model names that programs may use: a route's name or one of its aliases, a model of a route, or
 * {@code account/model} for a model of one account. Immutable.
 *
 * <p>A route's name leaves the choice of the model to the route; a model's name restricts the prompt to that model, on
 * the first route that has it. An ambiguous name is a route's first, then an alias, then a model's.
 */
public final class ModelNames {

    private final Map<String, Choice> choices = new LinkedHashMap<>();

    /**
     * The destination that a name stands for. Immutable.
     *
     * @param route the route
     * @param model the route's only model to use; empty: any
     * @param account the route's only account to use; empty: any
     */
    public record Choice(String route, Optional<String> model, Optional<String> account) {

        /** Sets a prompt's route, model and account; returns its builder. */
        public Prompt.Builder apply(Prompt.Builder prompt) {
            prompt.route(route);
            model.ifPresent(prompt::model);
            account.ifPresent(prompt::account);
            return prompt;
        }
    }

    private ModelNames(List<RouteSettings> routes, Predicate<String> mayUse) {
        List<RouteSettings> usable = routes.stream()
                .filter(route -> !targets(route, mayUse).isEmpty())
                .toList();
        usable.forEach(route -> put(route.name(), route, Optional.empty(), Optional.empty()));
        usable.forEach(
                route -> route.aliases().forEach(alias -> put(alias, route, Optional.empty(), Optional.empty())));
        for (RouteSettings route : usable) {
            targets(route, mayUse)
                    .forEach(target -> put(target.model(), route, Optional.of(target.model()), Optional.empty()));
        }
        for (RouteSettings route : usable) {
            targets(route, mayUse)
                    .forEach(target -> put(
                            target.account() + "/" + target.model(),
                            route,
                            Optional.of(target.model()),
                            Optional.of(target.account())));
        }
    }

    /** Returns the names of all routes, models and accounts. */
    public static ModelNames of(List<RouteSettings> routes) {
        return of(routes, account -> true);
    }

    /**
     * Returns the names that some client may use.
     *
     * @param routes the routes that the client may use
     * @param mayUse whether the client may use an account
     */
    public static ModelNames of(List<RouteSettings> routes, Predicate<String> mayUse) {
        return new ModelNames(routes, mayUse);
    }

    private static List<TargetSettings> targets(RouteSettings route, Predicate<String> mayUse) {
        return route.tiers().stream()
                .flatMap(tier -> tier.targets().stream())
                .filter(target -> mayUse.test(target.account()))
                .toList();
    }

    private void put(String name, RouteSettings route, Optional<String> model, Optional<String> account) {
        choices.putIfAbsent(name, new Choice(route.name(), model, account));
    }

    /** Returns the destination of a name; empty if the name is unknown. */
    public Optional<Choice> find(String name) {
        return Optional.ofNullable(choices.get(name));
    }

    /** Returns the destinations by name: routes first, then aliases, models, and models of single accounts. */
    public Map<String, Choice> all() {
        return Collections.unmodifiableMap(choices);
    }

    /** Returns the message for an unknown name: what to do, and which names there are. */
    public String noneIsNamed(String name) {
        return "no route or model is named '" + name + "'; give a route this name, or add it to a route's aliases"
                + Names.suggestion(name, withoutAccounts());
    }

    /** Returns the names without those of single accounts. */
    public List<String> withoutAccounts() {
        return choices.entrySet().stream()
                .filter(entry -> entry.getValue().account().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }
}
