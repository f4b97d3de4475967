package dev.whippletree.limits.learning;

import dev.whippletree.limits.Quota;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes random refusals from those of a limit, if the service doesn't say how long to wait. Arithmetic
 * only, like {@link Quota}.
 *
 * <p>A used-up limit refuses every call until it resets; a service that refuses at random lets others in meanwhile.
 * So a refusal counts as random until so many calls in a row are refused that, given the share refused so far,
 * chance explains it once in ten thousand times. Only calls that reached the service after the first refused one
 * count: those begun after half of its time was over. A call in flight for longer than refusals take counts as let
 * in.
 *
 * <p>An overloaded bucket refuses a share of the calls too. Only slower calls tell the two apart: a limit doesn't
 * refuse them, chance refuses the same share. So once a dozen calls and more than so far are refused, calls are
 * paced a tenth below the rate that was let in, until one explanation is a hundred times as likely as the other
 * ({@link ShareTest}). The same happens if a rate that was found by trial is refused too often. A random share is
 * refuted by a run of admitted calls that it explains only once in a thousand times.
 */
public final class RandomRefusals {

    /** What a refusal is taken for. */
    public enum Cause {
        /** Chance. */
        CHANCE,
        /** Chance or a limit's rate: slower calls will tell. */
        DOUBT,
        /** Chance, as slower calls have told. */
        NO_LIMIT,
        /** A limit that is used up, or the rate that was found by trial. */
        LIMIT
    }

    private static final long NEVER = Long.MIN_VALUE;

    /** A row of refusals that is as unlikely as this isn't taken for chance. */
    private static final double UNLIKELY = 1e-4;

    private static final int SHORTEST_ROW = 2;

    /** As long as slower calls haven't told that it is chance. */
    private static final int LONGEST_ROW = 8;

    private static final int LONGEST_ROW_BY_CHANCE = 30;

    /** Calls of which a tenth was refused, by which the share is judged while few are known. */
    private static final double PRIOR_CALLS = 5;

    private static final double PRIOR_SHARE = 0.1;

    /** What is older than so many calls is forgotten. */
    private static final double REMEMBERED = 1000;

    /** So many refused calls and so many that were let in tell a share and a rate. */
    private static final int DOUBTED_AFTER = 12;

    private static final int RATE_KNOWN_AFTER = 8;
    private static final double SIGNIFICANT = 4;

    /** A limit refuses no more than this share of slower calls, or a tenth of what it refused before. */
    private static final double LEFT_BY_LIMIT = 0.005;

    private static final double LEFT_SHARE = 0.1;

    /** Refused less than this, a service isn't said to refuse by chance. */
    private static final double NEGLIGIBLE = 0.01;

    /** The share that a rate which was found by trial may not be refused again and again. */
    private static final double TOO_OFTEN = 0.02;

    /** So many calls let in, one after the other, that the share explains it once in a thousand times, refute it. */
    private static final double REFUTED = 1e-3;

    /** Refusals take no longer than the slowest of the latest, or a little. */
    private static final double SLOWER_THAN_REFUSALS = 1.25;

    private static final double FORGETTING = 0.95;

    private long longestNanos;

    /** When the first refused call of a row arrived, about. */
    private long rowFrom = NEVER;

    /** When the refused calls of the row began, but for the first. */
    private final List<Long> row = new ArrayList<>();

    /** How many calls were refused since the row began, those too that began before. */
    private int refusedSince;

    /** Whether the row was put down to a limit. */
    private boolean limited;

    private long latestIn = NEVER;
    private final RefusalShare remembered = new RefusalShare(NEVER);

    /** The share that was found to be refused by chance. */
    private double share;

    /** How many calls were let in since the last refusal. */
    private long letInSinceRefusal;

    private @Nullable RefusalShare doubted;
    private @Nullable ShareTest test;

    /** How often the rate that was found by trial was refused by itself. */
    private @Nullable ShareTest ofRate;

    /** A refusal took so long. */
    public void took(long nanos) {
        longestNanos = Math.max((long) (longestNanos * FORGETTING), nanos);
    }

    /**
     * Returns whether any call was ever let in.
     *
     * @param survived when the latest call began that is as good as let in; {@code Long.MIN_VALUE} if there is none
     */
    public boolean hasLetIn(long survived) {
        return latestIn != NEVER || survived != NEVER;
    }

    /** Returns for how long a call has to be under way to be as good as let in. */
    public long certainNanos() {
        return (long) (longestNanos * SLOWER_THAN_REFUSALS);
    }

    /** Returns since when it has been in doubt whether a limit refuses calls. */
    public long doubtedSince() {
        return doubted == null ? NEVER : doubted.from();
    }

    /** Returns how many calls begun since then were let in. */
    public double letIn() {
        return doubted == null ? 0 : doubted.letIn();
    }

