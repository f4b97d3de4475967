package dev.whippletree.cli.serve;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Reloaded;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.gateway.PreparedReload;
import dev.whippletree.model.ConfigurationException;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reloads the configuration for the accounts and the gateway together: an error in either leaves both unchanged, and
 * is printed. Thread-safe; blocks.
 */
final class SharedReload implements Runnable {

    private final Whippletree whippletree;
    private final Gateway gateway;
    private final ServeRun.Wish wish;
    private final PrintWriter err;

    /**
     * Prepares for reloads.
     *
     * @param gateway in front of that Whippletree
     * @param err where each reload says what came of it
     */
    SharedReload(Whippletree whippletree, Gateway gateway, ServeRun.Wish wish, PrintWriter err) {
        this.whippletree = whippletree;
        this.gateway = gateway;
        this.wish = wish;
        this.err = err;
    }

    @Override
    public synchronized void run() {
        try {
            reload();
        } catch (ConfigurationException e) {
            e.problems().forEach(this::say);
            say("the configuration has errors; the old one stays in use");
        } catch (IllegalArgumentException e) {
            say("gateway: " + e.getMessage());
            say("the configuration has errors; the old one stays in use");
        } catch (RuntimeException e) {
            say("the configuration wasn't reloaded: unexpected error: " + e);
        }
        err.flush();
    }

    private void reload() {
        AtomicBoolean restart = new AtomicBoolean();
        Reloaded changes = whippletree.reload(next -> {
            PreparedReload prepared = gateway.prepare(next, wish.settings(next));
            restart.set(prepared.needsRestart());
            return prepared.takeOver();
        });
        changes.lines().forEach(this::say);
        changes.needsRestart().forEach(this::say);
        if (restart.get()) {
            say("gateway: changes other than clients, watch-key and show-accounts take effect after a restart");
        }
        say("the configuration has been reloaded");
    }

    private void say(String line) {
        err.println("whippletree: " + line);
    }
}
