package dev.whippletree.comparison.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The configuration file of Whippletree, as library and as gateway alike. */
public final class WhippletreeFile {

    private WhippletreeFile() {}

    /** Writes it into the services' folder, and returns where it is. */
    public static Path write(Services services) throws IOException {
        return Files.writeString(services.folder().resolve("whippletree.yaml"), text(services));
    }

    /** Returns the key with which the gateway knows a tenant. */
    public static String key(String tenant) {
        return "key-of-the-tenant-" + tenant;
    }

    private static String text(Services services) {
        String text = "accounts:\n" + accounts(services, services.accounts()) + accounts(services, services.warmUp())
                + "default-route: " + services.name() + "\nroutes:\n"
                + route(services, services.name(), services.accounts());
        if (!services.warmUp().isEmpty()) {
            text += route(services, Services.WARM_UP, services.warmUp());
        }
        return text + clients(services);
    }

    private static String accounts(Services services, List<Account> accounts) {
        return accounts.stream().map(account -> account(services, account)).collect(Collectors.joining());
    }

    private static String account(Services services, Account account) {
        // configuration
        String shipped = "  - { id: %s, provider: %s, token: %s, base-url: '%s' }\n"
                .formatted(account.id(), account.provider(), account.token(), baseUrl(account));
        String best =
                "  - { id: %s, provider: %s, token: %s, base-url: '%s', max-concurrency: %d, transit: 200ms, limits: [%s] }\n"
                        .formatted(
                                account.id(),
                                account.provider(),
                                account.token(),
                                baseUrl(account),
                                services.callers(),
                                String.join(", ", account.limits()));
        // end
        return services.best() ? best : shipped;
    }

    private static String route(Services services, String name, List<Account> accounts) {
        String models = accounts.stream()
                .map(account -> "{ account: %s, model: %s }".formatted(account.id(), services.model()))
                .collect(Collectors.joining(", "));
        // configuration
        String shipped = "  %s: { tiers: [[%s]], max-tokens: %d }\n".formatted(name, models, services.maxTokens());
        String best =
                "  %1$s: { tiers: [[%2$s]], max-tokens: %3$d, timeouts: { first-token: %4$s, between-tokens: %4$s, whole: %4$s } }\n"
                        .formatted(
                                name,
                                models,
                                services.maxTokens(),
                                services.patience().toMillis() + "ms");
        // end
        return services.best() ? best : shipped;
    }

    /** Whippletree's provider for Groq adds the rest of the path by itself. */
    private static String baseUrl(Account account) {
        return account.provider().equals("groq") ? account.url().replace("/openai/v1", "") : account.url();
    }

    private static String clients(Services services) {
        return "gateway:\n  clients:\n"
                + services.tenants().stream()
                        .map(tenant -> "    - { name: t%s, key: %s }\n".formatted(tenant, key(tenant)))
                        .collect(Collectors.joining());
    }
}
