package dev.whippletree.cli;

import dev.whippletree.spi.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds the providers on the class path, for messages that say what their accounts need. */
final class InstalledProviders {

    private InstalledProviders() {}

    /** Returns those that load; one that doesn't is the configuration's to complain about. */
    static List<Provider> find() {
        List<Provider> providers = new ArrayList<>();
        for (ServiceLoader.Provider<Provider> entry :
                ServiceLoader.load(Provider.class).stream().toList()) {
            try {
                providers.add(entry.get());
            } catch (ServiceConfigurationError e) {
                continue;
            }
        }
        return providers;
    }
}
