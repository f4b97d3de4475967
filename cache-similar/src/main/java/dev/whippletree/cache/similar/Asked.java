package dev.whippletree.cache.similar;

/** A question that was looked up. Immutable. */
record Asked(AnswerScope scope, Look look) {

    long nearest() {
        return look.nearest().map(Stored::id).orElseThrow();
    }

    /** Returns whether a stored answer was found for it; else it goes to the service. */
    boolean isHit() {
        return look.isServed();
    }
}
