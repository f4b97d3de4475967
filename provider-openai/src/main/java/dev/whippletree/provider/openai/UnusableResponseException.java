package dev.whippletree.provider.openai;

import java.io.IOException;

/** A response breaks a rule or a bound of ours. Its message can be shown, and holds nothing of the response. */
final class UnusableResponseException extends IOException {

    private static final long serialVersionUID = 1L;

    UnusableResponseException(String message) {
        super(message);
    }
}
