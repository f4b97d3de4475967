package dev.whippletree.cli.answer;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Origin;
import dev.whippletree.terminal.board.Words;
import java.time.Duration;

/** Describes where an answer came from. */
public final class Provenance {

    /** The note for an answer that reached its maximum of tokens. */
    public static final String CUT =
            "the answer is cut: it reached its maximum of tokens, set by --max-tokens, by the route or by the model";

    private Provenance() {}

    /**
     * Returns a sentence: account, model, attempts, how long it waited and took, tokens.
     *
     * @param took from asking to having the whole of it
     */
    public static String line(Completion answer, Duration took) {
        Origin origin = answer.origin();
        String source = switch (origin.source()) {
            case CALL -> "answered by account " + origin.account();
            case JOINED -> "shared another prompt's call to account " + origin.account();
            case CACHE -> "from cache " + origin.cache().orElse("") + ", once answered by account " + origin.account();
        };
        return source + ", model " + origin.model() + ", " + Words.count(origin.attempts(), "attempt") + ", waited "
                + Words.duration(origin.waited()) + ", took " + Words.duration(took)
                + answer.usage()
                        .map(usage -> ", " + Words.count(usage.total(), "token"))
                        .orElse("");
    }
}
