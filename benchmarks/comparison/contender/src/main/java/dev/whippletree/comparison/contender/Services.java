package dev.whippletree.comparison.contender;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a contender is told when it starts. Immutable.
 *
 * @param best whether to use what its documentation offers beyond the defaults
 * @param name the name under which a gateway offers the accounts to its clients
 * @param model the model to ask of the services
 * @param maxTokens the most tokens of an answer, to be sent with each request
 * @param callers how many may ask at once
 * @param patience how long a call may take before its caller gives up on it and asks again
 * @param accounts the accounts
 * @param warmUp accounts that a gateway offers under the name {@link #WARM_UP}
 * @param tenants on whose behalf callers ask
 * @param folder an empty folder for its files
 */
public record Services(
        boolean best,
        String name,
        String model,
        int maxTokens,
        int callers,
        Duration patience,
        List<Account> accounts,
        List<Account> warmUp,
        List<String> tenants,
        Path folder) {

    /** The name under which a gateway offers the accounts that only warm it up. */
    public static final String WARM_UP = "warm-up";

    public Services {
        accounts = List.copyOf(accounts);
        warmUp = List.copyOf(warmUp);
        tenants = List.copyOf(tenants);
    }

    /** Returns the same with only the accounts that warm up. */
    Services warmingUp() {
        return new Services(best, name, model, maxTokens, callers, patience, warmUp, List.of(), tenants, folder);
    }
}
