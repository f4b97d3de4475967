package dev.whippletree.gateway;

/** A request that ends with an error response. Immutable. */
final class RequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ApiError error;

    RequestException(ApiError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    ApiError error() {
        return error;
    }
}
