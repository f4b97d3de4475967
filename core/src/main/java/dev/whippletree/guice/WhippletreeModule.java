package dev.whippletree.guice;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import dev.whippletree.Whippletree;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.Provider;
import java.util.Objects;
import java.util.Set;

/**
 * Binds a {@link Whippletree} as a singleton in a program's own injector, and nothing else visible to the program.
 *
 * <p>Listeners, providers, caches and strategies that the program binds by a {@link Multibinder} are added to those
 * that are found, so that they may have dependencies of their own. It is built when it is first needed; an invalid
 * configuration is then the cause of Guice's {@code ProvisionException}. Guice doesn't close anything: the creator of
 * the injector closes the Whippletree.
 *
 * <p>Install each module in one injector only.
 *
 * <pre>{@code
 * Guice.createInjector(new WhippletreeModule(Whippletree.builder().environment(System.getenv())), new MyModule());
 * }</pre>
 */
public final class WhippletreeModule extends AbstractModule {

    private final Whippletree.Builder builder;

    /**
     * Creates a module.
     *
     * @param builder the builder; don't change it afterwards
     */
    public WhippletreeModule(Whippletree.Builder builder) {
        this.builder = Objects.requireNonNull(builder, "builder");
    }

    @Override
    protected void configure() {
        Multibinder.newSetBinder(binder(), EngineListener.class);
        Multibinder.newSetBinder(binder(), Provider.class);
        Multibinder.newSetBinder(binder(), Cache.class);
        Multibinder.newSetBinder(binder(), BalancingStrategy.class);
    }

    @Provides
    @Singleton
    Whippletree whippletree(
            Set<EngineListener> listeners,
            Set<Provider> providers,
            Set<Cache> caches,
            Set<BalancingStrategy> strategies) {
        listeners.forEach(builder::listener);
        providers.forEach(builder::provider);
        caches.forEach(builder::cache);
        strategies.forEach(builder::strategy);
        return builder.build();
    }
}
