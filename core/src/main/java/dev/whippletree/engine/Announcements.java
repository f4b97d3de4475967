package dev.whippletree.engine;

/** Tasks of no flight in particular. They run in order, each once the engine's lock is free. */
final class Announcements {

    private final Monitor monitor;
    private final Mailbox mailbox = new Mailbox();

    Announcements(Monitor monitor) {
        this.monitor = monitor;
    }

    /** Leaves a task. The lock must be held. */
    void add(Runnable task) {
        monitor.after(mailbox, task);
    }
}
