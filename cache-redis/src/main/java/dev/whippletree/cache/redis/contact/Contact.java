package dev.whippletree.cache.redis.contact;

import dev.whippletree.cache.redis.link.Cause;
import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.cache.redis.link.ShardUnavailableException;
import dev.whippletree.cache.redis.link.TooManyCommandsException;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Services;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the other processes can be reached, and how many they are: by a heartbeat. Thread-safe.
 *
 * <p>The first thing that goes wrong ends it, and for as long as a command may take nobody can say whether that is this
 * process's trouble alone. In a cluster, only a beat that goes wrong does. It begins again with the next beat that is
 * answered: at once where an answer was merely late, with the next connection, and every two seconds in any case.
 */
public final class Contact {

    /** Between beats. What isn't known in such a time is out of date. */
    public static final Duration INTERVAL = Duration.ofSeconds(2);

    /** A process that wasn't heard of for so long is gone. */
    static final Duration GONE_AFTER = Duration.ofSeconds(10);

    /** The longest that a question waits for the first contact; the engine waits a second. */
    private static final Duration LONGEST_START = Duration.ofMillis(750);

    private static final int REMEMBERED_BEATS = (int) (GONE_AFTER.toSeconds() / INTERVAL.toSeconds()) + 1;

    /** A part that follows the contact. Its methods don't block. */
    public interface Member {

        /** Contact was made. The stage ends, normally, once the member has caught up. */
        default CompletionStage<Void> met() {
            return CompletableFuture.completedFuture(null);
        }

        /** There is none. */
        default void lost() {}

        /** A beat was answered and all members have caught up, or it has failed. */
        default void beaten() {}
    }

    private final CoordinationCommands commands;
    private final Services services;
    private final String process;
    private final int least;
    private final Duration timeout;
    private final List<Member> members = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> tried = new CompletableFuture<>();
    private volatile boolean decided;
    private volatile boolean up;
    private volatile boolean settled;
    private volatile @Nullable Throwable trouble;

    // Guarded by this.
    private final int[] seen = new int[REMEMBERED_BEATS];
    private int beats;
    private long lostAtNanos;
    private long metAtNanos;
    private long doubtfulUntilNanos;
    private int connections;
    private boolean beating;
    private boolean again;
    private boolean closed;
    private Cancellable timer = () -> {};
    private CompletionStage<?> lastBeat = CompletableFuture.completedFuture(null);

    /**
     * Creates a contact that isn't there yet.
     *
     * @param process this one's name among the others
     * @param least how many processes to reckon with at least; 0 or more
     * @param timeout after which a command is given up, and the longest doubt
     */
    public Contact(CoordinationCommands commands, Services services, String process, int least, Duration timeout) {
        this.commands = commands;
        this.services = services;
        this.process = process;
        this.least = least;
        this.timeout = timeout;
        lostAtNanos = services.nanoTime();
        metAtNanos = lostAtNanos;
    }

    public void add(Member member) {
        members.add(member);
    }

    public void start() {
        services.schedule(LONGEST_START, () -> tried.complete(null));
        tick();
    }

    public boolean isUp() {
        return up;
    }

    /** Returns when it was last lost; if it never was, when it began. */
    public synchronized long lostAtNanos() {
        return lostAtNanos;
    }

    /** Returns when it was last made. */
    public synchronized long metAtNanos() {
        return metAtNanos;
    }

    /** Returns whether there is contact and all members have caught up. */
    public boolean isSettled() {
        return settled;
    }

    /** Returns whether it is known if there is contact, or isn't. */
    public boolean isDecided() {
        return decided;
    }

    /**
     * Returns whether it has been lost so lately that the others may well have it. What one process grants alone then
     * may be granted to others as well, so it had better wait for a moment.
     */
    public synchronized boolean isDoubtful() {
        return !up && beats > 0 && !isRefused() && services.nanoTime() - doubtfulUntilNanos < 0;
    }

    /** Returns whether Redis refuses commands, or has until now: each process finds out with a beat that it doesn't. */
    public boolean isRefused() {
        return reason() instanceof RefusedCommandException;
    }

    /** Returns whether nothing may be granted without it: processes of another version count by themselves. */
    public boolean isBarred() {
        return !up && trouble instanceof OtherVersionException;
    }

    /** Ends, normally, once the first attempt has succeeded or failed, at the latest after 750 ms. */
    public CompletableFuture<Void> tried() {
        return tried;
    }

