package dev.whippletree.gateway.clients;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.config.ModelNames;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The {@linkplain ModelNames names} that a client may write for a model, those of single accounts only if accounts are
 * shown. Immutable. Whatever is written, only the client's accounts answer.
 */
public final class ClientModels {

    private static final String OWNER = "whippletree";

    private final Map<String, ModelNames.Choice> choices = new LinkedHashMap<>();
    private final List<String> accounts;

    /** Finds what a client may ask; absent: all that there is. */
    ClientModels(Optional<GatewaySettings.Client> client, Configuration configuration, Disclosure disclosure) {
        List<RouteSettings> routes = configuration.routes().stream()
                .filter(route -> client.map(one -> one.mayName(route.name())).orElse(true))
                .toList();
        Predicate<String> mayUse =
                account -> client.map(one -> one.mayUse(account)).orElse(true);
        this.accounts = client.map(GatewaySettings.Client::accounts).orElse(List.of());
        ModelNames.of(routes, mayUse).all().forEach((name, choice) -> {
            if (choice.account().isEmpty() || disclosure.accountsShown()) {
                choices.put(name, choice);
            }
        });
    }

    /**
     * Sends a prompt where its client wants it.
     *
     * @param name what the client wrote; absent: the first route that it may name, which is the default one if it may
     *     name that
     * @return the name of its route
     * @throws RequestException if there is nothing of that name for it
     */
    public String choose(Prompt.Builder prompt, Optional<String> name) {
        String chosen = name.orElseGet(() -> choices.keySet().iterator().next());
        ModelNames.Choice choice = choices.get(chosen);
        if (choice == null) {
            throw new RequestException(ApiError.noSuchModel("no route or model is named '" + chosen
                    + "'; GET /v1/models lists all names. In the"
                    + " configuration you can give a route this name, or add it to its aliases"));
        }
        choice.apply(prompt.accounts(accounts));
        return choice.route();
    }

    /** Returns each name and whose it is, routes first. */
    Map<String, String> owners() {
        Map<String, String> owners = new LinkedHashMap<>();
        choices.forEach((name, choice) -> owners.put(name, choice.account().orElse(OWNER)));
        return owners;
    }
}
