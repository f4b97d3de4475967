package dev.whippletree.model;

/** The accounts and models that a service's refusal applies to. */
public enum Reach {
    /** This account's credential alone. */
    ACCOUNT,
    /** Every account of the organization. */
    ORGANIZATION,
    /** One model, for every account of the organization. */
    MODEL,
    /**
     * The service doesn't say whether it is the model or the organization. The model is closed at first; the
     * organization, once a second model of it is refused as well.
     */
    UNKNOWN,
    /**
     * This prompt, as far as anybody knows: a status speaks of the credential, the credit or the model, but the
     * service's words don't. What has answered before is closed only once many prompts in a row are refused.
     */
    PROMPT
}
