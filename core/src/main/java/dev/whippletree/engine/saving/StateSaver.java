package dev.whippletree.engine.saving;

import dev.whippletree.engine.pool.Pool;
import dev.whippletree.engine.pool.ScopeState;
import dev.whippletree.engine.run.Mailbox;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.state.Exchange;
import dev.whippletree.state.OwnState;
import dev.whippletree.state.SavedState;
import dev.whippletree.state.StateFolder;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schedules saving of the limits' state after changes, and counts what other processes have saved. Guarded by the
 * engine's lock, except for the saving itself.
 *
 * <p>The first change is saved at once, those that follow at most once a second; without a change nothing happens. Whatever
 * goes wrong with the folder is logged once, until it works again, and is no prompt's concern.
 */
public final class StateSaver {

    private static final Logger LOG = LoggerFactory.getLogger(StateSaver.class);

    /** What a process that is killed may have used without its being saved is what it used in this time. */
    public static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    /** Saving takes a few milliseconds, so whoever is saving now will soon have done so. */
    private static final long BUSY_NANOS = Duration.ofMillis(20).toNanos();

    /** Whoever holds the lock for longer isn't saving, but hangs or was stopped, or is a stranger. */
    private static final long LONGEST_BUSY_NANOS = Duration.ofSeconds(10).toNanos();

    private static final long LONGEST_END_NANOS = Duration.ofSeconds(3).toNanos();

    private final Monitor monitor;
    private final Timeline timeline;
    private final StateFolder folder;
    private final StateCopy copy;
    private final Runnable tookIn;
    private final Mailbox mailbox = Mailbox.ofAnyTasks();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private Phase phase = Phase.IDLE;
    private boolean unsaved;
    private boolean ending;
    private long nextSave;

    /** Since when each attempt to save has found that another is saving; null: the last one didn't. */
    private @Nullable Long busySince;

    private Timeline.@Nullable Timer timer;
    private Optional<String> problem = Optional.empty();

    /** What is being done about saving. */
    private enum Phase {
        IDLE,
        PLANNED,
        SAVING,
        ENDED
    }

    /**
     * Creates one, and goes on from what is in the folder.
     *
     * @param tookIn is called under the lock after others' uses were counted
     */
    public StateSaver(Monitor monitor, Timeline timeline, Pool pool, StateFolder folder, Runnable tookIn) {
        this.monitor = monitor;
        this.timeline = timeline;
        this.folder = folder;
        this.tookIn = tookIn;
        this.copy = new StateCopy(pool, Long.toHexString(timeline.random().nextLong()));
        this.nextSave = timeline.nanoTime();
        this.problem = folder.warnings().stream().findFirst();
        copy.resume(folder.found(), times());
    }

    private SavedTimes times() {
        return new SavedTimes(timeline.nanoTime(), timeline.now());
    }

    /** Returns what is wrong with the folder, if anything is. */
    public Optional<String> problem() {
        return problem;
    }

    /** Something changed that is worth saving. The lock must be held. */
    public void changed() {
        monitor.assertHeld();
        unsaved = true;
        if (phase == Phase.IDLE) {
            plan(nextSave - timeline.nanoTime());
        }
    }

    /** Returns what is in the folder now, if it can be read. Blocks; the lock must not be held. */
    public Optional<SavedState> read() {
        return folder.present();
    }

    /**
     * The pool has become another: counts what others used of the limits that are new, and goes on from where those stood. The lock
     * must be held.
     *
     * @param known the scopes that aren't new
     */
    public void resumeAllBut(Collection<ScopeState> known, SavedState saved) {
        monitor.assertHeld();
        copy.resumeAllBut(known, saved, times());
    }

    /** The pool has become another: from now on, what is closed of the new one is saved. Reads tokens; the lock must not be held. */
    public void poolChanged() {
        ClosedPlaces.Owners owners = monitor.decide(copy::owners);
        ClosedPlaces.Marks marks = owners.marks();
        monitor.decide(() -> {
            copy.poolChanged(marks);
            changed();
        });
    }

