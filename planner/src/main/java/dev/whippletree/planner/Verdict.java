package dev.whippletree.planner;

/** Whether accounts will do. */
public enum Verdict {
    /** Everybody is answered in time, and at most 90 % is used of what the accounts allow. */
    HOLDS,
    /** Everybody is answered in time, but more than 90 % is used of what the accounts allow. */
    TIGHT,
    /**
     * Everybody would be answered in time if accounts that declare no limits had none, credits without a known price
     * lasted, and, of too many prompts to simulate, none waited too long; whether that is so isn't known.
     */
    UNKNOWN,
    /**
     * Everybody is answered in time if a service refills its limits gradually, but not if it counts them by the window;
     * how it counts isn't known.
     */
    DEPENDS,
    /** Somebody isn't answered in time. */
    DOES_NOT_HOLD;

    /** Returns whether everybody is known to be answered in time. */
    public boolean held() {
        return this == HOLDS || this == TIGHT;
    }
}
