package dev.whippletree.model;

/** The accounts and models that a limit or a refusal applies to. */
public enum Reach {
    /** This account's credential alone. */
    ACCOUNT,
    /** Every account of the organization. */
    ORGANIZATION,
    /** One model, for every account of the organization. */
    MODEL,
    /**
     * The model or the organization; the service doesn't say which. The model is closed at first, and the organization
     * once a second model of it is refused too.
     */
    UNKNOWN,
    /**
     * Perhaps only the prompt: the status names the credential, the credit or the model, but the message doesn't. A
     * target that has answered before is closed only after many refused prompts in a row.
     */
    PROMPT
}
