package dev.whippletree.cli.plan.page;

import dev.whippletree.cli.plan.answer.Sentences;
import dev.whippletree.planner.Verdict;

/** Verdicts with a mark of their own shape, for eyes that don't tell their colours apart. */
final class Verdicts {

    private Verdicts() {}

    static String marked(Verdict verdict) {
        String mark = switch (verdict) {
            case HOLDS -> "✓";
            case TIGHT -> "▲";
            case UNKNOWN -> "?";
            case DOES_NOT_HOLD -> "✕";
        };
        return mark + " " + Sentences.word(verdict);
    }
}
