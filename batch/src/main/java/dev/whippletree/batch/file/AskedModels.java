package dev.whippletree.batch.file;

import dev.whippletree.config.Configuration;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which models may answer which prompts, and those of all prompts so far. Confined to one thread. */
final class AskedModels {

    private final String usualRoute;
    private final Map<String, String> modelsByRoute = new LinkedHashMap<>();
    private final Set<String> routes = new TreeSet<>();
    private final Set<String> models = new TreeSet<>();

    AskedModels(Configuration configuration) {
        this.usualRoute = configuration.routes().get(0).name();
        for (RouteSettings route : configuration.routes()) {
            modelsByRoute.put(route.name(), models(route));
        }
    }

    private static String models(RouteSettings route) {
        return route.tiers().stream()
                .flatMap(tier -> tier.targets().stream())
                .map(RouteSettings.TargetSettings::model)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    String of(Prompt prompt) {
        return prompt.model().orElseGet(() -> modelsByRoute.getOrDefault(route(prompt), ""));
    }

    private String route(Prompt prompt) {
        return prompt.route().orElse(usualRoute);
    }

    void add(Prompt prompt) {
        routes.add(route(prompt));
        models.add(of(prompt));
    }

    /** Returns the routes and models of the prompts that were counted in, by the names that people have for them. */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("route", String.join(", ", routes));
        settings.put("model", String.join(", ", models));
        return settings;
    }
}
