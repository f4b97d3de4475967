package dev.whippletree.cli.serve;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Reloaded;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.gateway.PreparedReload;
import dev.whippletree.model.ConfigurationException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reloads the configuration for the accounts and the gateway together: an error in either leaves both unchanged, and
 * is printed. Thread-safe; blocks.
 */
final class SharedReload implements Runnable {

    private final Whippletree whippletree;
    private final Gateway gateway;
    private final Optional<Path> file;
    private final ServeRun.Wish wish;
    private final PrintWriter err;
    private final Semaphore waiting = new Semaphore(1);

    SharedReload(Whippletree whippletree, Gateway gateway, Optional<Path> file, ServeRun.Wish wish, PrintWriter err) {
        this.whippletree = whippletree;
        this.gateway = gateway;
        this.file = file;
        this.wish = wish;
        this.err = err;
    }

    /** Does nothing if another call already waits for the current reload, since it will read the newest file. */
    @Override
    public void run() {
        if (waiting.tryAcquire()) {
            synchronized (this) {
                waiting.release();
                runAlone();
            }
        }
    }

    private void runAlone() {
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
        file.ifPresent(SharedReload::refuseToWaitFor);
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

    /** A start may read a pipe, but a reload that waits for one would block all later reloads. */
    private static void refuseToWaitFor(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            throw new ConfigurationException(List.of(file + ": this is a pipe or a device now, not a file"));
        }
    }

    private void say(String line) {
        err.println("whippletree: " + line);
    }
}
