package dev.whippletree.springai;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Prompt;
import java.util.concurrent.CompletableFuture;

/** Where the caches have the answer that a response is made of. In its metadata, which programs print. Immutable. */
record StoredAnswer(Whippletree whippletree, Prompt prompt) {

    /** Its key in the metadata. */
    static final String KEY = "stored";

    CompletableFuture<Void> forget() {
        return whippletree.forget(prompt);
    }

    @Override
    public String toString() {
        return "answer to a " + prompt;
    }
}
