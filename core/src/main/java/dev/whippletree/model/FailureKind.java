package dev.whippletree.model;

/** The kind of a failed attempt, independent of the service's words. */
public enum FailureKind {
    /** A limit was hit and will have room soon. Doesn't count as an attempt. */
    RATE_LIMITED,
    /** A daily limit or the credit is used up. */
    QUOTA_EXHAUSTED,
    /** The service is overloaded, or is loading the model. */
    OVERLOADED,
    /** The connection broke, the service failed, or its answer can't be read. */
    UNAVAILABLE,
    /** Nothing arrived in time, or nothing more. */
    TIMEOUT,
    /** The credential isn't accepted, or lacks a permission. */
    UNAUTHORIZED,
    /** The service doesn't have this model, or no longer has it. */
    MODEL_UNAVAILABLE,
    /** The prompt is longer than this model or this limit ever allows. */
    TOO_LARGE,
    /** The service's content filter refused the prompt or the answer. */
    FILTERED,
    /** The service refused the prompt as invalid. */
    REJECTED
}
