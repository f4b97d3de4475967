package dev.whippletree.gateway.http;

import dev.whippletree.chat.WrongFieldException;

/** A request that ends with an error response. Immutable. */
public final class RequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ApiError error;

    public RequestException(ApiError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    /** A field of the request is wrong, or its value. */
    public static RequestException of(IllegalArgumentException wrong) {
        String field = wrong instanceof WrongFieldException named ? named.field() : "";
        return new RequestException(ApiError.wrong(field, String.valueOf(wrong.getMessage())));
    }

    public ApiError error() {
        return error;
    }
}
