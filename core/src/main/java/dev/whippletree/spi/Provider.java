package dev.whippletree.spi;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** A kind of service that answers prompts. Stateless; thread-safe. */
public interface Provider {

    /** Returns the name by which configurations choose it: lower case, unique. */
    String name();

    /** Returns the settings an account of it may have beyond those every account has. */
    Set<SettingKey> settings();

    /**
     * Returns the accounts that the environment alone declares, in order.
     *
     * @param environment variables by name; not to be read from anywhere else
     * @throws IllegalArgumentException if a variable is there but can't be used, naming it and never its value
     */
    default List<AccountSettings> fromEnvironment(Map<String, String> environment) {
        return List.of();
    }

    /**
     * Returns the variables {@link #fromEnvironment} looks at, each with how to get what belongs in it, for messages.
     */
    default Map<String, String> environmentVariables() {
        return Map.of();
    }

    /**
     * Opens an account. Makes no call.
     *
     * @param account the account; its settings have known names, their values are this method's to check
     * @param services what to use instead of own clocks and threads
     * @throws IllegalArgumentException if a setting's value can't be used, saying which and why
     */
    ProviderClient connect(AccountSettings account, Services services);
}
