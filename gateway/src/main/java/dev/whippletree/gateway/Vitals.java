package dev.whippletree.gateway;

import dev.whippletree.gateway.Heartbeats.Organ;
import dev.whippletree.time.Timeline;
import java.util.ArrayList;
import java.util.List;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/** Lists the threads that a gateway depends on: its timeline's timer and executor, and the server's own threads. */
final class Vitals {

    private static final int ROOM_FOR_NEW_THREADS = 16;

    private Vitals() {}

    static List<Organ> of(Timeline timeline, XnioWorker worker) {
        List<Organ> organs = new ArrayList<>();
        organs.add(new Organ("the timer", beat -> timeline.schedule(0, beat), () -> true));
        organs.add(new Organ("the executor", timeline.executor(), () -> true));
        threadsOf(worker)
                .forEach(thread -> organs.add(new Organ("thread " + thread.getName(), thread, thread::isAlive)));
        return organs;
    }

    /** The worker shows its I/O threads one at a time and the one that accepts connections not at all. */
    private static List<XnioIoThread> threadsOf(XnioWorker worker) {
        List<XnioIoThread> threads = new ArrayList<>();
        ThreadGroup group = worker.getIoThread().getThreadGroup();
        Thread[] all = new Thread[2 * group.activeCount() + ROOM_FOR_NEW_THREADS];
        int count = group.enumerate(all);
        for (int index = 0; index < count; index++) {
            if (all[index] instanceof XnioIoThread thread && thread.getWorker() == worker) {
                threads.add(thread);
            }
        }
        return threads;
    }
}
