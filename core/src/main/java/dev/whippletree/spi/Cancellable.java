package dev.whippletree.spi;

/** A running operation that can be cancelled: a timer, a call. */
@FunctionalInterface
public interface Cancellable {

    /** Cancels the operation. Does nothing if it has ended or was cancelled before. Thread-safe; never blocks. */
    void cancel();
}
