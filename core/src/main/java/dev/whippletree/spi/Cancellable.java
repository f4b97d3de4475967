package dev.whippletree.spi;

/** A running operation that can be cancelled: a timer, a call. */
@FunctionalInterface
public interface Cancellable {

    /** Calls it off. Does nothing if it has happened or was cancelled before. Thread-safe; never blocks. */
    void cancel();
}
