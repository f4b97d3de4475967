package acme;

import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import java.util.Set;

/** A provider that is never asked anything. */
abstract class AbstractSilentProvider implements Provider {

    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public ProviderClient connect(AccountSettings account, Services services) {
        throw new UnsupportedOperationException("nobody connects to " + name());
    }
}
