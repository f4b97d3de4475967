package dev.whippletree.terminal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.LoggerFactory;

/**
 * Handles signals to this process until closed. Confined to one thread, except for its handlers.
 *
 * <p>The JDK has no other way to hear of it than {@code sun.misc.Signal}, which every JDK so far has and which none
 * promises: it is looked for when the program runs, and where it is missing, signals do what they always do.
 */
public final class Signals implements AutoCloseable {

    private static final String SIGNAL = "sun.misc.Signal";
    private static final String HANDLER = "sun.misc.SignalHandler";

    /** Signals that arrived before a handler was installed. */
    private static final Set<String> KEPT = ConcurrentHashMap.newKeySet();

    private final Deque<Runnable> undo = new ArrayDeque<>();

    /** Keeps early signals for a later handler, which then receives one signal. */
    public static void keep(String name) {
        new Signals().install(name, () -> KEPT.add(name));
    }

    /** Runs something at the first signal of a name, such as TERM; the second ends the process as it always does. */
    public void onFirst(String name, Runnable task) {
        install(name, () -> {
            close();
            task.run();
        });
    }

    /** Runs something at each signal of a name, such as HUP. */
    public void onEach(String name, Runnable task) {
        install(name, task);
    }

    private void install(String name, Runnable task) {
        try {
            Class<?> kind = Class.forName(HANDLER);
            Object handler =
                    Proxy.newProxyInstance(kind.getClassLoader(), new Class<?>[] {kind}, (proxy, method, arguments) -> {
                        if (!method.getName().equals("handle")) {
                            return method.invoke(task, arguments);
                        }
                        task.run();
                        return null;
                    });
            Object before = handle(name, handler);
            synchronized (undo) {
                undo.push(() -> restore(name, before));
            }
            if (KEPT.remove(name)) {
                task.run();
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LoggerFactory.getLogger(Signals.class)
                    .debug("This platform doesn't support the signal {}: {}", name, String.valueOf(e));
        }
    }

    /** Returns what handled it before. */
    private static Object handle(String name, Object handler) throws ReflectiveOperationException {
        Class<?> kind = Class.forName(SIGNAL);
        Object signal = kind.getConstructor(String.class).newInstance(name);
        try {
            return kind.getMethod("handle", kind, Class.forName(HANDLER)).invoke(null, signal, handler);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(String.valueOf(e.getCause()), e);
        }
    }

    private static void restore(String name, Object before) {
        try {
            Object unused = handle(name, before);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LoggerFactory.getLogger(Signals.class)
                    .debug("The previous handler of the signal {} can't be restored: {}", name, String.valueOf(e));
        }
    }

    /** Lets every signal do what it did before. Thread-safe. */
    @Override
    public void close() {
        synchronized (undo) {
            undo.forEach(Runnable::run);
            undo.clear();
        }
    }
}
