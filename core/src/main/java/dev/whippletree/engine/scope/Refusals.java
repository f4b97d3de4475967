package dev.whippletree.engine.scope;

import dev.whippletree.limits.Pace;
import dev.whippletree.limits.learning.RandomRefusals;
import dev.whippletree.limits.learning.RateSearch;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is learned of a scope from calls that are refused and let in: how long to leave it alone, whether it refuses by chance, and the
 * rate that nobody told. Guarded by the engine's lock.
 */
final class Refusals {

    /** So many calls let in, and so many windows', show that a limit that was doubted is right. */
    private static final long CALLS_TO_TRUST = 200;

    private static final long WINDOWS_TO_TRUST = 2;

    /** As many at the pace of a limit that nobody told: it is tested more often than that. */
    private static final long PACED_CALLS_TO_TRUST = 1000;

    private static final long PACED_WINDOWS_TO_TRUST = 5;

    /** A bucket's rate may be right where its size isn't: so only a rate beyond it shows that the limit is what binds. */
    private static final double CLEARLY_MORE = 1.1;

    /** What calls that were refused although the declared and reported limits of requests had room for them say of those. */
    private enum Doubt {
        NONE,
        /** They are too high, or others use them too: a lower rate is searched. */
        TOO_HIGH,
        /** They are right, but there is another one, of a shorter window: its rate may be far above theirs. */
        INCOMPLETE
    }

    private final RandomRefusals random = new RandomRefusals();
    private final Pauses pauses = new Pauses();
    private RateSearch search = new RateSearch();

    private Doubt doubt = Doubt.NONE;

    private long letInSinceRefusal;

    /** Returns the rate that was found by trial, if there is one. */
    Optional<Pace> pace() {
        return search.pace();
    }

    /** Returns whether the declared and reported limits aren't all that there is to keep. */
    boolean doubtLimits() {
        return doubt != Doubt.NONE;
    }

    /** Returns whether nothing has been let in since a limit refused a call. */
    boolean refuseAll() {
        return pauses.areOn();
    }

    /** Returns whether the calls were refused that were to find out if it lets in again. */
    boolean refuseStill() {
        return pauses.isUncertain();
    }

    /** A call begins, perhaps the first under way. */
    void begun(boolean first, long now) {
        if (doubtLimits() && first) {
            search.wake(now);
        }
        search.begun(now);
    }

    /** No call is under way any more. */
    void rest(long now) {
        if (doubtLimits()) {
            search.rest(now);
        }
    }

    /** A call that began at a moment was let in. */
    void letIn(long begun, long now) {
        pauses.letIn(begun);
        search.letIn(begun, now);
        random.letIn(begun);
        letInSinceRefusal++;
    }

    /**
     * Trusts limits that were doubted again, if nothing has been refused for long, or for a while at a higher rate than theirs. Returns
     * whether it does.
     *
     * @param slowest the calls a nanosecond that they allow
     * @param largest the largest amount of them
     */
    boolean trustAgain(double slowest, long largest) {
        if (!seemRight(slowest, largest)) {
            return false;
        }
        doubt = Doubt.NONE;
        search = new RateSearch();
        return true;
    }

    private boolean seemRight(double slowest, long largest) {
        if (pace().isEmpty()) {
            return letInSinceRefusal > Math.max(CALLS_TO_TRUST, WINDOWS_TO_TRUST * largest);
        }
        if (doubt == Doubt.TOO_HIGH) {
            return letInSinceRefusal > CALLS_TO_TRUST && pace().orElseThrow().perNano() > CLEARLY_MORE * slowest;
        }
        return letInSinceRefusal > Math.max(PACED_CALLS_TO_TRUST, PACED_WINDOWS_TO_TRUST * largest);
    }

    /**
     * Takes a refusal for chance, if it may be that: one that says how long to wait is a limit's. Returns when to ask again, or empty if it is
     * a limit's.
     */
    OptionalLong byChance(RefusedCall call) {
        if (call.told().isPresent()) {
            return OptionalLong.empty();
        }
        random.took(call.tookNanos());
        if (!random.hasLetIn(latestSurvivor(call))) {
            return OptionalLong.of(nothingLetInYet(call));
        }
        if (isLimit(call)) {
            return OptionalLong.empty();
        }
        search.setAside(call.begun());
        return OptionalLong.of(call.now());
    }

    /** As long as it has never let in anything there is neither a share that is refused by chance nor a rate, only a pause. */
    private long nothingLetInYet(RefusedCall call) {
        if (call.others().length > 0) {
            search.setAside(call.begun());
        } else {
            search = new RateSearch();
        }
        return pauses.refused(call.begun(), OptionalLong.empty(), Pauses.FIRST_NANOS, call.chance(), call.now());
    }

    private boolean isLimit(RefusedCall call) {
        RandomRefusals.Cause cause =
                random.refused(call.begun(), latestSurvivor(call), search.pace().isPresent(), call.now());
        return switch (cause) {
            case CHANCE -> false;
            case LIMIT -> true;
            case DOUBT -> {
                search = RateSearch.at(letInSince(random.doubtedSince(), call), random.letIn(), call.now());
                yield false;
            }
            case NO_LIMIT -> {
                search = new RateSearch();
                yield false;
            }
        };
    }

    /** Returns when the latest call under way began that no limit can have refused any more. */
    private long latestSurvivor(RefusedCall call) {
        long certain = call.now() - random.certainNanos();
        return Arrays.stream(call.others())
                .filter(begun -> begun <= certain)
                .max()
                .orElse(Long.MIN_VALUE);
    }

    /** Returns the calls a nanosecond that were let in, or as good as that, of those begun since a moment. */
    private double letInSince(long since, RefusedCall call) {
        long certain = call.now() - random.certainNanos();
        long surviving = Arrays.stream(call.others())
                .filter(begun -> begun >= since && begun <= certain)
                .count();
        return (random.letIn() + surviving) / Math.max(1, certain - since);
    }

    /** Leaves the scope alone after a limit refused a call. Returns until when. */
    long pause(RefusedCall call) {
        long first = search.pauseNanos().orElse(Pauses.FIRST_NANOS);
        if (call.told().isPresent()) {
            takeSurvivorsForLetIn(call);
        }
        letInSinceRefusal = 0;
        return pauses.refused(call.begun(), call.told(), first, call.chance(), call.now());
    }

    /** Calls that have been under way for twice as long as a refusal takes show that a pause was long enough: answers come later. */
    private void takeSurvivorsForLetIn(RefusedCall call) {
        Arrays.stream(call.others())
                .filter(begun -> call.now() - begun > 2 * call.tookNanos())
                .forEach(pauses::letIn);
    }

    /** Doubts the declared and reported limits: a rate is searched below them. */
    void doubtLimits(RateSearch below) {
        doubt = Doubt.TOO_HIGH;
        search = below;
    }

    /** Takes the declared and reported limits for right, and searches the rate of one that nobody told. */
    void suspectAnotherLimit() {
        doubt = Doubt.INCOMPLETE;
        search = new RateSearch();
    }

    /** The refused call was one too many under way; that says nothing of a rate. */
    void setAside(RefusedCall call) {
        search.setAside(call.begun());
    }

    /** The refused call exceeded a rate. */
    void exceeded(RefusedCall call, long until) {
        search.refused(call.begun(), call.now(), until, call.told().isPresent());
    }
}
