package dev.whippletree.emulator.matrix;

import dev.whippletree.emulator.matrix.Workload.Call;
import dev.whippletree.model.Limit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Schedules calls knowing everything: how each limit is counted, how long each call takes and how many tokens it has.
 * Shares no code with the engine, nor with the emulator's meters. Confined to one thread; used once.
 *
 * <p>It admits a call at the first moment at which a caller has asked it and an account has room for it. As many calls
 * are asked at once as there are callers, in the order of their numbers, each once a caller is free; a request is on
 * its way to the service as long as its call says. Where all uses are equal nobody admits more by any moment: a use
 * that is admitted earlier comes back no later, by each way of counting. Tokens are packed by first fit among the first
 * {@value #LOOKAHEAD} that wait; what is left of a window is less than any of those needs.
 */
final class Clairvoyant {

    private static final int LOOKAHEAD = 32;

    private final Task task;
    private final List<Account> accounts;
    private final PriorityQueue<Asked> coming = new PriorityQueue<>();
    private final List<Asked> waiting = new ArrayList<>();
    private final List<Admitted> admitted = new ArrayList<>();
    private int asked;

    /**
     * What is to be scheduled.
     *
     * @param limits of each account
     * @param accounts how many
     * @param width how many callers
     * @param fromNanos when they begin to ask
     * @param toNanos when it is over
     * @param calls what they ask, by its number
     */
    record Task(List<Limit> limits, int accounts, int width, long fromNanos, long toNanos, IntFunction<Call> calls) {}

    /**
     * A call that was admitted.
     *
     * @param atNanos when it arrived
     */
    record Admitted(long atNanos, Call call) {}

    /** Makes the count of a limit. */
    interface Counting {

        /** Returns a count of which nothing is used. */
        Count of(long limit, long windowNanos);
    }

    /** A call and when it is at the service's door. */
    private record Asked(long atNanos, Call call) implements Comparable<Asked> {

        @Override
        public int compareTo(Asked other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Integer.compare(call.number(), other.call.number());
        }
    }

    private Clairvoyant(Task task, Counting counting) {
        this.task = task;
        this.accounts = IntStream.range(0, task.accounts())
                .mapToObj(account -> new Account(task.limits(), counting))
                .toList();
    }

    /** Returns the calls that can be admitted: limits are counted as the service does. */
    static List<Admitted> most(Task task, Cell.Service service) {
        return new Clairvoyant(task, (limit, windowNanos) -> Count.of(service, limit, windowNanos)).run();
    }

    /**
     * Returns the calls that can be admitted by who doesn't know how the service counts: a use is held until a window
     * after the latest moment at which the service can have counted it, which is the begin of its answer or
     * {@code transitNanos} after its arrival, whichever is earlier. Held for less, it could be counted in a window
     * together with what takes its place. With a latency of d throughout this is W/(W+d) of the amount per window W;
     * with others each use is held as long as its own latency asks.
     */
    static List<Admitted> mostHeld(Task task, long transitNanos) {
        return new Clairvoyant(
                        task,
                        (limit, windowNanos) -> new LeavingCount(
                                limit, (now, answered) -> Math.min(answered, now + transitNanos) + windowNanos))
                .run();
    }

    /**
     * Returns the calls that can be admitted by who is told how long each window lasts, which begins with its first
     * use, but not exactly when that was said: see {@link FirstUseCount}.
     */
    static List<Admitted> mostUntilCertain(Task task) {
        return new Clairvoyant(task, (limit, windowNanos) -> new FirstUseCount(limit, windowNanos, true)).run();
    }

    private List<Admitted> run() {
        long now = task.fromNanos();
        for (int caller = 0; caller < task.width(); caller++) {
            ask(now);
        }
        while (now < task.toNanos()) {
            arrive(now);
            now = Math.min(admitted(now), coming.isEmpty() ? Long.MAX_VALUE : coming.element().atNanos);
        }
        return admitted;
    }

    private void ask(long nowNanos) {
        Call call = task.calls().apply(asked++);
        coming.add(new Asked(nowNanos + call.transitNanos(), call));
    }

    private void arrive(long nowNanos) {
        while (!coming.isEmpty() && coming.element().atNanos <= nowNanos) {
            waiting.add(coming.remove());
        }
    }

    /** Admits whatever fits, and returns when to look again. */
    private long admitted(long nowNanos) {
        long again = Long.MAX_VALUE;
        int seen = 0;
        for (Iterator<Asked> each = waiting.iterator(); each.hasNext() && seen < LOOKAHEAD; ) {
            Call call = each.next().call();
            long earliest = admitted(call, nowNanos);
            if (earliest == nowNanos) {
                each.remove();
            } else {
                again = Math.min(again, earliest);
                seen++;
            }
        }
        return again;
    }

    private long admitted(Call call, long nowNanos) {
        long again = Long.MAX_VALUE;
        for (Account account : accounts) {
            long earliest = account.earliestNanos(call, nowNanos);
            if (earliest == nowNanos) {
                long answered = nowNanos + call.latencyNanos();
                account.take(call, nowNanos, answered);
                admitted.add(new Admitted(nowNanos, call));
                ask(answered);
                return nowNanos;
            }
            again = Math.min(again, earliest);
        }
        return again;
    }

    /** The limits of one account. */
    private static final class Account {

        private final List<OneLimit> limits;

        Account(List<Limit> limits, Counting counting) {
            this.limits = limits.stream()
                    .map(limit -> new OneLimit(
                            limit.unit(),
                            counting.of(limit.amount(), limit.window().toNanos())))
                    .toList();
        }

        long earliestNanos(Call call, long nowNanos) {
            long latest = nowNanos;
            for (OneLimit limit : limits) {
                latest = Math.max(latest, limit.count.earliestNanos(limit.amount(call), nowNanos));
            }
            return latest;
        }

        void take(Call call, long nowNanos, long answeredNanos) {
            limits.forEach(limit -> limit.count.take(limit.amount(call), nowNanos, answeredNanos));
        }
    }

    private record OneLimit(Limit.Unit unit, Count count) {

        long amount(Call call) {
            return unit == Limit.Unit.REQUESTS ? 1 : call.tokens();
        }
    }
}
