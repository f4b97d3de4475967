package dev.whippletree.engine.pool;

import dev.whippletree.engine.pool.Route.Allowed;
import dev.whippletree.model.Prompt;
import java.util.List;
import java.util.Optional;

/** Validates a prompt's route, account and model. Stateless. */
public final class DestinationCheck {

    private DestinationCheck() {}

    /**
     * Returns what is wrong, with what there is instead; empty if nothing is.
     *
     * @param route the route it names, or the default one; empty: there is none of that name
     */
    public static Optional<String> of(Prompt prompt, Optional<Route> route, Pool pool) {
        if (route.isEmpty()) {
            List<String> known =
                    pool.routes().stream().map(Route::name).sorted().toList();
            return Optional.of("no route is named '" + prompt.route().orElse("") + "'; known: " + known);
        }
        return prompt.account()
                .flatMap(account -> ofAccount(account, route.get(), pool))
                .or(() -> prompt.model().flatMap(model -> ofModel(model, prompt, route.get())))
                .or(() -> ofAllowed(Allowed.by(prompt), route.get()));
    }

    private static Optional<String> ofAllowed(Allowed allowed, Route route) {
        return route.targets().stream().anyMatch(allowed::has)
                ? Optional.empty()
                : Optional.of("none of the accounts that may answer this prompt is on route '" + route.name() + "'");
    }

    private static Optional<String> ofAccount(String account, Route route, Pool pool) {
        if (!pool.hasAccount(account)) {
            List<String> known = pool.accounts().stream().map(Account::id).toList();
            return Optional.of("no account is named '" + account + "'; known: " + known);
        }
        boolean onRoute = route.targets().stream()
                .anyMatch(target -> target.account().id().equals(account));
        return onRoute
                ? Optional.empty()
                : Optional.of("account '" + account + "' is not on route '" + route.name() + "'");
    }

    private static Optional<String> ofModel(String model, Prompt prompt, Route route) {
        Optional<String> account = prompt.account();
        List<String> known = route.targets().stream()
                .filter(target -> account.isEmpty()
                        || account.get().equals(target.account().id()))
                .map(Target::model)
                .distinct()
                .toList();
        String whose = account.map(id -> " for account '" + id + "'").orElse("");
        return known.contains(model)
                ? Optional.empty()
                : Optional.of("model '" + model + "' is not on route '" + route.name() + "'" + whose + "; there are "
                        + known);
    }
}
