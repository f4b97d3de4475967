package dev.whippletree.model;

import java.util.Locale;

/** Why a completion ended. */
public enum FinishReason {
    /** The model finished its answer. */
    STOP,
    /** The bound on its length was reached: the answer is cut, and never cached. */
    LENGTH,
    /** The model wants functions called. */
    TOOL_CALLS,
    /** The service withheld the rest. */
    CONTENT_FILTER;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** Returns the name used on the wire: lower case. */
    public String wireName() {
        return wireName;
    }
}
