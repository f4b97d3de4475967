package dev.whippletree.model;

import java.util.Objects;
import java.util.Optional;

/** A piece of a completion, as it arrives. Immutable. */
public sealed interface Delta {

    /**
     * More text.
     *
     * @param text appended to what came before; not empty
     */
    record Text(String text) implements Delta {

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
    record Reasoning(String text) implements Delta {

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
    record ToolCallPart(int index, Optional<String> id, Optional<String> name, String arguments) implements Delta {

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
