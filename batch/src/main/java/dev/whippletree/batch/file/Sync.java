package dev.whippletree.batch.file;

/** When results that were written are made safe from a power cut. A process that is killed loses none by any of them. */
public enum Sync {
    /** Before they are told: a power cut costs those in flight. */
    EACH,
    /** Each second: a power cut costs the last second's answers as well. */
    SECOND,
    /** When the operating system likes to. */
    NEVER
}
