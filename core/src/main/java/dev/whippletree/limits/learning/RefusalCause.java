package dev.whippletree.limits.learning;

import dev.whippletree.limits.Quota;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells refusals by chance from those of a limit where the service doesn't say how long to wait. Arithmetic only, like
 * {@link Quota}.
 *
 * <p>A limit that is used up refuses every call until it resets; a service that refuses at random admits others
 * meanwhile. So a refusal counts as random until so many calls in a row are refused that, given the share refused so
 * far, it would happen by chance only once in ten thousand times; or until eight are, which is less unlikely where more
 * than a third is refused. Only calls that reached the service after the first refused one count: those begun after
 * half of its time was over. A call in flight for longer than refusals take counts as admitted.
 *
 * <p>An overloaded bucket refuses a share of the calls too. Only slower calls tell the two apart: a limit doesn't
 * refuse them, chance refuses the same share. So once a dozen calls, and clearly more than before, are refused, calls
 * are paced a tenth below the rate that was admitted until one explanation is a hundred times as likely as the other.
 * The same happens if a rate found by trial is refused too often. A random share is refuted by a run of admitted calls
 * that it explains only once in a hundred times.
 */
public final class RefusalCause {

    /** What a refusal is taken for. */
    public enum Verdict {
        /** Chance. */
        CHANCE,
        /** Chance or a limit's rate: slower calls will tell. */
        UNCLEAR,
        /** Chance, as slower calls have proved. */
        PROVEN_CHANCE,
        /** A limit that is used up, or the rate that was found by trial. */
        LIMIT
    }

    private static final long NEVER = Long.MIN_VALUE;

    /** A row of refusals that is as unlikely as this isn't taken for chance. */
    private static final double UNLIKELY = 1e-4;

    /** The longest row taken for chance, before slower calls have proved chance. */
    private static final int LONGEST_ROW = 8;

    /** The longest row taken for chance afterwards. */
    private static final int LONGEST_ROW_BY_CHANCE = 30;

    /** The prior: as if 5 calls had come before, half a call of them refused. */
    private static final double PRIOR_CALLS = 5;

    private static final double PRIOR_REFUSALS = 0.5;

    /** After so many calls, what is older counts half. */
    private static final double REMEMBERED = 1000;

    /** The fewest refused calls to estimate a share. */
    private static final int DOUBTED_AFTER = 12;

    /** The fewest admitted calls to estimate a rate. */
    private static final int RATE_KNOWN_AFTER = 8;

    /** How far refusals must exceed the expected number, in standard deviations of a Poisson distribution. */
    private static final double SIGNIFICANT = 4;

    /** If this share of the calls that keep a learned rate is refused, the rate is in doubt. */
    private static final double TOO_OFTEN = 0.02;

    /** A limit refuses no more than this share of slower calls, or a tenth of what it refused before. */
    private static final double LEFT_BY_LIMIT = 0.005;

    private static final double LEFT_SHARE = 0.1;

    /** One explanation is a hundred times as likely as the other. */
    private static final double CERTAIN = Math.log(100);

    /** A call under way for so many times as long as the slowest recent refusal took counts as admitted. */
    private static final double SLOWER_THAN_REFUSALS = 1.25;

    /** The slowest refusal counts for so much less with each later one. */
    private static final double FORGETTING = 0.95;

    private long longestNanos;

    /** Roughly when a row's first refused call reached the service. */
    private long rowFrom = NEVER;

    /** When the refused calls of the row began, except the first. */
    private final List<Long> row = new ArrayList<>();

    /** How many calls were refused since the row began, those too that began before. */
    private int refusedSince;

    /** Whether the row was put down to a limit. */
    private boolean limited;

    private long latestAdmitted = NEVER;
    private long admittedSinceRefusal;
    private final RefusalShare remembered = new RefusalShare(NEVER);

    /** The share that was found to be refused by chance. */
    private double share;

    private @Nullable RefusalShare doubted;

    /** What becomes of slower calls; null while none are tried. */
    private @Nullable RefusalShare slower;

    private double ifChance;
    private double ifLimit;

    public void took(long nanos) {
        longestNanos = Math.max((long) (longestNanos * FORGETTING), nanos);
    }

    /** Returns how long a call has to be under way to be as good as admitted. */
    public long certainNanos() {
        return (long) (longestNanos * SLOWER_THAN_REFUSALS);
    }

    /**
     * Returns whether any call was ever admitted.
     *
     * @param survived when the latest call began that is as good as admitted; {@code Long.MIN_VALUE} if there is none
     */
    public boolean hasAdmitted(long survived) {
        return latestAdmitted != NEVER || survived != NEVER;
    }

