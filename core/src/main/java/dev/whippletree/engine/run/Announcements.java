package dev.whippletree.engine.run;

/** Tasks that belong to no flight. They run in order, each once the engine's lock is free. */
public final class Announcements {

    private final Monitor monitor;
    private final Mailbox mailbox = Mailbox.ofAnyTasks();

    public Announcements(Monitor monitor) {
        this.monitor = monitor;
    }

    /** Leaves a task. The lock must be held. */
    public void add(Runnable task) {
        monitor.after(mailbox, task);
    }
}
