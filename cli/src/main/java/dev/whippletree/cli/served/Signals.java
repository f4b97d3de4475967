package dev.whippletree.cli.served;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What the operating system tells this process. The JDK has no other way to hear of it than this one, which every JDK so far has.
 */
final class Signals {

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /** Runs something at the first signal of a name, such as TERM; the second ends the process as it always does. */
    static void onFirst(String name, Runnable task) {
        handle(name, signal -> {
            Signal.handle(signal, SignalHandler.SIG_DFL);
            task.run();
        });
    }

    /** Runs something at each signal of a name, such as HUP. */
    static void onEach(String name, Runnable task) {
        handle(name, signal -> task.run());
    }

    private static void handle(String name, SignalHandler handler) {
        try {
            Signal.handle(new Signal(name), handler);
        } catch (IllegalArgumentException e) {
            LOG.debug("This platform has no signal {}", name);
        }
    }
}
