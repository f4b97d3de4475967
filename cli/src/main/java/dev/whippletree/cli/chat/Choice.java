package dev.whippletree.cli.chat;

import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.config.Configuration;
import dev.whippletree.config.Names;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The route or account for the next question. Immutable.
 *
 * @param route the route; absent: the default one
 * @param account the only account that may answer; absent: any
 */
public record Choice(Optional<String> route, Optional<String> account) {

    /** Rejects null. */
    public Choice {
        Objects.requireNonNull(route, "route");
        Objects.requireNonNull(account, "account");
    }

    static List<String> routes(Configuration configuration) {
        return configuration.routes().stream().map(RouteSettings::name).toList();
    }

    static List<String> accounts(Configuration configuration) {
        return configuration.accounts().stream().map(AccountSettings::id).toList();
    }

    /**
     * Returns this if both are configured.
     *
     * @throws UserMistake if one isn't, with what was probably meant
     */
    Choice in(Configuration configuration) {
        route.ifPresent(name -> require("route", name, routes(configuration)));
        account.ifPresent(name -> require("account", name, accounts(configuration)));
        return this;
    }

    private static void require(String what, String name, List<String> known) {
        if (!known.contains(name)) {
            throw new UserMistake("there is no " + what + " '" + name + "'" + Names.suggestion(name, known));
        }
    }

    Choice withRoute(String name) {
        return new Choice(Optional.of(name), account);
    }

    Choice withAccount(Optional<String> id) {
        return new Choice(route, id);
    }

    Prompt.Builder applyTo(Prompt.Builder prompt) {
        route.ifPresent(prompt::route);
        account.ifPresent(prompt::account);
        return prompt;
    }

    /** Returns what stands before a message that is typed. */
    String prompt() {
        return route.orElse("") + account.map(id -> "@" + id).orElse("") + "> ";
    }
}
