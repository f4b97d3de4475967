package dev.whippletree.cli.chat;

/** Reads typed messages. {@link #read} is confined to one thread; the rest is thread-safe. */
interface LineEditor extends AutoCloseable {

    /** What came of asking for a message. */
    sealed interface Input {}

    /**
     * Something was typed.
     *
     * @param text may have several lines; may be blank
     */
    record Typed(String text) implements Input {}

    /**
     * Ctrl-C.
     *
     * @param empty whether nothing had been typed before it
     */
    record Interrupted(boolean empty) implements Input {}

    /** There is no more. */
    record Ended() implements Input {}

    /**
     * Blocks until a message was typed.
     *
     * @param prompt what stands before it, where that is shown
     */
    Input read(String prompt);

    /**
     * Sets what Ctrl-C does while nothing is read.
     *
     * @param action run on another thread
     */
    void onInterrupt(Runnable action);

    /** Prints a line where it doesn't spoil what is being typed. */
    void above(String line);

    /** Returns whether this is an interactive terminal. */
    boolean typed();

    int columns();

    /** Leaves the terminal as it was. */
    @Override
    void close();
}
