package dev.whippletree.engine.run;

import dev.whippletree.engine.run.PluginCall.SilenceException;
import dev.whippletree.model.ShownText;
import dev.whippletree.spi.ReportedFaultException;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Logs what plugins throw: at WARN once an hour for each plugin and type of fault, because a plugin that fails each
 * time would fill the log, else at DEBUG. Thread-safe.
 */
public final class PluginFaults {

    private static final long QUIET_NANOS = Duration.ofHours(1).toNanos();

    private final Timeline timeline;
    private final Map<Kind, Long> quietUntil = new HashMap<>();

    private record Kind(String plugin, Class<?> fault) {}

    public PluginFaults(Timeline timeline) {
        this.timeline = timeline;
    }

    /**
     * Logs a fault with its stack trace, but without the messages there: they may quote a prompt or a token.
     *
     * @param plugin distinguishes it from the others that are logged here
     * @param message what has failed
     */
    public void log(Logger log, String plugin, Throwable fault, String message) {
        Level level = next(plugin, fault);
        if (log.isEnabledForLevel(level)) {
            log.atLevel(level).setCause(trace(cause(fault))).log(message);
        }
    }

    /** Returns DEBUG for what the plugin reports itself. */
    synchronized Level next(String plugin, Throwable fault) {
        Throwable cause = cause(fault);
        if (cause instanceof ReportedFaultException) {
            return Level.DEBUG;
        }
        Kind kind = new Kind(plugin, cause.getClass());
        long now = timeline.nanoTime();
        quietUntil.values().removeIf(until -> now - until >= 0);
        return quietUntil.putIfAbsent(kind, now + QUIET_NANOS) == null ? Level.WARN : Level.DEBUG;
    }

    /** Returns what a fault says, in one line; its type, if it says nothing. */
    public static String words(Throwable fault) {
        Throwable cause = cause(fault);
        String message = said(cause::getMessage);
        return ShownText.line(message.isBlank() ? typed(cause) : message);
    }

    /** Returns the type of a fault, and what it says. */
    public static String typed(Throwable fault) {
        String text = said(fault::toString);
        return text.isEmpty() ? fault.getClass().getName() : text;
    }

    /** A fault's own code may fail too, and whoever waits for the plugin mustn't wait for ever then. */
    private static String said(Supplier<@Nullable String> text) {
        try {
            return Objects.requireNonNullElse(text.get(), "");
        } catch (Throwable e) {
            return "";
        }
    }

    private static Throwable cause(Throwable fault) {
        Throwable cause = fault.getCause();
        return fault instanceof CompletionException && cause != null ? cause : fault;
    }

    private static @Nullable Throwable trace(Throwable fault) {
        return fault instanceof SilenceException ? null : new Trace(fault, 1);
    }

    /** The types and frames of a fault and of its causes. */
    private static final class Trace extends Throwable {

        private static final long serialVersionUID = 1;

        /** Causes may form a circle. */
        private static final int DEEPEST = 8;

        Trace(Throwable fault, int depth) {
            super(
                    fault.getClass().getName(),
                    fault.getCause() == null || depth == DEEPEST ? null : new Trace(fault.getCause(), depth + 1));
            setStackTrace(fault.getStackTrace());
        }

        @Override
        public String toString() {
            return String.valueOf(getMessage());
        }
    }
}
