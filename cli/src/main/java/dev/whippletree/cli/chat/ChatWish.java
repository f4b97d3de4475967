package dev.whippletree.cli.chat;

import dev.whippletree.model.Prompt;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The options of a chat. Immutable.
 *
 * @param prompts begins each prompt, with everything but its messages
 * @param system instructions before the conversation
 * @param stream whether answers are shown while they arrive
 * @param verbose whether to print each answer's source, also without a terminal
 */
record ChatWish(Supplier<Prompt.Builder> prompts, Optional<String> system, boolean stream, boolean verbose) {}