    /** Returns what has ended it; in a cluster, perhaps one shard's trouble. */
    public Optional<Throwable> trouble() {
        return Optional.ofNullable(trouble);
    }

    private @Nullable Throwable reason() {
        return trouble().map(ShardUnavailableException::reasonOf).orElse(null);
    }

    /** Returns how many processes there were when last asked; 0 if that isn't known. */
    public synchronized int processes() {
        return beats == 0 ? 0 : seen[(beats - 1) % REMEMBERED_BEATS];
    }

    /** Returns by how many a limit is to be shared, the most that were seen lately; 0 if nobody knows. */
    public synchronized int shares() {
        return Math.max(least, Arrays.stream(seen).max().orElse(0));
    }

    private void tick() {
        beat();
        synchronized (this) {
            if (!closed) {
                timer = services.schedule(INTERVAL, this::tick);
            }
        }
    }

    /** Notes another connection: Redis may have been started anew since the one before. */
    public void connected() {
        synchronized (this) {
            connections++;
        }
        beat();
    }

    /** Returns how often Redis was connected to. */
    public synchronized int connections() {
        return connections;
    }

    /** Looks whether there is contact. */
    public void beat() {
        CompletionStage<CoordinationCommands.Beat> beat;
        synchronized (this) {
            again = beating;
            if (beating || closed) {
                return;
            }
            beating = true;
            beat = commands.beat(process, GONE_AFTER);
            lastBeat = beat;
        }
        beat.whenCompleteAsync(this::beaten, services.executor());
    }

    private void beaten(CoordinationCommands.@Nullable Beat beat, @Nullable Throwable failure) {
        if (failure != null) {
            end(Cause.of(failure));
            done();
        } else if (beat != null) {
            meet(beat);
        }
    }

    private void meet(CoordinationCommands.Beat beat) {
        if (beat.forgotten() && processes() > 0) {
            // What else was told may have been forgotten as well, also what nobody asks about just now.
            members.forEach(Member::lost);
        }
        synchronized (this) {
            seen[beats++ % REMEMBERED_BEATS] = beat.processes();
            if (!up) {
                metAtNanos = services.nanoTime();
                lostAtNanos = decided ? lostAtNanos : metAtNanos;
            }
            up = !closed;
        }
        CompletableFuture.allOf(members.stream()
                        .map(member -> member.met().toCompletableFuture())
                        .toArray(CompletableFuture<?>[]::new))
                .whenComplete((all, failure) -> {
                    settle();
                    done();
                });
    }

    private synchronized void settle() {
        if (up) {
            trouble = null;
            settled = true;
        }
    }

    private void done() {
        boolean more;
        synchronized (this) {
            beating = false;
            more = again;
        }
        decided = true;
        tried.complete(null);
        members.forEach(Member::beaten);
        if (more) {
            beat();
        }
    }

    /** Goes on with a command's reply on the services' threads; a failure is {@linkplain #lost noted} before. */
    public <T> CompletionStage<T> heed(CompletionStage<T> command) {
        return command.whenCompleteAsync(
                (reply, failure) -> {
                    if (failure != null) {
                        lost(failure);
                    }
                },
                services.executor());
    }

    /**
     * Ends the contact, since something went wrong. One shard's trouble, and what this process couldn't send, are left
     * to who asked.
     */
    public void lost(Throwable failure) {
        Throwable cause = Cause.of(failure);
        if (!(cause instanceof ShardUnavailableException)) {
            end(cause);
        }
    }

    private void end(Throwable cause) {
        if (cause instanceof TooManyCommandsException) {
            return;
        }
        boolean silence = ShardUnavailableException.reasonOf(cause) instanceof TimeoutException;
        synchronized (this) {
            if (up) {
                // Who waited in vain for an answer has waited long enough.
                lostAtNanos = services.nanoTime();
                doubtfulUntilNanos = lostAtNanos + (silence ? 0 : timeout.toNanos());
            }
            trouble = cause;
            up = false;
            settled = false;
        }
        members.forEach(Member::lost);
        if (silence) {
            services.executor().execute(this::beat);
        }
    }

    /**
     * Beats no more; ends, normally, when the last beat has been answered or has failed, and what undoes it can be
     * sent.
     */
    public synchronized CompletionStage<Void> close() {
        closed = true;
        up = false;
        timer.cancel();
        tried.complete(null);
        return lastBeat.handle((beat, failure) -> null);
    }
}
