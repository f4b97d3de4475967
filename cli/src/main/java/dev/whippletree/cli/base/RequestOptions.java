package dev.whippletree.cli.base;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.Names;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of commands that ask for something: who may answer, and how. */
public class RequestOptions {

    @Option(names = "--route", paramLabel = "ROUTE", description = "The configured route; default: the first.")
    private Optional<String> route = Optional.empty();

    @Option(names = "--account", paramLabel = "ID", description = "The only account that may answer.")
    private Optional<String> account = Optional.empty();

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            defaultValue = "2m",
            description = "How long to wait for the answer; default: ${DEFAULT-VALUE}.")
    private Duration deadline = Duration.ofMinutes(2);

    @Option(names = "--no-cache", description = "Ask for a fresh answer, even if one is stored.")
    private boolean noCache;

    @Option(names = "--tenant", paramLabel = "NAME", description = "The tenant; no other tenant sees its answers.")
    private Optional<String> tenant = Optional.empty();

    @Option(
            names = "--session",
            paramLabel = "NAME",
            description = "The session; sessions take turns when there is little room.")
    private Optional<String> session = Optional.empty();

    public void checkNames(Configuration configuration) {
        checkNames(configuration, route, account);
    }

    /** Refuses a route and an account that the configuration hasn't, with the name that was probably meant. */
    public static void checkNames(Configuration configuration, Optional<String> route, Optional<String> account) {
        route.ifPresent(name -> check(
                "route",
                name,
                configuration.routes().stream().map(RouteSettings::name).toList()));
        account.ifPresent(id -> check(
                "account",
                id,
                configuration.accounts().stream().map(AccountSettings::id).toList()));
    }

    private static void check(String what, String name, List<String> known) {
        if (!known.contains(name)) {
            throw new UserMistake(
                    "--" + what + ": there is no " + what + " '" + name + "'" + Names.suggestion(name, known));
        }
    }

    /** Returns the beginning of a prompt: all but its messages and parameters. */
    public Prompt.Builder builder() {
        Prompt.Builder builder = Prompt.builder().deadline(deadline);
        route.ifPresent(builder::route);
        account.ifPresent(builder::account);
        tenant.ifPresent(builder::tenant);
        session.ifPresent(builder::session);
        if (noCache) {
            builder.noCache();
        }
        return builder;
    }
}
