package dev.whippletree.langchain4j;

import dev.langchain4j.exception.ModelNotFoundException;
import dev.whippletree.config.Configuration;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds what a model's name stands for, as the gateway does. */
final class ModelName {

    private ModelName() {}

    /**
     * Sends a prompt to where its model's name says: to the route of that name or alias, else to that model on the
     * first route that has it, else to the one account of {@code account/model}.
     *
     * @throws ModelNotFoundException if there is nothing of that name, saying what there is
     */
    static void apply(String name, Configuration configuration, Prompt.Builder prompt) {
        List<RouteSettings> routes = configuration.routes();
        Optional<RouteSettings> named = first(routes, route -> route.name().equals(name))
                .or(() -> first(routes, route -> route.aliases().contains(name)));
        if (named.isPresent()) {
            prompt.route(named.get().name());
            return;
        }
        for (RouteSettings route : routes) {
            if (targets(route).anyMatch(target -> target.model().equals(name))) {
                prompt.route(route.name()).model(name);
                return;
            }
        }
        for (RouteSettings route : routes) {
            Optional<TargetSettings> target = targets(route)
                    .filter(one -> name.equals(one.account() + "/" + one.model()))
                    .findFirst();
            if (target.isPresent()) {
                prompt.route(route.name())
                        .model(target.get().model())
                        .account(target.get().account());
                return;
            }
        }
        throw new ModelNotFoundException("no route or model is named '" + name + "'; there are: "
                + routes.stream()
                        .flatMap(route -> Stream.concat(
                                Stream.concat(Stream.of(route.name()), route.aliases().stream()),
                                targets(route).map(TargetSettings::model)))
                        .distinct()
                        .collect(Collectors.joining(", "))
                + ". In the configuration you can give a route this name, or add it to its aliases");
    }

    private static Optional<RouteSettings> first(List<RouteSettings> routes, Predicate<RouteSettings> wanted) {
        return routes.stream().filter(wanted).findFirst();
    }

    private static Stream<TargetSettings> targets(RouteSettings route) {
        return route.tiers().stream().flatMap(tier -> tier.targets().stream());
    }
}