    /** A call that began at a moment was let in. */
    public void letIn(long begun) {
        latestIn = Math.max(latestIn, begun);
        letInSinceRefusal++;
        if (share > 0 && letInSinceRefusal * Math.log1p(-share) < Math.log(REFUTED)) {
            share = 0;
        }
        endRow(begun);
        count(begun, false);
        if (test != null) {
            test.letIn(begun);
            if (test.isLimit()) {
                test = null;
                doubted = null;
            }
        }
        if (ofRate != null) {
            ofRate.letIn(begun);
            ofRate = ofRate.isLimit() ? null : ofRate;
        }
    }

    /**
     * A call was refused.
     *
     * @param begun when it began
     * @param survived when the latest call began that is as good as let in
     * @param paced whether a rate was found by trial, and kept
     */
    public Cause refused(long begun, long survived, boolean paced, long now) {
        endRow(survived);
        letInSinceRefusal = 0;
        refusedSince++;
        join(begun, begun + (now - begun) / 2, Math.max(latestIn, survived));
        if (rowFrom != NEVER && certainRow(now) >= longestRow()) {
            limited = true;
            test = null;
            doubted = null;
            return Cause.LIMIT;
        }
        if (test != null) {
            test.refused(begun);
            return test.isChance() ? byChance(test.byChance()) : Cause.CHANCE;
        }
        return paced && share < NEGLIGIBLE ? ofRate(begun, now) : doubt(now);
    }

    private void join(long begun, long arrived, long latest) {
        if (arrived <= latest) {
            count(begun, true);
        } else if (rowFrom == NEVER) {
            rowFrom = arrived;
        } else if (begun >= rowFrom) {
            row.add(begun);
        }
    }

    /** A rate is refused seldom. Refused often, the limit has become smaller or it is chance: slower calls will tell. */
    private Cause ofRate(long begun, long now) {
        if (ofRate == null) {
            ofRate = new ShareTest(TOO_OFTEN, LEFT_BY_LIMIT, begun);
        }
        if (ofRate.isChance() && ofRate.share().letIn() >= RATE_KNOWN_AFTER) {
            doubted = ofRate.share();
            ofRate = null;
            return compare(doubted, now);
        }
        limited = true;
        return Cause.LIMIT;
    }

    private Cause doubt(long now) {
        if (doubted == null) {
            doubted = new RefusalShare(now);
        }
        double expected = doubted.calls() * share;
        if (doubted.refusals() >= DOUBTED_AFTER
                && letIn() >= RATE_KNOWN_AFTER
                && doubted.refusals() > expected + SIGNIFICANT * Math.sqrt(expected)) {
            return compare(doubted, now);
        }
        return Cause.CHANCE;
    }

    private Cause compare(RefusalShare since, long now) {
        double found = since.share();
        double byLimit = Math.max(LEFT_BY_LIMIT, share + (found - share) * LEFT_SHARE);
        test = new ShareTest(found, byLimit, now);
        return Cause.DOUBT;
    }

    private Cause byChance(double found) {
        share = found;
        test = null;
        ofRate = null;
        doubted = null;
        limited = false;
        row.clear();
        rowFrom = NEVER;
        refusedSince = 0;
        return Cause.NO_LIMIT;
    }

    private int longestRow() {
        double so = (remembered.refusals() + PRIOR_SHARE * PRIOR_CALLS) / (remembered.calls() + PRIOR_CALLS);
        double length = Math.ceil(Math.log(UNLIKELY) / Math.log(Math.max(share, so)));
        return (int) Math.max(SHORTEST_ROW, Math.min(share > 0 ? LONGEST_ROW_BY_CHANCE : LONGEST_ROW, length));
    }

    /** Returns how many were refused one after the other: calls that others may have outlived for all that is known aren't counted. */
    private int certainRow(long now) {
        long certain = now - certainNanos();
        return 1 + (int) row.stream().filter(begun -> begun <= certain).count();
    }

    private void endRow(long begun) {
        if (rowFrom != NEVER && begun >= rowFrom) {
            if (!limited) {
                count(rowFrom, true);
                row.forEach(refused -> count(refused, true));
            } else if (refusedSince > 1) {
                ofRate = null;
            } else if (ofRate != null) {
                ofRate.refused(begun);
            }
            rowFrom = NEVER;
            row.clear();
            refusedSince = 0;
            limited = false;
        }
    }

    private void count(long begun, boolean refused) {
        remembered.count(begun, refused);
        if (remembered.calls() > REMEMBERED) {
            share = Math.min(share, remembered.share());
            remembered.halve();
        }
        if (doubted != null) {
            doubted.count(begun, refused);
            if (test == null && doubted.calls() > REMEMBERED / 5 && doubted.share() < Math.max(NEGLIGIBLE, share)) {
                doubted = null;
            }
        }
    }
}
