package dev.whippletree.emulator.model;

/** The reason for a refusal. Services word it differently, but the reasons are the same. */
public enum RefusalKind {
    /** No token came with it. */
    NO_TOKEN(401),
    /** The token is unknown, or no longer accepted. */
    BAD_TOKEN(401),
    /** The credit is used up. */
    NO_CREDIT(402),
    /** The token may not do this. */
    FORBIDDEN(403),
    /** It isn't the request it should be; the detail says why. */
    BAD_REQUEST(400),
    /** It has a parameter, named by the detail, that this service doesn't take. */
    BAD_PARAMETER(400),
    /** There is no such model. */
    MODEL_UNKNOWN(404),
    /** The model exists but isn't served. */
    MODEL_UNSERVED(400),
    /** Prompt and answer exceed the model's context. */
    CONTEXT_TOO_LONG(413),
    /** The request is larger than one of the limits. */
    LARGER_THAN_LIMIT(413),
    /** The content filter. */
    FILTERED(400),
    /** A limit is used up for now. */
    LIMIT(429),
    /** Groq has no capacity for the tier {@code flex}. */
    FLEX_CAPACITY(498),
    /** Something broke. */
    SERVER_ERROR(500),
    /** Nothing sensible came from behind the gateway. */
    BAD_GATEWAY(502),
    /** There is too much to do. */
    UNAVAILABLE(503);

    private final int status;

    RefusalKind(int status) {
        this.status = status;
    }

    /**
     * Returns the HTTP status a service sends for it. Hugging Face's router knows no 404 for models. Groq sends 400 for
     * a prompt longer than the model's context, as recorded; that others send 413 is made up.
     */
    int status(ServiceKind service) {
        if (this == MODEL_UNKNOWN && service == ServiceKind.HUGGING_FACE) {
            return MODEL_UNSERVED.status;
        }
        return this == CONTEXT_TOO_LONG && service == ServiceKind.GROQ ? BAD_REQUEST.status : status;
    }
}
