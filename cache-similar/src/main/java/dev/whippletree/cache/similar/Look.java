package dev.whippletree.cache.similar;

import java.util.Optional;

/**
 * The result of looking a question up. Immutable.
 *
 * @param scope where it was looked up
 * @param question its own words
 * @param wording the same as guards see it
 * @param vector its vector
 * @param nearest the nearest stored question, if one is stored
 * @param score how sure it is that the nearest one's answer is right; negative infinity if none may be served
 * @param judgement what is done with it
 */
record Look(
        AnswerScope scope,
        String question,
        Wording wording,
        float[] vector,
        Optional<Stored> nearest,
        double score,
        AuditedThreshold.Judgement judgement) {

    /** Returns whether a stored answer was found for it; else it goes to the service. */
    boolean isServed() {
        return judgement.verdict() == AuditedThreshold.Verdict.SERVE;
    }

    long nearestId() {
        return nearest.map(Stored::id).orElseThrow();
    }

    /** Returns how much memory it takes, about, with the nearest question: that may no longer be stored elsewhere. */
    long bytes() {
        return Stored.FIXED_BYTES
                + Stored.textBytes(question)
                + Stored.bytes(wording)
                + (long) vector.length * Float.BYTES
                + nearest.map(stored -> stored.bytes()).orElse(0L);
    }
}
