package dev.whippletree.spi;

import dev.whippletree.model.FinishReason;
import dev.whippletree.model.ShownText;
import dev.whippletree.model.TokenUsage;
import java.util.Objects;
import java.util.Optional;

/**
 * The data that a service sends at the end of a complete answer. Immutable.
 *
 * @param finishReason why it ended
 * @param usage tokens as the service counted them; absent if not reported
 * @param model the model as the service named it; for a router, the model it chose; kept as {@link ShownText#line}
 * @param id the service's id of the answer, if any; kept as {@link ShownText#line}
 */
public record AnswerEnd(FinishReason finishReason, Optional<TokenUsage> usage, String model, Optional<String> id) {

    /** Rejects null, and makes the service's names safe to show. */
    public AnswerEnd {
        Objects.requireNonNull(finishReason, "finishReason");
        Objects.requireNonNull(usage, "usage");
        model = ShownText.line(model);
        id = id.map(ShownText::line);
    }

    /** Creates the end of an answer that has no id. */
    public AnswerEnd(FinishReason finishReason, Optional<TokenUsage> usage, String model) {
        this(finishReason, usage, model, Optional.empty());
    }

    /** Returns the same with another id. */
    public AnswerEnd withId(Optional<String> other) {
        return new AnswerEnd(finishReason, usage, model, other);
    }
}
