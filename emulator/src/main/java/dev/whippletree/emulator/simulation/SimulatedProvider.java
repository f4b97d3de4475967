package dev.whippletree.emulator.simulation;

import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceStats;
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
 */
public final class SimulatedProvider implements Provider {

    private final String name;
    private final EmulatedService service;
    private final Timeline timeline;
    private final Link link;

    /** Creates a provider of direct links. */
    public SimulatedProvider(String name, EmulatedService service, Timeline timeline) {
        this(name, service, timeline, Link.DIRECT);
    }

    /**
     * Creates a provider.
     *
     * @param name what configurations call it
     * @param service who answers
     * @param timeline the time by which everything goes
     * @param link the way from each account to the service
     */
    public SimulatedProvider(String name, EmulatedService service, Timeline timeline, Link link) {
        this.name = name;
        this.service = service;
        this.timeline = timeline;
        this.link = link;
    }

    @Override
    public String name() {
        return name;
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

    /** Returns what the service has seen so far. */
    public ServiceStats stats() {
        return service.stats();
    }
}
