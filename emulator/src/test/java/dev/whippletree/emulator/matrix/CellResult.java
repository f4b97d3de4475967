package dev.whippletree.emulator.matrix;

import java.util.List;
import java.util.Locale;

/**
 * What was measured of one cell. Immutable.
 *
 * @param cell which
 * @param use what the engine used, as a share of what can be used by who knows everything
 * @param bound the most that certain knowledge allows, as the same share; see {@link #measure}
 * @param calls what arrived at the service while it was measured
 * @param refused of these, what was answered 429
 * @param avoidable every 429 of the whole run that knowledge could have avoided
 * @param lost prompts that ended without an answer
 */
record CellResult(
        Cell cell, double use, double bound, long calls, long refused, List<CellRun.Refused> avoidable, long lost) {

    /** What is to be used of the bound. */
    static final double AIM = 0.98;

    /**
     * Runs a cell.
     *
     * <p>The bound is that of {@link Clairvoyant#most} where the service reports and its windows are three latencies or
     * more: reports tell of each window what it allows while it lasts. It is also that where nothing is known, though
     * nobody can reach it for certain there. Of windows that begin with their first use it is that of
     * {@link Clairvoyant#mostUntilCertain}. It is that of {@link Clairvoyant#mostHeld} where limits are only declared,
     * since the way of counting isn't; where the service counts by sliding window, since a use is back a window after
     * it was counted, nobody knows when, and a report of that comes another latency later; and for shorter windows: a
     * report then tells of a window that is over, or nearly so, and what remains certain is the amount.
     */
    static CellResult measure(Cell cell) {
        return measure(cell, 1);
    }

    /**
     * Runs a cell whose service allows more than the engine is told.
     *
     * @param allowed how many times as much, 1 or more
     */
    static CellResult measure(Cell cell, double allowed) {
        Workload workload = new Workload(cell);
        CellRun.Outcome outcome = new CellRun(workload, allowed).run();
        Used most = workload.unused().with(Clairvoyant.most(workload.task(), cell.service()));
        double bound = workload.unused().with(certain(workload)).shareOf(most, cell.unit());
        return new CellResult(
                cell,
                outcome.used().shareOf(most, cell.unit()) / allowed,
                Math.min(1, bound),
                outcome.calls(),
                outcome.refused(),
                outcome.avoidable(),
                outcome.lost());
    }

    private static List<Clairvoyant.Admitted> certain(Workload workload) {
        Cell cell = workload.cell();
        if (cell.isHeld()) {
            return Clairvoyant.mostHeld(workload.task(), cell.transit().toNanos());
        }
        return cell.isToldWhenOver()
                ? Clairvoyant.mostUntilCertain(workload.task())
                : Clairvoyant.most(workload.task(), cell.service());
    }

    /** Returns what was used of what certain knowledge allows. */
    double ofBound() {
        return use / bound;
    }

    boolean isBelowAim() {
        return ofBound() < AIM;
    }

    /** Returns the share of the calls that was refused. */
    double refusedShare() {
        return calls == 0 ? 0 : (double) refused / calls;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.3f of bound (use %.3f, bound %.3f), %d calls, %d refused, %d avoidable, %d lost: %s",
                ofBound(),
                use,
                bound,
                calls,
                refused,
                avoidable.size(),
                lost,
                cell);
    }
}
