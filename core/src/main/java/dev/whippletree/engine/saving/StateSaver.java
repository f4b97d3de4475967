package dev.whippletree.engine.saving;

import dev.whippletree.engine.pool.Pool;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.Monitor.Mailbox;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.state.ClosedPlace;
import dev.whippletree.state.Exchange;
import dev.whippletree.state.OwnState;
import dev.whippletree.state.SavedState;
import dev.whippletree.state.StateFolder;
import dev.whippletree.time.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schedules saving of the limits' state after changes, and counts what other processes have saved. Guarded by the
 * engine's lock, except for the saving itself.
 *
 * <p>The first change is saved at once, those that follow once a second; without a change nothing happens. A call
 * leaves once the file counts what it uses of declared limits, so that a crash forgets no use. So that not every call
 * waits for the disk, the file counts a few uses ahead. Whatever goes wrong with the folder is logged once, until it
 * works again, and holds up a prompt for ten seconds at most.
 */
public final class StateSaver {

    private static final Logger LOG = LoggerFactory.getLogger(StateSaver.class);

    /** For how long what is saved ahead may be used. */
    static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    /** How soon to try again while another process is saving, which takes a few milliseconds. */
    private static final long BUSY_NANOS = Duration.ofMillis(20).toNanos();

    /** A process that holds the lock for longer hangs, was stopped, or isn't ours; closing waits no longer. */
    private static final long LONGEST_BUSY_NANOS = Duration.ofSeconds(10).toNanos();

    private static final String SILENT = "the file system doesn't answer; set another folder in the key 'state'";

    private static final String LOCKED = "another process has held the lock on state.lock for "
            + Duration.ofNanos(LONGEST_BUSY_NANOS).toSeconds()
            + " s; end that process, or set another folder in the key 'state'";

    private final Monitor monitor;
    private final Timeline timeline;
    private final StateFolder folder;
    private final StateCopy copy;
    private final Runnable tookIn;
    private final Mailbox mailbox = Mailbox.ofAnyTasks();

    /** For tasks that mustn't wait for the file system. */
    private final Mailbox notices = Mailbox.ofAnyTasks();

    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private Phase phase = Phase.IDLE;
    private boolean unsaved;
    private boolean ending;
    private long nextSave;

    /** What the last save found while others were saving, and since when they have saved nothing. */
    private Exchange.@Nullable Busy busy;

    private long busySince;

    /** What starts the next save, or ends the wait for the present one. */
    private Timeline.@Nullable Timer timer;

    private Timeline.Timer deadline = () -> {};

    /** Calls whose use is being saved, and calls whose use the next save covers. */
    private final List<Runnable> leaving = new ArrayList<>();

    private final List<Runnable> waiting = new ArrayList<>();
    private Optional<String> problem = Optional.empty();

    private enum Phase {
        IDLE,
        PLANNED,
        SAVING,
        ENDED
    }

    /**
     * Creates a saver, and continues with what is in the folder.
     *
     * @param tookIn is called under the lock once others' use has been counted
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

    public Optional<String> problem() {
        return problem;
    }

    /** Notes a change worth saving. The lock must be held. */
    public void changed() {
        monitor.assertHeld();
        unsaved = true;
        if (phase == Phase.IDLE) {
            plan(nextSave - timeline.nanoTime());
        }
    }

    /**
     * Runs a task under the lock once a target's use of declared limits is saved; at once if it is, or if saving fails.
     * The lock must be held.
     */
    public void whenSaved(Target target, Runnable task) {
        monitor.assertHeld();
        if (problem.isPresent() || phase == Phase.ENDED || copy.covers(target, timeline.nanoTime())) {
            task.run();
            return;
        }
        waiting.add(task);
        if (phase == Phase.IDLE || (phase == Phase.PLANNED && timer != null && busy == null)) {
            plan(0);
        }
    }

    /** Returns the present contents of the folder, if they can be read. Blocks, so never call it under the lock. */
    public Optional<SavedState> read() {
        return folder.present();
    }

    /**
     * Continues with saved state for the scopes that are new in a changed pool. The lock must be held.
     *
     * @param known the scopes from before
     */
    public void resumeAllBut(Collection<ScopeState> known, SavedState saved) {
        monitor.assertHeld();
        copy.resumeAllBut(known, saved, times());
    }

    /**
     * Adapts to a changed pool, whose closures are saved from now on. Reads tokens, so never call it under the lock.
     */
    public void poolChanged() {
        Map<ClosedPlace, String> marks = ClosedPlaces.marks(monitor.decide(copy::owners));
        monitor.decide(() -> {
            copy.poolChanged(marks);
            changed();
        });
    }

