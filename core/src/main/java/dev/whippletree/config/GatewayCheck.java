package dev.whippletree.config;

import dev.whippletree.config.GatewaySettings.Client;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks a gateway's settings against the configuration behind it, from a file or a program: distinct and readable
 * keys, existing accounts and routes, weights that match the tenants'. Stateless.
 */
public final class GatewayCheck {

    static final String NOTHING_TO_ASK = "no route that this client may use has an account that it may use";

    private GatewayCheck() {}

    /**
     * Returns all problems, a sentence each, without keys. Reads the keys, perhaps from files.
     *
     * @param settings the gateway's settings
     * @param configuration the configuration whose accounts and routes its clients may name
     */
    public static List<String> problems(GatewaySettings settings, Configuration configuration) {
        List<String> problems = new ArrayList<>();
        KeyOwners owners = new KeyOwners();
        List<String> accounts =
                configuration.accounts().stream().map(AccountSettings::id).toList();
        List<String> routes =
                configuration.routes().stream().map(RouteSettings::name).toList();
        for (Client client : settings.clients()) {
            String where = KeyOwners.client(client.name());
            owners.claim(where, client.key()).ifPresent(problems::add);
            unknown(where, "account", client.accounts(), accounts, problems);
            unknown(where, "route", client.routes(), routes, problems);
            client.weight()
                    .filter(weight -> configuration.weights().of(client.name()) != weight)
                    .ifPresent(weight -> problems.add(where + ": its weight is " + weight
                            + " in this client, but "
                            + configuration.weights().of(client.name()) + " in the configuration behind the"
                            + " gateway; set it only there, in tenant-weights"));
            if (!hasRoute(client, configuration.routes())) {
                problems.add(where + ": " + NOTHING_TO_ASK);
            }
        }
        settings.watchKey().flatMap(key -> owners.claim(KeyOwners.WATCHER, key)).ifPresent(problems::add);
        return problems;
    }

    private static void unknown(
            String where, String noun, List<String> named, Collection<String> known, List<String> problems) {
        named.stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> problems.add(where + ": " + Names.unknown(noun, name, known)));
    }

    static boolean hasRoute(Client client, List<RouteSettings> routes) {
        return routes.stream()
                .filter(route -> client.mayName(route.name()))
                .flatMap(route -> route.tiers().stream())
                .flatMap(tier -> tier.targets().stream())
                .anyMatch(target -> client.mayUse(target.account()));
    }

    /**
     * Maps keys of a gateway to their owners: no two clients may have the same key, and no client the watch key.
     * Confined to one check.
     */
    static final class KeyOwners {

        static final String WATCHER = "gateway.watch-key";

        /** Keys should be random: 16 hexadecimal digits are 64 bits. */
        private static final int ENOUGH_CHARACTERS = 16;

        private final Map<String, String> owners = new HashMap<>();

        /**
         * Remembers a key.
         *
         * @param owner its owner, as messages name it
         * @return the problem, if it has another owner too, or can't be read or sent; never the key
         */
        Optional<String> claim(String owner, Secret key) {
            try {
                String revealed = key.reveal();
                // Clients encode other characters in different ways, if at all.
                if (!revealed.chars().allMatch(character -> character >= ' ' && character <= '~')) {
                    return Optional.of("the key of " + owner + " has characters that headers can't have; use only"
                            + " ASCII, for example from 'openssl rand -hex 32'");
                }
                return Optional.ofNullable(owners.putIfAbsent(revealed, owner))
                        .map(other -> other + " and " + owner + " have the same key; give each its own key");
            } catch (RuntimeException e) {
                return Optional.of("the key of " + owner + " can't be read: " + e.getMessage());
            }
        }

        /** Returns a warning if a key is short enough to be guessed; none if it can't be read. */
        static Optional<String> weakness(String owner, Secret key) {
            try {
                return key.reveal().length() >= ENOUGH_CHARACTERS
                        ? Optional.empty()
                        : Optional.of("the key of " + owner + " has fewer than " + ENOUGH_CHARACTERS
                                + " characters, so it could be guessed; use a longer one, for example from"
                                + " 'openssl rand -hex 32'");
            } catch (RuntimeException e) {
                return Optional.empty();
            }
        }

        static String client(String name) {
            return "client '" + name + "'";
        }
    }
}
