package dev.whippletree.batch.file;

/**
 * When written results are forced to disk, in case of a power cut. A killed process loses no result with any of them.
 */
public enum Sync {
    /** Before they are told: a power cut costs those in flight. */
    EACH,
    /** Each second: a power cut costs the last second's answers as well. */
    SECOND,
    /** When the operating system likes to. */
    NEVER
}
