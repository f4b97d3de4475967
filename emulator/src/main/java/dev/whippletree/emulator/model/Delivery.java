package dev.whippletree.emulator.model;

/** How an answer reaches the caller. */
public enum Delivery {
    /** As it should. */
    WHOLE("200"),
    /** As it should, but for a stream's {@code [DONE]}. */
    WITHOUT_DONE("no-done"),
    /** Two thirds of it, then the connection is closed. */
    CUT("cut"),
    /** Two thirds of it, then nothing more. */
    STALLED("stall"),
    /** With something in it that is no JSON. */
    MALFORMED("malformed");

    private final String symptom;

    Delivery(String symptom) {
        this.symptom = symptom;
    }

    /** Returns what statistics call it. */
    String symptom() {
        return symptom;
    }

    /** Returns whether the caller gets all of the answer. */
    public boolean whole() {
        return this == WHOLE || this == WITHOUT_DONE;
    }
}