    /** Returns since when it has been unclear whether a limit refuses calls. */
    public long doubtedSince() {
        return doubted == null ? NEVER : doubted.from();
    }

    /** Returns how many calls begun since then were admitted. */
    public double admittedSinceDoubt() {
        return doubted == null ? 0 : doubted.admitted();
    }

    public void admitted(long begun) {
        latestAdmitted = Math.max(latestAdmitted, begun);
        admittedSinceRefusal++;
        if (share > 0 && admittedSinceRefusal * Math.log1p(-share) < -CERTAIN) {
            share = 0;
        }
        endRow(begun);
        count(begun, false);
        if (slower != null) {
            slower.count(begun, false);
            if (slower.evidence(ifLimit, ifChance) >= CERTAIN) {
                slower = null;
                doubted = null;
            }
        }
    }

    /**
     * A call was refused.
     *
     * @param begun when it began
     * @param survived when the latest call began that is as good as admitted
     * @param paced whether a rate was found by trial, and kept
     */
    public Verdict refused(long begun, long survived, boolean paced, long now) {
        endRow(survived);
        admittedSinceRefusal = 0;
        refusedSince++;
        join(begun, begun + (now - begun) / 2, Math.max(latestAdmitted, survived));
        if (rowFrom != NEVER && certainRow(now) >= longestRow()) {
            limited = true;
            slower = null;
            doubted = null;
            return Verdict.LIMIT;
        }
        if (slower != null) {
            slower.count(begun, true);
            return slower.evidence(ifChance, ifLimit) >= CERTAIN ? byChance() : Verdict.CHANCE;
        }
        if (doubted == null) {
            doubted = new RefusalShare(paced ? begun : now);
        }
        if (isTelling(doubted, paced)) {
            ifChance = doubted.share();
            ifLimit = Math.max(LEFT_BY_LIMIT, share + (ifChance - share) * LEFT_SHARE);
            slower = new RefusalShare(now);
            return Verdict.UNCLEAR;
        }
        limited = paced && share < TOO_OFTEN;
        return limited ? Verdict.LIMIT : Verdict.CHANCE;
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

    /** Returns whether clearly more calls are refused than so far, or than a rate that was found by trial is. */
    private boolean isTelling(RefusalShare calls, boolean paced) {
        if (calls.admitted() < RATE_KNOWN_AFTER) {
            return false;
        }
        if (paced && share < TOO_OFTEN) {
            return calls.evidence(TOO_OFTEN, LEFT_BY_LIMIT) >= CERTAIN;
        }
        double expected = calls.calls() * share;
        return calls.refusals() >= DOUBTED_AFTER && calls.refusals() > expected + SIGNIFICANT * Math.sqrt(expected);
    }

    private Verdict byChance() {
        share = ifChance;
        slower = null;
        doubted = null;
        limited = false;
        row.clear();
        rowFrom = NEVER;
        refusedSince = 0;
        return Verdict.PROVEN_CHANCE;
    }

    private int longestRow() {
        double shareSoFar = (remembered.refusals() + PRIOR_REFUSALS) / (remembered.calls() + PRIOR_CALLS);
        double length = Math.ceil(Math.log(UNLIKELY) / Math.log(Math.max(share, shareSoFar)));
        return (int) Math.min(share > 0 ? LONGEST_ROW_BY_CHANCE : LONGEST_ROW, length);
    }

    /**
     * Returns how many were refused one after the other: calls that others may have outlived for all that is known
     * aren't counted.
     */
    private int certainRow(long now) {
        long certain = now - certainNanos();
        return 1 + (int) row.stream().filter(begun -> begun <= certain).count();
    }

    private void endRow(long begun) {
        if (rowFrom == NEVER || begun < rowFrom) {
            return;
        }
        if (!limited) {
            count(rowFrom, true);
            row.forEach(refused -> count(refused, true));
        } else if (refusedSince > 1) {
            doubted = null; // Several refusals in a row speak for a limit.
        } else if (doubted != null) {
            doubted.count(rowFrom, true);
        }
        rowFrom = NEVER;
        row.clear();
        refusedSince = 0;
        limited = false;
    }

    private void count(long begun, boolean refused) {
        remembered.count(begun, refused);
        if (remembered.calls() > REMEMBERED) {
            share = Math.min(share, remembered.share());
            remembered.halve();
        }
        if (doubted != null) {
            doubted.count(begun, refused);
            if (slower == null && doubted.calls() > REMEMBERED / 5 && doubted.share() < Math.max(TOO_OFTEN, share)) {
                doubted = null;
            }
        }
    }
}
