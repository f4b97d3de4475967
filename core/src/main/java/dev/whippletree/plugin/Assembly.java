package dev.whippletree.plugin;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.ProvisionException;
import dev.whippletree.config.Configuration;
import dev.whippletree.embedding.Embedder;
import dev.whippletree.engine.Engine;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.time.Timeline;
import java.util.function.Supplier;

/** An engine with its open plugins. Thread-safe. */
public final class Assembly implements AutoCloseable {

    private final Engine engine;
    private final Embedder embedder;
    private final OpenPlugins plugins;
    private final PluginCatalog catalog;
    private boolean closed;

    private Assembly(Engine engine, Timeline timeline, OpenPlugins plugins, PluginCatalog catalog) {
        this.engine = engine;
        this.embedder = new Embedder(engine, timeline);
        this.plugins = plugins;
        this.catalog = catalog;
    }

    /**
     * Opens a configuration's plugins and creates the engine. Makes no call.
     *
     * @param catalog the plugins; closed with the assembly, but not if this fails
     * @throws ConfigurationException if anything can't be opened, with every problem; nothing stays open then
     */
    public static Assembly of(PluginCatalog catalog, Configuration configuration, Timeline timeline, Hooks hooks) {
        try {
            Injector injector = Guice.createInjector(new WiringModule(catalog, configuration, timeline, hooks));
            return new Assembly(
                    injector.getInstance(Engine.class), timeline, injector.getInstance(OpenPlugins.class), catalog);
        } catch (ProvisionException e) {
            if (e.getCause() instanceof RuntimeException problem) {
                throw problem;
            }
            throw e;
        }
    }

    public Engine engine() {
        return engine;
    }

    public Embedder embedder() {
        return embedder;
    }

    /**
     * Switches to another configuration: opens what is new in it, and closes what it no longer names once no attempt
     * uses it. Makes no call. Caches, coordinator, engine settings and state folder don't change. Reloads run one after
     * the other.
     *
     * @param companion prepares changes elsewhere, once everything here is open, and returns a task that applies them,
     *     which must not fail; if the companion throws, nothing changes
     * @throws ConfigurationException if anything can't be opened, with every problem; nothing has changed then
     * @throws IllegalStateException if this has been closed
     */
    public synchronized void reload(Configuration next, Supplier<Runnable> companion) {
        if (closed) {
            throw new IllegalStateException("this has been closed, so it can't go on with another configuration");
        }
        OpenPlugins.PreparedChange change = plugins.prepare(next);
        Runnable takeOver;
        try {
            takeOver = companion.get();
        } catch (RuntimeException | Error e) {
            plugins.discard(change);
            throw e;
        }
        plugins.take(change);
        engine.reload(change.topology(), plugins::close);
        takeOver.run();
    }

    /** Closes the plugins and their class loaders. Close the engine before. */
    @Override
    public synchronized void close() {
        closed = true;
        plugins.close();
        catalog.close();
    }
}
