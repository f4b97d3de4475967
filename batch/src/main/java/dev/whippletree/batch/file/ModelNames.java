package dev.whippletree.batch.file;

import dev.whippletree.config.Configuration;
import dev.whippletree.settings.RouteSettings;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Resolves the model of a line: a route, or a model of a route. Immutable. */
final class ModelNames {

    private final Map<String, Target> targets = new LinkedHashMap<>();

    /**
     * Whom to ask.
     *
     * @param route the route
     * @param model the only model of it; empty: any
     */
    record Target(String route, Optional<String> model) {}

    ModelNames(Configuration configuration) {
        for (RouteSettings route : configuration.routes()) {
            for (String model : models(route)) {
                targets.putIfAbsent(model, new Target(route.name(), Optional.of(model)));
            }
        }
        configuration.routes().forEach(route -> targets.put(route.name(), new Target(route.name(), Optional.empty())));
    }

    /** Returns the models of a route. */
    static Set<String> models(RouteSettings route) {
        Set<String> models = new LinkedHashSet<>();
        route.tiers().forEach(tier -> tier.targets().forEach(target -> models.add(target.model())));
        return models;
    }

    Optional<Target> of(String name) {
        return Optional.ofNullable(targets.get(name));
    }

    /** Returns all names. */
    String all() {
        return String.join(", ", targets.keySet());
    }
}
