package dev.whippletree.model;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A part of a streamed completion: the account that answers, a piece of the answer, or the end. Immutable.
 *
 * <p>The pieces of one kind, joined, are that part of the whole completion.
 *
 * <pre>{@code
 * if (delta instanceof Delta.Text piece) {
 *     System.out.print(piece.text());
 * } else if (delta instanceof Delta.End end) {
 *     System.out.println(" (" + end.origin().account() + ")");
 * }
 * }</pre>
 */
public sealed interface Delta {

    /** A piece of the answer. Immutable. */
    sealed interface Piece extends Delta {

        /** Returns its text, or a tool call's arguments; empty for extras. */
        String text();
    }

    /**
     * The account that starts to answer; comes before the first piece. If that answer breaks off, another account may
     * continue it: {@linkplain End} names the account that answered in the end.
     *
     * @param account the account's id
     * @param model the model that was asked, or the model of a stored answer
     */
    record Start(String account, String model) implements Delta {

        /** Rejects null. */
        public Start {
            Objects.requireNonNull(account, "account");
            Objects.requireNonNull(model, "model");
        }
    }

    /**
     * The end of a complete answer, and the last delta. A stream without it was incomplete.
     *
     * @param completion the whole answer, which is what the pieces said
     */
    record End(Completion completion) implements Delta {

        /** Rejects null. */
        public End {
            Objects.requireNonNull(completion, "completion");
        }

        /** Returns why the answer ended. */
        public FinishReason finishReason() {
            return completion.finishReason();
        }

        /** Returns the tokens as the service counted them; absent if not reported. */
        public Optional<TokenUsage> usage() {
            return completion.usage();
        }

        /** Returns the source of the answer. */
        public Origin origin() {
            return completion.origin();
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
     * More of the model's reasoning.
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
     * More of the model's refusal to answer.
     *
     * @param text appended to what came before; not empty
     */
    record Refusal(String text) implements Piece {

        /** Checks that it isn't null. */
        public Refusal {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * Further fields of the service's answer. They are merged with those that came before by {@link AnswerExtras#plus},
     * and come after the first piece of another kind if the answer has one.
     *
     * @param extras the fields
     */
    record ExtrasPart(AnswerExtras extras) implements Piece {

        /** Checks that they aren't null. */
        public ExtrasPart {
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String text() {
            return "";
        }
    }

    /**
     * More of a tool call.
     *
     * @param index which of the completion's tool calls, from 0
     * @param id the call's id; in its first piece only
     * @param name the tool's name; in its first piece only
     * @param arguments appended to the arguments, or a custom tool's input, that came before; may be empty
     * @param type what kind of tool is called; in each piece
     * @param extras further fields of the call, as JSON values in JDK types; added to those that came before
     */
    record ToolCallPart(
            int index,
            Optional<String> id,
            Optional<String> name,
            String arguments,
            ToolCall.Type type,
            Map<String, Object> extras)
            implements Piece {

        /** Checks that the index isn't negative and nothing is null. */
        public ToolCallPart {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(arguments, "arguments");
            Objects.requireNonNull(type, "type");
            extras = JsonValues.copyOfFields(extras);
            if (index < 0) {
                throw new IllegalArgumentException("a tool call's index can't be negative: " + index);
            }
        }

        @Override
        public String text() {
            return arguments;
        }

        /** Creates a part of a function's call. */
        public ToolCallPart(int index, Optional<String> id, Optional<String> name, String arguments) {
            this(index, id, name, arguments, ToolCall.Type.FUNCTION);
        }

        /** Creates a part without extras. */
        public ToolCallPart(
                int index, Optional<String> id, Optional<String> name, String arguments, ToolCall.Type type) {
            this(index, id, name, arguments, type, Map.of());
        }
    }
}
