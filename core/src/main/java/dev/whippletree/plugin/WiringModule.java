package dev.whippletree.plugin;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.whippletree.config.Configuration;
import dev.whippletree.engine.Engine;
import dev.whippletree.time.Timeline;

/** Binds the engine with the plugins that a configuration names. */
final class WiringModule extends AbstractModule {

    private final PluginCatalog catalog;
    private final Configuration configuration;
    private final Timeline timeline;
    private final Hooks hooks;

    WiringModule(PluginCatalog catalog, Configuration configuration, Timeline timeline, Hooks hooks) {
        this.catalog = catalog;
        this.configuration = configuration;
        this.timeline = timeline;
        this.hooks = hooks;
    }

    @Provides
    @Singleton
    PluginServices services() {
        return new PluginServices(timeline);
    }

    @Provides
    @Singleton
    OpenPlugins plugins(PluginServices services) {
        return new OpenPlugins(configuration, catalog, services, hooks.clients());
    }

    @Provides
    @Singleton
    Engine engine(OpenPlugins plugins, PluginServices services) {
        Engine engine =
                new Engine(timeline, plugins.topology(), configuration.engine(), hooks.listeners(), hooks.state());
        services.engine(engine);
        return engine;
    }
}
