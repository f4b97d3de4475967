package dev.whippletree.provider.openai.read;

import java.io.IOException;

/** A response breaks one of our rules or bounds. */
public class UnusableResponseException extends IOException {

    private static final long serialVersionUID = 1L;

    /** @param words what is wrong, as words that can be shown: they hold nothing of the response */
    public UnusableResponseException(String words) {
        super(words);
    }

    /** Returns what is wrong, in words that can be shown. */
    public String inWords() {
        return String.valueOf(getMessage());
    }
}
