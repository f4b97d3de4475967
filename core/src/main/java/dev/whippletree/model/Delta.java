package dev.whippletree.model;

import java.util.Objects;
import java.util.Optional;

/**
 * A part of a streamed completion: the account that answers, a piece of the answer, or the end. Immutable.
 *
 * <p>All pieces of a sort, one after the other, are what the whole completion has of it.
 */
public sealed interface Delta {

    /** A piece of the answer. Immutable. */
    sealed interface Piece extends Delta {}

    /**
     * Who has begun to answer; told before the first piece. Should that answer break off, another may go on with it: who answered in
     * the end is said at the {@linkplain End end}.
     *
     * @param account the account's id
     * @param model the model that was asked, or of a stored answer the one that had answered
     */
    record Start(String account, String model) implements Delta {

        /** Checks that nothing is null. */
        public Start {
            Objects.requireNonNull(account, "account");
            Objects.requireNonNull(model, "model");
        }
    }

    /**
     * The end of a whole answer; the last that is told. A stream without it was no whole answer.
     *
     * @param finishReason why the answer ended
     * @param usage tokens as the service counted them; absent if it didn't say
     * @param origin where it came from
     */
    record End(FinishReason finishReason, Optional<TokenUsage> usage, Origin origin) implements Delta {

        /** Checks that nothing is null. */
        public End {
            Objects.requireNonNull(finishReason, "finishReason");
            Objects.requireNonNull(usage, "usage");
            Objects.requireNonNull(origin, "origin");
        }
    }

    /**
     * More text.
     *
     * @param text appended to what came before; not empty
     */
    record Text(String text) implements Piece {

        /** Checks that it isn't null. */
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * More of what the model thinks.
     *
     * @param text appended to what came before; not empty
     */
    record Reasoning(String text) implements Piece {

        /** Checks that it isn't null. */
        public Reasoning {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * More of a tool call.
     *
     * @param index which of the completion's tool calls, from 0
     * @param id the call's id; in its first piece only
     * @param name the function's name; in its first piece only
     * @param arguments appended to the arguments that came before; may be empty
     */
    record ToolCallPart(int index, Optional<String> id, Optional<String> name, String arguments) implements Piece {

        /** Checks that the index isn't negative and nothing is null. */
        public ToolCallPart {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(arguments, "arguments");
            if (index < 0) {
                throw new IllegalArgumentException("a tool call's index can't be negative: " + index);
            }
        }
    }
}
