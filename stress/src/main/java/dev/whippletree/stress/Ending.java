package dev.whippletree.stress;

/** The end of a stress run. */
public enum Ending {
    /** Every check held. */
    HELD,
    /** A check didn't hold. */
    BROKEN,
    /** The user stopped it; nothing was checked. */
    INTERRUPTED
}
