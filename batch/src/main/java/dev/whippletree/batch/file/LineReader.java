package dev.whippletree.batch.file;

import dev.whippletree.batch.BatchResult;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what the lines of an OpenAI batch ask, in place of the reader for chat completions and embeddings. Thread-safe.
 */
public interface LineReader {

    /** A line can't be asked, for a reason that programs know by a code. Immutable. */
    final class Refusal extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        private final String code;

        /**
         * Creates one.
         *
         * @param code for programs
         * @param message what is wrong and what to do
         */
        public Refusal(String code, String message) {
            super(message);
            this.code = code;
        }

        /** Returns why, for programs. */
        public String code() {
            return code;
        }
    }

    /**
     * Returns the prompt of a line. It is asked with batch priority, whatever it says.
     *
     * @param url the path that the line names, or that of chat completions
     * @param body the request
     * @param session the session that the line names, if any
     * @throws IllegalArgumentException if it can't be asked, saying why; a {@link Refusal} has a code
     */
    Prompt read(String url, Map<String, Object> body, Optional<String> session);

    /** Returns what is written down of a result; by default all of it. */
    default BatchResult written(BatchResult result) {
        return result;
    }

    /**
     * Returns an answer as the body of a response, for an output in the order of its input.
     *
     * @param body the request
     * @param id the result's id
     * @param created when it was answered
     * @return empty, as by default: it stays a chat completion or a list of vectors
     */
    default Optional<Map<String, Object>> answer(
            Map<String, Object> body, Completion answer, String id, Instant created) {
        return Optional.empty();
    }
}
