package dev.whippletree.emulator.plan;

/** Whether accounts will do. */
public enum Verdict {
    /** Everybody is answered in time, and no limit is used by more than 90 %. */
    HOLDS,
    /** Everybody is answered in time, but some limit or credit is used by more than 90 %. */
    TIGHT,
    /** Somebody isn't answered in time. */
    DOES_NOT_HOLD;

    /** Returns whether everybody is answered in time. */
    public boolean held() {
        return this != DOES_NOT_HOLD;
    }
}
