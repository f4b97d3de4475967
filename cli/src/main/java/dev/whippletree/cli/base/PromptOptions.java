package dev.whippletree.cli.base;

import dev.whippletree.model.Prompt;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a prompt. */
public final class PromptOptions extends RequestOptions {

    @Option(
            names = {"-s", "--system"},
            paramLabel = "TEXT",
            description = "Instructions before the prompt (the system message), as typed: @FILE reads no file.")
    private @Nullable String system;

    @Option(names = "--temperature", paramLabel = "0..2", description = "The sampling temperature.")
    private @Nullable Double temperature;

    @Option(names = "--max-tokens", paramLabel = "N", description = "The most tokens the answer may have.")
    private @Nullable Integer maxTokens;

    /** Returns the instructions above the prompt. */
    public Optional<String> system() {
        return Optional.ofNullable(system);
    }

    /**
     * Returns the prompt.
     *
     * @param text what the user asks
     * @param question the part of it that may vary in wording
     * @throws UserMistake if a value is out of range
     */
    public Prompt prompt(String text, Optional<String> question) {
        Prompt.Builder builder = builder();
        system().ifPresent(builder::system);
        question.ifPresent(builder::question);
        try {
            return builder.user(text).build();
        } catch (IllegalArgumentException e) {
            throw new UserMistake(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Checks the values.
     *
     * @throws UserMistake if one is out of range
     */
    public void check() {
        prompt("", Optional.empty());
    }

    @Override
    public Prompt.Builder builder() {
        Prompt.Builder builder = super.builder();
        if (temperature != null) {
            builder.temperature(temperature);
        }
        if (maxTokens != null) {
            builder.maxTokens(maxTokens);
        }
        return builder;
    }
}
