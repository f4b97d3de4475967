package dev.whippletree.planner;

import dev.whippletree.emulator.simulation.MemoryStore;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Set;

/** A cache that answers at once and holds everything. Stateless. */
final class PlannedCache implements Cache {

    /** Differs from every real cache's name, since those may be there too. */
    static final String NAME = "planned";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public CacheStore open(Settings settings, Services services) {
        return new MemoryStore();
    }
}
