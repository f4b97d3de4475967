package dev.whippletree.model;

/** The kind of a failed attempt, independent of the service's words. */
public enum FailureKind {
    /** A limit was hit and will give way soon. Doesn't count as an attempt. */
    RATE_LIMITED,
    /** A day's limit is used up, or the credit. */
    QUOTA_EXHAUSTED,
    /** The service has too much to do, or is loading the model. */
    OVERLOADED,
    /** The connection broke, the service failed, or sent what can't be read. */
    UNAVAILABLE,
    /** Nothing came, or nothing more. */
    TIMEOUT,
    /** The credential isn't accepted, or may not do this. */
    UNAUTHORIZED,
    /** The service doesn't have this model, or no longer. */
    MODEL_UNAVAILABLE,
    /** The prompt is longer than this model, or this limit, can ever take. */
    TOO_LARGE,
    /** The service's content filter refused the prompt or the answer. */
    FILTERED,
    /** The service refused the prompt as wrong. */
    REJECTED
}
