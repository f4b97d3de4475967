package dev.whippletree.model;

/** The urgency of a prompt. Interactive prompts go first, but batch prompts never stop altogether. */
public enum Priority {
    /** A person is waiting for the answer. */
    INTERACTIVE,
    /** No person is waiting for the answer. */
    BATCH
}
