package dev.whippletree.emulator.plan;

import dev.whippletree.model.Prompt;

/**
 * Makes prompts as long as a workload says, on their way to a service: only there does their length count. What comes before, such
 * as looking for them in a cache, is the quicker for their being short. Immutable.
 */
final class Lengthening {

    private static final int BYTES_PER_TOKEN = 4;
    private static final int TOKENS_PER_MESSAGE = 4;

    private final String filler;

    /**
     * Creates a lengthening.
     *
     * @param tokens how many tokens prompts have, by the rule that the emulated services count by
     */
    Lengthening(int tokens) {
        this.filler = ".".repeat((tokens - TOKENS_PER_MESSAGE) * BYTES_PER_TOKEN);
    }

    /** Returns a prompt of one message, at full length. */
    Prompt of(Prompt prompt) {
        String text = prompt.messages().get(0).text();
        return Prompt.builder()
                .user(text + filler.substring(text.length()))
                .build()
                .withParameters(prompt.parameters());
    }
}
