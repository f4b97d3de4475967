package dev.whippletree.cli.served;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What the operating system tells this process, until it is closed. Confined to one thread, but for what it runs.
 *
 * <p>The JDK has no other way to hear of it than this one, which every JDK so far has.
 */
final class Signals implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private final Map<Signal, SignalHandler> before = new HashMap<>();

    /** Runs something at the first signal of a name, such as TERM; the second ends the process as it always does. */
    void onFirst(String name, Runnable task) {
        handle(name, signal -> {
            Signal.handle(signal, SignalHandler.SIG_DFL);
            task.run();
        });
    }

    /** Runs something at each signal of a name, such as HUP. */
    void onEach(String name, Runnable task) {
        handle(name, signal -> task.run());
    }

    private void handle(String name, SignalHandler handler) {
        try {
            Signal signal = new Signal(name);
            before.put(signal, Signal.handle(signal, handler));
        } catch (IllegalArgumentException e) {
            LOG.debug("This platform has no signal {}", name);
        }
    }

    @Override
    public void close() {
        before.forEach(Signal::handle);
    }
}
