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
        String common = "id: %s, provider: %s, token: %s, base-url: '%s'"
                .formatted(account.id(), account.provider(), account.token(), baseUrl(account));
        if (!services.best()) {
            // configuration shipped
            return "  - { %s }\n".formatted(common);
            // end
        }
        // configuration best
        return "  - { %s, max-concurrency: %d, limits: [%s] }\n"
                .formatted(common, services.callers(), String.join(", ", account.limits()));
        // end
    }

    private static String route(Services services, String name, List<Account> accounts) {
        String models = accounts.stream()
                .map(account -> "{ account: %s, model: %s }".formatted(account.id(), services.model()))
                .collect(Collectors.joining(", "));
        String common = "tiers: [[%s]], max-tokens: %d".formatted(models, services.maxTokens());
        if (!services.best()) {
            // configuration shipped
            return "  %s: { %s }\n".formatted(name, common);
            // end
        }
        // configuration best
        return "  %1$s: { %2$s, timeouts: { first-token: %3$s, between-tokens: %3$s, whole: %3$s } }\n"
                .formatted(name, common, services.patience().toMillis() + "ms");
        // end
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
