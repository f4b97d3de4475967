package dev.whippletree.engine.run;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The thread-local contexts of a caller: the diagnostic context (MDC), and whatever Micrometer's context-propagation
 * knows, if it is on the class path. Immutable.
 */
public final class CallerContext {

    private static final Logger LOG = LoggerFactory.getLogger(CallerContext.class);
    private static final CallerContext NONE = new CallerContext(Map.of(), Optional.empty());
    private static final boolean PROPAGATES = propagates();

    private final Map<String, String> diagnostic;
    private final Optional<Micrometer> others;

    private CallerContext(Map<String, String> diagnostic, Optional<Micrometer> others) {
        this.diagnostic = diagnostic;
        this.others = others;
    }

    private static boolean propagates() {
        try {
            Class.forName("io.micrometer.context.ContextSnapshotFactory", false, CallerContext.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /** Returns the present thread's contexts. Runs code of others, so don't call it under a lock. */
    public static CallerContext capture() {
        Map<String, String> diagnostic = MDC.getCopyOfContextMap();
        Optional<Micrometer> others = PROPAGATES ? Micrometer.capture() : Optional.empty();
        boolean empty = diagnostic == null || diagnostic.isEmpty();
        return empty && others.isEmpty() ? NONE : new CallerContext(empty ? Map.of() : diagnostic, others);
    }

    /** Runs a task within these contexts, and restores the thread's own. Returns its result. */
    public <T> T call(Supplier<T> task) {
        if (this == NONE) {
            return task.get();
        }
        Map<String, String> before = MDC.getCopyOfContextMap();
        show(diagnostic);
        Runnable restore = others.map(Micrometer::show).orElse(() -> {});
        try {
            return task.get();
        } finally {
            restore.run();
            show(before);
        }
    }

    private static void show(@Nullable Map<String, String> diagnostic) {
        if (diagnostic == null || diagnostic.isEmpty()) {
            MDC.clear();
        } else {
            MDC.setContextMap(diagnostic);
        }
    }

    /**
     * Names the library's types, and so is loaded only if it is there. An accessor that throws costs its context, and
     * never the answer.
     */
    private record Micrometer(ContextSnapshot snapshot) {

        private static final ContextSnapshotFactory FACTORY =
                ContextSnapshotFactory.builder().clearMissing(true).build();

        static Optional<Micrometer> capture() {
            try {
                return Optional.of(new Micrometer(FACTORY.captureAll()));
            } catch (RuntimeException e) {
                LOG.warn("Thread-local contexts can't be read", e);
                return Optional.empty();
            }
        }

        /** Sets them on this thread. Returns what restores its own. */
        Runnable show() {
            try {
                ContextSnapshot.Scope scope = snapshot.setThreadLocals();
                return () -> {
                    try {
                        scope.close();
                    } catch (RuntimeException e) {
                        LOG.warn("Thread-local contexts can't be restored", e);
                    }
                };
            } catch (RuntimeException e) {
                LOG.warn("Thread-local contexts can't be set", e);
                return () -> {};
            }
        }
    }
}