    /**
     * Saves one last time. The lock must be held.
     *
     * @return completes when that is done or has failed, after at most ten seconds
     */
    public CompletableFuture<Void> end() {
        if (ending) {
            return ended;
        }
        ending = true;
        if (phase == Phase.IDLE && !unsaved) {
            finish();
            return ended;
        }
        deadline = timeline.schedule(LONGEST_BUSY_NANOS, () -> monitor.decide(this::giveUp));
        if (phase != Phase.SAVING) {
            plan(0);
        }
        return ended;
    }

    private void giveUp() {
        if (phase != Phase.ENDED) {
            tell(problemOf(busy == null ? SILENT : LOCKED));
            finish();
        }
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

    private record Save(OwnState own, boolean last) {}

    private void save() {
        Optional<Save> begun = monitor.decide(this::begin);
        begun.ifPresent(save -> {
            Exchange exchange = exchange(save);
            monitor.decide(() -> end(save, exchange));
        });
    }

    /** Network file systems may fail in unexpected ways. */
    private Exchange exchange(Save save) {
        try {
            return folder.exchange(save.own(), save.last(), timeline.now());
        } catch (Throwable e) {
            return new Exchange.SaveFailed(problemOf(e.toString()));
        }
    }

    private Optional<Save> begin() {
        if (phase != Phase.PLANNED) {
            return Optional.empty();
        }
        phase = Phase.SAVING;
        unsaved = false;
        leaving.addAll(waiting);
        waiting.clear();
        nextSave = timeline.nanoTime() + INTERVAL_NANOS;
        watch();
        return Optional.of(new Save(copy.own(times(), ending), ending));
    }

    /** Looks after a long time whether the present save has ended. */
    private void watch() {
        long next = nextSave;
        cancelTimer();
        timer = timeline.schedule(LONGEST_BUSY_NANOS, () -> monitor.decide(() -> hangs(next)));
    }

    /** Reports a file system that hasn't answered for a long time. */
    private void hangs(long next) {
        if (phase == Phase.SAVING && nextSave == next) {
            tell(problemOf(SILENT));
            if (ending) {
                finish();
            }
        }
    }

    private String problemOf(String why) {
        return "the limits' state can't be saved in " + folder.path() + ": " + why;
    }

    private void end(Save save, Exchange exchange) {
        if (phase == Phase.ENDED) {
            return;
        }
        phase = Phase.IDLE;
        cancelTimer();
        if (exchange instanceof Exchange.Busy others) {
            waitFor(others);
            return;
        }
        busy = null;
        if (exchange instanceof Exchange.Done done) {
            problem = Optional.empty();
            unsaved |= copy.saved();
            letGo(leaving);
            copy.takeIn(done.state(), times());
            tookIn.run();
        } else if (exchange instanceof Exchange.SaveFailed failed) {
            unsaved = true;
            tell(failed.problem());
        }
        if (save.last()) {
            finish();
        } else if (ending) {
            plan(0);
        } else if ((unsaved || !waiting.isEmpty()) && phase == Phase.IDLE && problem.isEmpty()) {
            plan(waiting.isEmpty() ? nextSave - timeline.nanoTime() : 0);
        }
    }

    private static void letGo(List<Runnable> calls) {
        List<Runnable> all = List.copyOf(calls);
        calls.clear();
        all.forEach(Runnable::run);
    }

    private void waitFor(Exchange.Busy others) {
        long now = timeline.nanoTime();
        busySince = others.equals(busy) ? busySince : now;
        busy = others;
        if (now - busySince < LONGEST_BUSY_NANOS) {
            plan(BUSY_NANOS + timeline.random().nextLong(BUSY_NANOS));
        } else {
            tell(problemOf(LOCKED));
            if (ending) {
                finish();
            } else {
                plan(INTERVAL_NANOS);
            }
        }
    }

    /** Reports a problem once until saving has worked again; calls no longer wait for it. */
    private void tell(String what) {
        if (problem.isEmpty()) {
            monitor.after(notices, () -> LOG.warn(what));
        }
        problem = Optional.of(what);
        letGo(leaving);
        letGo(waiting);
    }

    private void finish() {
        if (phase != Phase.ENDED) {
            phase = Phase.ENDED;
            cancelTimer();
            deadline.cancel();
            monitor.after(notices, () -> ended.complete(null));
        }
    }
}