    /**
     * Saves what isn't saved yet, for the last time. The lock must be held.
     *
     * @return ends when that is done, or three seconds later when it can't be
     */
    public CompletableFuture<Void> end() {
        if (ending) {
            return ended;
        }
        ending = true;
        if (phase == Phase.IDLE && !unsaved) {
            finish();
        } else {
            if (phase != Phase.SAVING) {
                plan(0);
            }
            Timeline.Timer bound = timeline.schedule(LONGEST_END_NANOS, () -> monitor.decide(this::finish));
            ended.thenRun(bound::cancel);
        }
        return ended;
    }

    private void plan(long inNanos) {
        phase = Phase.PLANNED;
        cancelTimer();
        if (inNanos <= 0) {
            monitor.after(mailbox, this::save);
        } else {
            timer = timeline.schedule(inNanos, this::save);
        }
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /**
     * What is about to be saved.
     *
     * @param own what this process has to say
     * @param last whether it says no more
     */
    private record Save(OwnState own, boolean last) {}

    /** Run without the lock. */
    private void save() {
        Optional<Save> begun = monitor.decide(this::begin);
        begun.ifPresent(save -> {
            Exchange exchange = exchange(save);
            monitor.decide(() -> end(save, exchange));
        });
    }

    /** A file system that isn't the machine's own may fail in ways that nobody has thought of. */
    private Exchange exchange(Save save) {
        try {
            return folder.exchange(save.own(), save.last(), timeline.now());
        } catch (RuntimeException e) {
            return new Exchange.Failed("the limits' state can't be saved in " + folder.path() + ": " + e);
        }
    }

    private Optional<Save> begin() {
        if (phase != Phase.PLANNED) {
            return Optional.empty();
        }
        phase = Phase.SAVING;
        unsaved = false;
        nextSave = timeline.nanoTime() + INTERVAL_NANOS;
        return Optional.of(new Save(copy.own(times()), ending));
    }

    private void end(Save save, Exchange exchange) {
        if (phase == Phase.ENDED) {
            return;
        }
        phase = Phase.IDLE;
        boolean busy = exchange instanceof Exchange.Busy;
        if (!busy) {
            busySince = null;
        }
        if (exchange instanceof Exchange.Done done) {
            problem = Optional.empty();
            copy.takeIn(done.state(), times());
            tookIn.run();
        } else if (exchange instanceof Exchange.Failed failed) {
            unsaved = true;
            tell(failed.problem());
        }
        if (busy) {
            waitForOthers();
        } else if (save.last()) {
            finish();
        } else if (ending) {
            plan(0);
        } else if (unsaved && phase == Phase.IDLE && problem.isEmpty()) {
            plan(nextSave - timeline.nanoTime());
        }
    }

    private void waitForOthers() {
        long now = timeline.nanoTime();
        long since = busySince == null ? now : busySince;
        busySince = since;
        if (now - since < LONGEST_BUSY_NANOS) {
            plan(BUSY_NANOS + timeline.random().nextLong(BUSY_NANOS));
        } else {
            tell("the limits' state can't be saved in " + folder.path()
                    + ": another process has held the lock on state.lock for "
                    + Duration.ofNanos(LONGEST_BUSY_NANOS).toSeconds()
                    + " s; end that process, or set another folder in the key 'state'");
            plan(INTERVAL_NANOS);
        }
    }

    /** Says so once, and not again before it has worked in between. */
    private void tell(String what) {
        if (problem.isEmpty()) {
            monitor.after(mailbox, () -> LOG.warn(what));
        }
        problem = Optional.of(what);
    }

    private void finish() {
        if (phase != Phase.ENDED) {
            phase = Phase.ENDED;
            cancelTimer();
            monitor.after(mailbox, () -> ended.complete(null));
        }
    }
}
