package dev.whippletree.engine.run;

import dev.whippletree.model.ShownText;
import dev.whippletree.spi.ReportedFaultException;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.slf4j.event.Level;

/**
 * The levels at which a plugin's faults are logged: a plugin that fails each time would fill the log. Thread-safe.
 */
public final class FaultLevels {

    private static final long QUIET_NANOS = Duration.ofHours(1).toNanos();

    private final Timeline timeline;
    private final Map<Class<?>, Long> quietUntil = new HashMap<>();

    public FaultLevels(Timeline timeline) {
        this.timeline = timeline;
    }

    /** Returns WARN once an hour for each type of fault, else DEBUG; DEBUG for what the plugin reports itself. */
    public synchronized Level next(Throwable fault) {
        Throwable cause = cause(fault);
        if (cause instanceof ReportedFaultException) {
            return Level.DEBUG;
        }
        Class<?> kind = cause.getClass();
        long now = timeline.nanoTime();
        Long until = quietUntil.get(kind);
        if (until != null && now - until < 0) {
            return Level.DEBUG;
        }
        quietUntil.put(kind, now + QUIET_NANOS);
        return Level.WARN;
    }

    /** Returns what a fault says, in one line; its type, if it says nothing. */
    public static String words(Throwable fault) {
        Throwable cause = cause(fault);
        String message = cause.getMessage();
        return ShownText.line(message == null || message.isBlank() ? cause.toString() : message);
    }

    private static Throwable cause(Throwable fault) {
        Throwable cause = fault.getCause();
        return fault instanceof CompletionException && cause != null ? cause : fault;
    }
}
