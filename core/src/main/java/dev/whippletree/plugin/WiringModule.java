package dev.whippletree.plugin;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.MapBinder;
import dev.whippletree.config.Configuration;
import dev.whippletree.engine.Engine;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.Services;
import dev.whippletree.time.Timeline;
import java.util.Map;

/** Binds the plugins by their names, and the engine with the plugins that a configuration names. */
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

    @Override
    protected void configure() {
        bind(Configuration.class).toInstance(configuration);
        bind(Timeline.class).toInstance(timeline);
        bind(Services.class).to(PluginServices.class);
        bindByName(Provider.class, catalog.providers());
        bindByName(Cache.class, catalog.caches());
        bindByName(BalancingStrategy.class, catalog.strategies());
        bindByName(Coordinator.class, catalog.coordinators());
    }

    /**
     * Binds providers instead of instances: Guice inspects an instance's class, so one bad plugin would break all.
     */
    private <T> void bindByName(Class<T> type, Map<String, T> plugins) {
        MapBinder<String, T> binder = MapBinder.newMapBinder(binder(), String.class, type);
        plugins.forEach((name, plugin) -> binder.addBinding(name).toProvider(() -> plugin));
    }

    @Provides
    @Singleton
    PluginServices services(Timeline onTimeline) {
        return new PluginServices(onTimeline);
    }

    @Provides
    @Singleton
    OpenPlugins plugins(
            Configuration named,
            Map<String, Provider> providers,
            Map<String, Cache> caches,
            Map<String, BalancingStrategy> strategies,
            Map<String, Coordinator> coordinators,
            Services services) {
        KindsByName kinds = new KindsByName(providers, caches, strategies, coordinators);
        return new OpenPlugins(named, kinds, services, hooks.clients());
    }

    @Provides
    @Singleton
    Engine engine(Timeline onTimeline, OpenPlugins plugins, Configuration named, PluginServices services) {
        Engine engine = new Engine(onTimeline, plugins.topology(), named.engine(), hooks.listeners(), hooks.state());
        services.engine(engine);
        return engine;
    }
}
