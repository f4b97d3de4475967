package dev.whippletree.emulator.plan;

/** Whether accounts will do. */
public enum Verdict {
    /** Everybody is answered in time, and at most 90 % is used of what the accounts allow. */
    HOLDS,
    /** Everybody is answered in time, but more than 90 % is used of what the accounts allow. */
    TIGHT,
    /** Somebody isn't answered in time. */
    DOES_NOT_HOLD;

    /** Returns whether everybody is answered in time. */
    public boolean held() {
        return this != DOES_NOT_HOLD;
    }
}
