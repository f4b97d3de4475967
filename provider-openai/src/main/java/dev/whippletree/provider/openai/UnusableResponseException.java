package dev.whippletree.provider.openai;

import java.io.IOException;

/** A response breaks a rule or a bound of ours. */
final class UnusableResponseException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String words;

    /** @param words what is wrong, as words that can be shown: they hold nothing of the response */
    UnusableResponseException(String words) {
        super(words);
        this.words = words;
    }

    /** Returns what is wrong, in words that can be shown. */
    String inWords() {
        return words;
    }
}
