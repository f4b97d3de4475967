package dev.whippletree.planner;

import dev.whippletree.model.Prompt;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes prompts as long as a workload says, on their way to a service: only there does their length count. What comes before, such
 * as looking for them in a cache, is the quicker for their being short. Confined to its simulation.
 */
final class Lengthening {

    private static final int BYTES_PER_TOKEN = 4;
    private static final int TOKENS_PER_MESSAGE = 4;

    private final Map<String, Prompt> byText = new HashMap<>();
    private final String filler;

    /**
     * Creates a lengthening.
     *
     * @param tokens how many tokens prompts have, by the rule that the emulated services count by
     */
    Lengthening(int tokens) {
        this.filler = ".".repeat((tokens - TOKENS_PER_MESSAGE) * BYTES_PER_TOKEN);
    }

    /** Returns a prompt of one message, at full length; whose it is, no service is told. All have the same parameters. */
    Prompt of(Prompt prompt) {
        return byText.computeIfAbsent(
                prompt.messages().get(0).text(),
                text -> Prompt.builder()
                        .user(text + filler.substring(text.length()))
                        .build()
                        .withParameters(prompt.parameters()));
    }
}
