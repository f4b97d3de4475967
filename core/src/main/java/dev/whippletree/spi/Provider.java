package dev.whippletree.spi;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** A kind of service that answers prompts. Stateless; thread-safe. */
public interface Provider {

    /** Returns the name by which configurations choose it: lower case, unique. */
    String name();

    /** Returns the settings that its accounts may have, beyond those of every account. */
    Set<SettingKey> settings();

    /**
     * Returns the accounts that the environment alone declares, in order.
     *
     * @param environment variables by name; read them from nowhere else
     * @throws IllegalArgumentException if a variable is set but can't be used; names the variable, never its value
     */
    default List<AccountSettings> fromEnvironment(Map<String, String> environment) {
        return List.of();
    }

    /**
     * Returns the variables that {@link #fromEnvironment} reads, each with where to get its value, for messages.
     */
    default Map<String, String> environmentVariables() {
        return Map.of();
    }

    /**
     * Opens an account. Makes no call.
     *
     * @param account the account; the names of its settings are checked already, but this method checks their values
     * @param services what to use instead of own clocks and threads
     * @throws IllegalArgumentException if a setting's value can't be used, saying which and why
     */
    ProviderClient connect(AccountSettings account, Services services);
}
