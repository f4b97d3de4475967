package dev.whippletree.comparison.failover;

/** How Failover Bench judges a scenario. */
public enum Verdict {
    /** The caller was rescued, and nothing is to be said against how. */
    PASS,
    /** The caller was rescued, but not as it should be. */
    PARTIAL,
    /** The caller wasn't rescued, and was told so in time. */
    SAFE,
    /** The caller waited too long, took a part for the whole, or the service was treated as it must not be. */
    FAIL
}
