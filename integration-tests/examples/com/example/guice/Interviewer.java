package com.example.guice;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import jakarta.inject.Inject;
import java.util.concurrent.CompletableFuture;

/** A class of the application that has a Whippletree injected, and would be tested with any other. */
public final class Interviewer {

    private final Whippletree whippletree;

    @Inject
    Interviewer(Whippletree whippletree) {
        this.whippletree = whippletree;
    }

    /** Asks one question; doesn't block. */
    public CompletableFuture<String> ask(String question) {
        return whippletree.complete(Prompt.of(question)).thenApply(Completion::text);
    }
}
