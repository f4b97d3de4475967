package dev.whippletree.batch;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The items that are due. They are pulled ahead on a separate thread, because a file or a publisher may block; items
 * that the journal has are left out. Confined to the run, except for the pulling.
 */
final class Feed {

    /** So many are pulled before the run looks at them, or so many characters. */
    private static final int AT_ONCE = 256;

    /** So many items wait for one of their session, or so many characters. */
    private static final int MOST_PARKED = 10_000;

    private static final long MOST_CHARACTERS = 16_000_000;

    private final Iterator<BatchItem> items;
    private final Journal journal;
    private final Conversations conversations;
    private final Executor executor;
    private final Runnable changed;
    private final Consumer<BatchItem> skipping;

    private final Queue<BatchItem> pulled = new LinkedBlockingQueue<>();
    private final AtomicLong pulledCharacters = new AtomicLong();
    private final AtomicBoolean pulling = new AtomicBoolean();
    private final AtomicLong skipped = new AtomicLong();
    private final Deque<BatchItem> due = new ArrayDeque<>();
    private volatile boolean exhausted;
    private volatile @Nullable Throwable failure;

    /**
     * Creates a feed that has pulled nothing yet.
     *
     * @param changed is run when items have been pulled
     * @param skipping is told of an item that the journal has, on the thread that pulls
     */
    Feed(
            Iterator<BatchItem> items,
            Journal journal,
            Conversations conversations,
            Executor executor,
            Runnable changed,
            Consumer<BatchItem> skipping) {
        this.items = items;
        this.journal = journal;
        this.conversations = conversations;
        this.executor = executor;
        this.changed = changed;
        this.skipping = skipping;
    }

    /** Returns the next item that is due; null if there is none now. */
    @Nullable BatchItem next() {
        sort();
        return due.poll();
    }

    /** Looks at what was pulled: some of it may have to wait for others. */
    private void sort() {
        while (due.isEmpty()) {
            BatchItem item = pulled.poll();
            if (item == null) {
                return;
            }
            pulledCharacters.addAndGet(-Prompts.room(item));
            if (conversations.isDue(item)) {
                due.add(item);
            }
        }
    }

    /** Puts back an item that found no place in the waiting line. */
    void putFirst(BatchItem item) {
        due.addFirst(item);
    }

    /** Pulls more on another thread, if there may be more and few are left. */
    void pull() {
        boolean enough = pulled.size() >= AT_ONCE / 2 || pulledCharacters.get() >= MOST_CHARACTERS / 2;
        if (exhausted || enough || !mayPark() || !pulling.compareAndSet(false, true)) {
            return;
        }
        executor.execute(() -> {
            try {
                pullSome();
            } catch (Throwable e) {
                failure = e;
                exhausted = true;
            } finally {
                pulling.set(false);
                changed.run();
            }
        });
    }

    private boolean mayPark() {
        return conversations.parked() < MOST_PARKED && conversations.parkedCharacters() < MOST_CHARACTERS;
    }

    private void pullSome() throws IOException {
        while (pulled.size() < AT_ONCE && pulledCharacters.get() < MOST_CHARACTERS) {
            if (!items.hasNext()) {
                exhausted = true;
                return;
            }
            BatchItem item = items.next();
            if (!conversations.holds(item) && journal.has(item.id())) {
                skipped.incrementAndGet();
                skipping.accept(item);
            } else {
                pulledCharacters.addAndGet(Prompts.room(item));
                pulled.add(item);
                if (pulled.size() == 1) {
                    changed.run();
                }
            }
        }
    }

    /** Counts an item that the journal had. */
    void skip() {
        skipped.incrementAndGet();
    }

    long skipped() {
        return skipped.get();
    }

    /** Returns whether nothing is left: what is parked comes when what it waits for has ended. */
    boolean isEmpty() {
        return exhausted && !pulling.get() && pulled.isEmpty() && due.isEmpty() && conversations.parked() == 0;
    }

    /** Returns why no more can be pulled; null: nothing is wrong. */
    @Nullable Throwable failure() {
        return failure;
    }

    void end() {
        exhausted = true;
    }
}
