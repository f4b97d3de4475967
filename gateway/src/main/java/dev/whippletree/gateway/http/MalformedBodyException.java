package dev.whippletree.gateway.http;

import java.io.IOException;

/** A request's body isn't delimited as it has to be, so its end is unknown. */
final class MalformedBodyException extends IOException {

    private static final long serialVersionUID = 1;

    MalformedBodyException(String message) {
        super(message);
    }
}
