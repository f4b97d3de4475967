package dev.whippletree.batch;

import dev.whippletree.model.AttemptReport;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;

/** The result of one item. Immutable. */
public sealed interface BatchResult {

    /** Returns the item. */
    BatchItem item();

    /** Returns the item's id. */
    default String id() {
        return item().id();
    }

    /**
     * It was answered.
     *
     * @param item the item
     * @param completion the answer; that to a prompt for vectors is their {@link Embeddings#asCompletion}
     * @param key of what was asked, by {@link Journal#keyOf}; empty: none
     */
    record Answered(BatchItem item, Completion completion, String key) implements BatchResult {

        /** Rejects null. */
        public Answered {
            Objects.requireNonNull(item, "item");
            Objects.requireNonNull(completion, "completion");
            Objects.requireNonNull(key, "key");
        }

        /** Creates one of which no key is known. */
        public Answered(BatchItem item, Completion completion) {
            this(item, completion, "");
        }

        /**
         * Returns the vectors of the item's texts, in the texts' order.
         *
         * @throws IllegalStateException if the item asked for a completion
         */
        public Embeddings embeddings() {
            if (item.prompt().operation() != Prompt.Operation.EMBEDDING) {
                throw new IllegalStateException("'" + item.id() + "' asked for a completion, not for vectors");
            }
            return Embeddings.of(completion);
        }
    }

    /**
     * It got no answer.
     *
     * @param item the item
     * @param kind why, for programs: a {@link PromptException.Reason} in lower case and, behind a slash, the kind of
     *     the last call's failure; or {@link #NOT_ASKED} or {@link #BEFORE_FAILED}
     * @param message why, for people
     * @param status the HTTP status of the last call, if there was one
     */
    record Failed(BatchItem item, String kind, String message, OptionalInt status) implements BatchResult {

        /** The kind of an item that can't be asked. */
        public static final String NOT_ASKED = "not_asked";

        /** The kind of an item whose session's item before got no answer. */
        public static final String BEFORE_FAILED = "before_failed";

        /** Rejects null. */
        public Failed {
            Objects.requireNonNull(item, "item");
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(status, "status");
        }

        /** Returns the failure of an item for which no call was made. */
        static Failed withoutCall(BatchItem item, String kind, String message) {
            return new Failed(item, kind, message, OptionalInt.empty());
        }

        /** Returns the failure of an item that the engine gave no answer to. */
        static Failed of(BatchItem item, PromptException failure) {
            List<AttemptReport> attempts = failure.attempts();
            String reason = failure.reason().name().toLowerCase(Locale.ROOT);
            String message = String.valueOf(failure.getMessage());
            if (attempts.isEmpty()) {
                return new Failed(item, reason, message, OptionalInt.empty());
            }
            AttemptReport last = attempts.get(attempts.size() - 1);
            String kind = last.failure().word();
            return new Failed(
                    item,
                    reason.equals(kind) ? reason : reason + "/" + kind,
                    message,
                    last.failure().status());
        }
    }
}
