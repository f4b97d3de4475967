package dev.whippletree.cli.base;

import dev.whippletree.model.Prompt;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of a prompt. */
public final class PromptOptions extends RequestOptions {

    @Option(
            names = {"-s", "--system"},
            paramLabel = "TEXT",
            description = "Instructions before the prompt (the system message), as typed: @FILE reads no file.")
    private Optional<String> system = Optional.empty();

    @Option(names = "--temperature", paramLabel = "0..2", description = "The sampling temperature.")
    private Optional<Double> temperature = Optional.empty();

    @Option(names = "--max-tokens", paramLabel = "N", description = "The most tokens the answer may have.")
    private Optional<Integer> maxTokens = Optional.empty();

    public Optional<String> system() {
        return system;
    }

    public Prompt prompt(String text, Optional<String> question) {
        Prompt.Builder builder = builder();
        system.ifPresent(builder::system);
        question.ifPresent(builder::question);
        return UserMistake.checked("", () -> builder.user(text).build());
    }

    /** Refuses values that are out of range. */
    public void check() {
        prompt("", Optional.empty());
    }

    @Override
    public Prompt.Builder builder() {
        Prompt.Builder builder = super.builder();
        temperature.ifPresent(builder::temperature);
        maxTokens.ifPresent(builder::maxTokens);
        return builder;
    }
}
