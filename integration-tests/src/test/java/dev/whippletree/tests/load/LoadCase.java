package dev.whippletree.tests.load;

import dev.whippletree.Whippletree;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.stress.interviews.Interviews;
import java.util.List;
import java.util.OptionalInt;

/**
 * A service, its accounts, and who asks what. Immutable.
 *
 * @param interviews who asks what
 * @param service the emulated service
 * @param accounts the accounts the library is configured with
 * @param models the models each account is asked for, as good as each other
 * @param maxTokens the route's bound on answers; absent: none
 */
record LoadCase(
        Interviews interviews,
        ServiceSettings service,
        List<LoadAccount> accounts,
        List<String> models,
        OptionalInt maxTokens) {

    /** The one model of most cases; every service knows it. */
    private static final String MODEL = "openai/gpt-oss-20b";

    /** Copies what is mutable. */
    LoadCase {
        accounts = List.copyOf(accounts);
        models = List.copyOf(models);
    }

    /** Returns a case of one model. */
    static LoadCase of(Interviews interviews, ServiceSettings service, LoadAccount... accounts) {
        return new LoadCase(interviews, service, List.of(accounts), List.of(MODEL), OptionalInt.empty());
    }

    /**
     * Returns a builder with the accounts of this case, at the address the service listens on, and without any cache.
     */
    Whippletree.Builder configured(String baseUrl) {
        Whippletree.Builder builder = Whippletree.builder();
        String provider = service.kind().provider();
        accounts.forEach(account -> builder.account(account.settings(provider, baseUrl)));
        return builder.route(RouteSettings.of("load", List.of(new Tier(targets()))).toBuilder()
                .maxTokens(maxTokens)
                .build());
    }

    private List<TargetSettings> targets() {
        return accounts.stream()
                .flatMap(account -> models.stream().map(model -> new TargetSettings(account.id(), model)))
                .toList();
    }
}
