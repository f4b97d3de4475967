package dev.whippletree.cli.chat;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Prompt;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The options of a chat. Immutable.
 *
 * @param prompts begins each prompt, with its parameters and without messages
 * @param system instructions that stand above the conversation
 * @param choice whom it is with at first
 * @param stream whether answers are shown while they come
 * @param verbose whether to print each answer's source, also without a terminal
 * @param history whether typed messages are kept for the next chat
 * @param status gives the lines of the status board
 */
public record ChatWish(
        Supplier<Prompt.Builder> prompts,
        Optional<String> system,
        Choice choice,
        boolean stream,
        boolean verbose,
        boolean history,
        Function<Whippletree, List<String>> status) {}
