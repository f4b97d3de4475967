package dev.whippletree.model;

/** How urgent a prompt is. Interactive prompts go first without ever stopping batch ones altogether. */
public enum Priority {
    /** Somebody is waiting. */
    INTERACTIVE,
    /** Nobody is watching. */
    BATCH
}
