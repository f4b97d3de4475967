package dev.whippletree.cli;

import dev.whippletree.config.Configuration;
import dev.whippletree.engine.RouteSettings;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AccountSettings;
import java.util.List;
import java.util.Optional;

/** Checks that the route and the account a user named are configured, before anything is asked. */
final class KnownNames {

    private KnownNames() {}

    /**
     * Checks a prompt against the configuration.
     *
     * @throws UserMistake if it names a route or an account that isn't there, listing those that are
     */
    static void check(Configuration configuration, Prompt prompt) {
        check("route", prompt.route(), routes(configuration));
        check(
                "account",
                prompt.account(),
                configuration.accounts().stream().map(AccountSettings::id).toList());
    }

    private static List<String> routes(Configuration configuration) {
        return configuration.routes().isEmpty()
                ? List.of(Configuration.DEFAULT_ROUTE)
                : configuration.routes().stream().map(RouteSettings::name).toList();
    }

    private static void check(String kind, Optional<String> name, List<String> known) {
        if (name.isPresent() && !known.contains(name.get())) {
            throw new UserMistake(
                    "there is no " + kind + " '" + name.get() + "'; configured: " + String.join(", ", known));
        }
    }
}
