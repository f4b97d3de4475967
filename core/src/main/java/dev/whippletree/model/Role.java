package dev.whippletree.model;

import java.util.Locale;

/** The author of a {@link Message}, as in the chat-completions protocol. */
public enum Role {
    /** Instructions for the whole conversation. */
    SYSTEM,
    /** Instructions again, under the name newer models use. */
    DEVELOPER,
    /** The person or program that asks. */
    USER,
    /** The model. */
    ASSISTANT,
    /** The result of a tool the model called. */
    TOOL,
    /** The result of a function, in the protocol's older form. */
    FUNCTION;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** Returns the name used on the wire: lower case. */
    public String wireName() {
        return wireName;
    }
}
