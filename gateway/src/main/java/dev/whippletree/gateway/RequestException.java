package dev.whippletree.gateway;

import dev.whippletree.chat.WrongFieldException;

/** A request that ends with an error response. Immutable. */
final class RequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ApiError error;

    RequestException(ApiError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    /** A field of the request is wrong, or its value. */
    static RequestException of(IllegalArgumentException wrong) {
        String field = wrong instanceof WrongFieldException named ? named.field() : "";
        return new RequestException(ApiError.wrong(field, String.valueOf(wrong.getMessage())));
    }

    ApiError error() {
        return error;
    }
}
