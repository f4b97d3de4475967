package dev.whippletree.engine.flight;

import dev.whippletree.model.Completion;
import dev.whippletree.model.Failure;
import dev.whippletree.spi.AnswerEnd;

/** How an attempt ended. Each attempt ends in one of these ways, once. */
public sealed interface AttemptOutcome {

    /**
     * The answer is whole.
     *
     * @param completion the answer
     * @param end how the service ended it
     */
    record Answered(Completion completion, AnswerEnd end) implements AttemptOutcome {}

    /** There is no answer, or not all of it. */
    record Failed(Failure failure) implements AttemptOutcome {}

    /** Nobody wants the answer any longer. */
    record Cancelled() implements AttemptOutcome {}

    /** It was never sent: the other processes have left no room for it. */
    record SentBack() implements AttemptOutcome {}
}
