package dev.whippletree.cli.stress.processes;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.EngineSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The Redis that the processes of a run share, with a key prefix for the run. Immutable.
 *
 * @param uri where it is; may have a password
 * @param keyPrefix what the run's keys start with
 */
public record SharedRedis(Secret uri, String keyPrefix) {

    /** The variable with the address of Redis; other users of the machine could see an argument. */
    static final String VARIABLE = "WHIPPLETREE_STRESS_REDIS";

    /** The plugin that is both a cache and a coordinator. */
    private static final String NAME = "redis";

    private static final int PREFIX_DIGITS = 8;

    /**
     * How long Redis may take. Far longer than by default: here all processes, the service and probably Redis share the processors of
     * one machine, and an answer that isn't found in time costs a call.
     */
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(2);

    private static final EngineSettings PATIENT = new EngineSettings(
            EngineSettings.DEFAULT.lineSize(), EngineSettings.DEFAULT.maxConcurrency(), COMMAND_TIMEOUT.plusSeconds(1));

    /**
     * Returns one for a new run.
     *
     * @param chance makes the run's keys its own
     */
    public static SharedRedis of(Secret uri, long chance) {
        return new SharedRedis(
                uri, "whippletree-stress-" + String.format("%016x", chance).substring(0, PREFIX_DIGITS));
    }

    /**
     * Makes a Whippletree keep its answers there, behind other caches, and share limits and calls.
     *
     * @param processes how many share them, for times in which Redis can't be asked
     */
    void addTo(Whippletree.Builder builder, int processes) {
        Map<String, String> settings = new HashMap<>(settings());
        builder.cache(NAME, settings).engine(PATIENT);
        settings.put("processes", Integer.toString(processes));
        builder.coordinator(NAME, settings);
    }

    private Map<String, String> settings() {
        return Map.of(
                "uri", uri.reveal(), "key-prefix", keyPrefix, "command-timeout", COMMAND_TIMEOUT.toSeconds() + "s");
    }

    /**
     * Sees whether it can be used. Blocks until it has answered, or a second or two.
     *
     * @param builder makes builders with accounts
     * @throws UserMistake if it can't be reached, saying what to do
     * @throws dev.whippletree.model.ConfigurationException if the URI can't be used, or there is no such plugin
     */
    public void check(Supplier<Whippletree.Builder> builder, Consumer<String> log) {
        Whippletree.Builder full = builder.get();
        // With keys apart from the run's, so as not to be taken for one of its processes.
        new SharedRedis(uri, keyPrefix + "-check").addTo(full, 1);
        remove(full, log).ifPresent(failure -> {
            throw new UserMistake(
                    failure + ".\n  Nothing was started. Start a Redis there ('redis-server --port 6379'),"
                            + "\n  or name another with --redis redis://HOST:PORT.");
        });
    }

    /**
     * Removes the answers that the run stored. Blocks until that is done.
     *
     * @param builder makes builders with accounts
     * @param log where log lines go afterwards
     * @return why that couldn't be done; empty if it was
     */
    public Optional<String> clear(Supplier<Whippletree.Builder> builder, Consumer<String> log) {
        return remove(builder.get().cache(NAME, settings()), log);
    }

    private static Optional<String> remove(Whippletree.Builder builder, Consumer<String> log) {
        // What is wrong is returned; the log would say it twice.
        LogOutput.to(line -> {});
        try (Whippletree whippletree = builder.build()) {
            whippletree.clearCaches(Optional.empty()).join();
            return Optional.empty();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return Optional.of(String.valueOf(cause.getMessage()));
        } finally {
            LogOutput.to(log);
        }
    }
}
