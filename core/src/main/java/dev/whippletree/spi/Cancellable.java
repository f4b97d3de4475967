package dev.whippletree.spi;

/** Something under way that can be called off: a timer, a call. */
@FunctionalInterface
public interface Cancellable {

    /** Calls it off. Does nothing if it has happened or was cancelled before. Thread-safe; never blocks. */
    void cancel();
}
