package dev.whippletree.state;

import java.io.IOException;

/** What stands in the file is not what this version or an earlier one wrote. */
final class UnreadableStateException extends IOException {

    private static final long serialVersionUID = 1;

    UnreadableStateException(String message) {
        super(message);
    }
}
