package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.time.Timeline;
import java.util.Set;

/**
 * A provider whose service is a model on the same timeline. As thread-safe as the timeline.
 *
 * <p>Accounts are identified by their tokens, as in the service.
 *
 * @param name what configurations call it
 * @param service who answers
 * @param timeline the time by which everything goes
 * @param link the way from each account to the service
 */
public record SimulatedProvider(String name, EmulatedService service, Timeline timeline, Link link)
        implements Provider {

    public SimulatedProvider(String name, EmulatedService service, Timeline timeline) {
        this(name, service, timeline, Link.DIRECT);
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public ProviderClient connect(AccountSettings account, Services services) {
        return connect(account);
    }

    /** Opens an account, for whoever has no {@link Services}. */
    public ProviderClient connect(AccountSettings account) {
        return new SimulatedClient(account, service, timeline, link);
    }
}
