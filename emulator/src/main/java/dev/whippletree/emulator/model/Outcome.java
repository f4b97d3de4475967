package dev.whippletree.emulator.model;

import java.util.List;

/** The outcome of a request, fully decided at the moment it arrives. Immutable. */
public sealed interface Outcome {

    /** Returns what statistics call it: a status or the name of a fault. */
    String symptom();

    /**
     * It answers.
     *
     * @param answer what
     * @param delivery how
     * @param firstNanos nanoseconds from the arrival to the first token
     * @param wholeNanos nanoseconds from the arrival to the end, not before the first token
     * @param limits how the limits stand right after this request was counted
     */
    record Answered(ChatAnswer answer, Delivery delivery, long firstNanos, long wholeNanos, List<LimitState> limits)
            implements Outcome {

        public Answered {
            limits = List.copyOf(limits);
        }

        @Override
        public String symptom() {
            return delivery.symptom();
        }
    }

    /**
     * It refuses.
     *
     * @param refusal why
     * @param afterNanos nanoseconds from the arrival to the response
     * @param limits how the limits stand; empty where the token isn't known
     */
    record Refused(Refusal refusal, long afterNanos, List<LimitState> limits) implements Outcome {

        public Refused {
            limits = List.copyOf(limits);
        }

        @Override
        public String symptom() {
            return String.valueOf(refusal.status());
        }
    }

    /**
     * It closes the connection without a response.
     *
     * @param afterNanos nanoseconds from the arrival
     */
    record Reset(long afterNanos) implements Outcome {

        @Override
        public String symptom() {
            return "reset";
        }
    }

    /** It never answers. */
    record Hung() implements Outcome {

        @Override
        public String symptom() {
            return "hang";
        }
    }
}
