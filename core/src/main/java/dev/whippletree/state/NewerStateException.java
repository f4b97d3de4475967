package dev.whippletree.state;

import java.io.IOException;

/** The file was written by a later version, which alone knows what it means; it is left as it is. */
final class NewerStateException extends IOException {

    private static final long serialVersionUID = 1;

    NewerStateException(String message) {
        super(message);
    }
}
