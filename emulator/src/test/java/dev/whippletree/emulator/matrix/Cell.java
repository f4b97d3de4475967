package dev.whippletree.emulator.matrix;

import dev.whippletree.emulator.model.Counting;
import dev.whippletree.emulator.model.ServiceKind;
import java.time.Duration;
import java.util.Locale;

/**
 * One case of the matrix. Immutable.
 *
 * @param service how the service counts
 * @param knowledge what the engine is told of the limits
 * @param unit what is limited
 * @param delay how long answers take
 * @param width how many callers ask at once; each asks again as soon as it is answered
 * @param window the length of the limits' windows
 * @param accounts how many accounts there are, each an organization of its own with the same limits
 * @param seed of all that is left to chance
 */
record Cell(
        Service service,
        Knowledge knowledge,
        Unit unit,
        Delay delay,
        int width,
        Duration window,
        int accounts,
        long seed) {

    /** The shortest window of a reported limit, in latencies, of which the whole can be used. */
    private static final int LATENCIES_PER_WINDOW = 3;

    private static final Duration ASSUMED_TRANSIT = Duration.ofSeconds(2);

    /** Longer than any answer takes. */
    private static final Duration UNKNOWN_TRANSIT = Duration.ofDays(1);

    /** How a service counts. */
    enum Service {
        FIRST_USE(Counting.FROM_FIRST_USE),
        CLOCK(Counting.FIXED),
        SLIDING(Counting.SLIDING),
        BUCKET(Counting.BUCKET);

        private final Counting counting;

        Service(Counting counting) {
            this.counting = counting;
        }

        Counting counting() {
            return counting;
        }
    }

    /** What the engine is told of the limits. */
    enum Knowledge {
        DECLARED(true, false),
        REPORTED(false, true),
        BOTH(true, true),
        NEITHER(false, false);

        private final boolean declared;
        private final boolean reported;

        Knowledge(boolean declared, boolean reported) {
            this.declared = declared;
            this.reported = reported;
        }

        boolean declared() {
            return declared;
        }

        boolean reported() {
            return reported;
        }

        /**
         * Returns a service that tells as much: of the emulated ones that count what was made, one reports and one
         * doesn't.
         */
        ServiceKind kind() {
            return reported ? ServiceKind.OPENAI : ServiceKind.HUGGING_FACE;
        }
    }

    /** What is limited. */
    enum Unit {
        REQUESTS(true, false),
        TOKENS(false, true),
        BOTH(true, true);

        private final boolean requests;
        private final boolean tokens;

        Unit(boolean requests, boolean tokens) {
            this.requests = requests;
            this.tokens = tokens;
        }

        boolean requests() {
            return requests;
        }

        boolean tokens() {
            return tokens;
        }
    }

    /**
     * Returns whether nothing is certain but the amount and the window's length, so that uses have to be held: see
     * {@link CellResult}.
     */
    boolean isHeld() {
        return switch (knowledge) {
            case DECLARED, BOTH -> true;
            case REPORTED -> service == Service.SLIDING || isShort();
            case NEITHER -> false;
        };
    }

    private boolean isShort() {
        return delay.mean().multipliedBy(LATENCIES_PER_WINDOW).compareTo(window) > 0;
    }

    /** Returns whether reports tell when a window is over, but only to within the time that its quickest call took. */
    boolean isToldWhenOver() {
        return service == Service.FIRST_USE && knowledge.reported() && !isHeld();
    }

    /** Returns how long a request is under way at most, as far as the engine assumes it. */
    Duration transit() {
        boolean assumed = knowledge.declared() || (service == Service.SLIDING && !isShort());
        return assumed ? ASSUMED_TRANSIT : UNKNOWN_TRANSIT;
    }

    /** Returns the cell as the program's arguments, by which it is run alone. */
    @Override
    public String toString() {
        return String.format(
                "service=%s knowledge=%s unit=%s latency=%s width=%d window=%s accounts=%d seed=%d",
                word(service), word(knowledge), word(unit), word(delay), width, word(window), accounts, seed);
    }

    /** Returns a value as it is written in arguments. */
    static String word(Object value) {
        return value instanceof Duration duration
                ? duration.toString().substring(2).toLowerCase(Locale.ROOT)
                : value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
