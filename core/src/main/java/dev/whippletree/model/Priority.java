package dev.whippletree.model;

/** The urgency of a prompt. Interactive prompts go first, but batch prompts never stop altogether. */
public enum Priority {
    /** Somebody is waiting. */
    INTERACTIVE,
    /** Nobody is watching. */
    BATCH
}
