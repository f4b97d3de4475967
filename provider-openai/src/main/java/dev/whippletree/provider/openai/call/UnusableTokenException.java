package dev.whippletree.provider.openai.call;

import org.jspecify.annotations.Nullable;

/** An account's token can't be read, or can't be sent. Its message names the account and holds nothing of the token. */
final class UnusableTokenException extends Exception {

    private static final long serialVersionUID = 1L;

    UnusableTokenException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
