package acme;

import dev.whippletree.provider.openai.OpenAiProvider;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import java.util.Set;

/** A service that speaks the protocol of another, by a copy of that provider that it brings. */
public final class BundlingProvider implements Provider {

    private final Provider copy = new OpenAiProvider();

    @Override
    public String name() {
        return "bundling";
    }

    @Override
    public Set<SettingKey> settings() {
        return copy.settings();
    }

    @Override
    public ProviderClient connect(AccountSettings account, Services services) {
        return copy.connect(account, services);
    }
}
