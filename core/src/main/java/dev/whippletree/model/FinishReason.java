package dev.whippletree.model;

import java.util.Locale;

/** Why a completion ended. */
public enum FinishReason {
    /** The model finished its answer. */
    STOP,
    /** The maximum of tokens was reached: the answer is cut, and never cached. */
    LENGTH,
    /** The model calls functions. */
    TOOL_CALLS,
    /** The service withheld the rest. */
    CONTENT_FILTER;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** Returns the name used on the wire: lower case. */
    public String wireName() {
        return wireName;
    }
}
