package dev.whippletree.cli.plan;

import dev.whippletree.cli.board.Words;

/**
 * The prompts of a file, as a plan needs them. Immutable.
 *
 * @param name the file
 * @param prompts how many there are, 1 or more
 * @param distinct how many of them are different, in conversations with what was said before
 * @param sessions how many start at once: sessions of conversations, or as many as there are prompts
 * @param promptTokens how long one is on average, estimated
 */
public record MeasuredPrompts(String name, long prompts, long distinct, int sessions, int promptTokens) {

    /** Returns the share of prompts that repeat another, 0 to 1: what caches and equal prompts answer. */
    double repeat() {
        return 1 - (double) distinct / prompts;
    }

    /** Returns how many prompts follow each other. */
    int questions() {
        return (int) Math.max(1, Math.round((double) prompts / sessions));
    }

    /** Returns the same in a line. */
    String line() {
        return name + ": " + Words.count(prompts, "prompt") + ", " + Words.count(distinct) + " of them different ("
                + Words.percent(repeat()) + " repeat another one), "
                + (sessions == prompts ? "all at once" : "in " + Words.count(sessions, "conversation")) + ", about "
                + Words.count(promptTokens, "token") + " each";
    }
}
