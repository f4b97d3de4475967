package dev.whippletree.planner;

import dev.whippletree.model.Prompt;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Pads prompts to the workload's length just before they reach the service. Only the service counts their length, and
 * short prompts make the rest of the simulation faster. Confined to its simulation.
 */
final class PromptPadding {

    private static final int BYTES_PER_TOKEN = 4;
    private static final int TOKENS_PER_MESSAGE = 4;

    /** More characters aren't kept: a trace of a coding agent has 20 GB of them. */
    private static final long MOST_KEPT = 100_000_000;

    private final Map<String, Prompt> byText = new HashMap<>();
    private final ToIntFunction<String> tokens;
    private final String filler;

    /**
     * Creates a padding.
     *
     * @param tokens how many tokens prompts have, by the rule that the emulated services count by
     */
    PromptPadding(int tokens) {
        this(text -> tokens, tokens);
    }

    /**
     * Creates a padding to several lengths.
     *
     * @param tokens how many tokens the prompt of a text has; one whose text alone has more keeps those
     * @param most the most of them
     */
    PromptPadding(ToIntFunction<String> tokens, int most) {
        this.tokens = tokens;
        this.filler = ".".repeat(bytes(most));
    }

    private static int bytes(int tokens) {
        return Math.max(0, tokens - TOKENS_PER_MESSAGE) * BYTES_PER_TOKEN;
    }

    /** Returns the prompt at full length, without its tenant and session. All prompts have the same parameters. */
    Prompt of(Prompt prompt) {
        if ((long) byText.size() * filler.length() > MOST_KEPT) {
            byText.clear();
        }
        return byText.computeIfAbsent(
                prompt.messages().get(0).text(),
                text -> Prompt.builder()
                        .user(lengthened(text))
                        .parameters(prompt.parameters())
                        .build());
    }

    private String lengthened(String text) {
        int length = bytes(tokens.applyAsInt(text));
        return length <= text.length() ? text : text + filler.substring(text.length(), length);
    }
}
