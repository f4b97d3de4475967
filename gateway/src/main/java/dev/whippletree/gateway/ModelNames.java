package dev.whippletree.gateway;

import dev.whippletree.config.Configuration;
import dev.whippletree.engine.RouteSettings;
import dev.whippletree.model.Prompt;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What clients may write as a model: a route's name, a model that a route has, or {@code account/model} for one account's. Immutable.
 *
 * <p>A route's name leaves the choice to the route; a model holds the prompt to it, on the first route that has it.
 */
final class ModelNames {

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** What a name stands for, and whose it is. */
    private record Entry(String owner, UnaryOperator<Prompt.Builder> choice) {}

    ModelNames(Configuration configuration) {
        for (RouteSettings route : configuration.routes()) {
            put(route.name(), "whippletree", prompt -> prompt.route(route.name()));
        }
        for (RouteSettings route : configuration.routes()) {
            route.tiers().stream().flatMap(tier -> tier.targets().stream()).forEach(target -> {
                String model = target.model();
                put(model, "whippletree", prompt -> prompt.route(route.name()).model(model));
                put(
                        target.account() + "/" + model,
                        target.account(),
                        prompt -> prompt.route(route.name()).model(model).account(target.account()));
            });
        }
    }

    private void put(String name, String owner, UnaryOperator<Prompt.Builder> choice) {
        entries.putIfAbsent(name, new Entry(owner, choice));
    }

    /**
     * Sends a prompt where its client wants it.
     *
     * @param name what the client wrote; absent: the default route
     * @throws RequestException if there is nothing of that name
     */
    Prompt.Builder choose(Prompt.Builder prompt, Optional<String> name) {
        if (name.isEmpty()) {
            return prompt;
        }
        Entry entry = entries.get(name.get());
        if (entry == null) {
            throw new RequestException(ApiError.noSuchModel(
                    "no route and no model is named '" + name.get() + "'; GET /v1/models lists what there is"));
        }
        return entry.choice().apply(prompt);
    }

    /** Returns each name and whose it is, routes first. */
    Map<String, String> owners() {
        Map<String, String> owners = new LinkedHashMap<>();
        entries.forEach((name, entry) -> owners.put(name, entry.owner()));
        return owners;
    }
}
