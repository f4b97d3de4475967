package dev.whippletree.cli.plan;

import dev.whippletree.planner.PromptList;
import dev.whippletree.terminal.board.Words;

/**
 * The prompts of a file, as a plan needs them. Immutable.
 *
 * @param name the file
 * @param prompts what it asks
 */
public record MeasuredPrompts(String name, PromptList prompts) {

    /** Returns the same in a line. */
    String line() {
        return name + ": " + Words.count(prompts.prompts(), "prompt") + ", " + Words.count(prompts.distinct())
                + " of them different (" + Words.percent(prompts.repeat()) + " repeat another one), "
                + (prompts.sessions() == prompts.prompts()
                        ? "all at once"
                        : "in " + Words.count(prompts.sessions(), "conversation") + " of at most "
                                + Words.count(prompts.longest()))
                + ", about " + Words.count(prompts.meanTokens(), "token") + " a call";
    }
}
