package dev.whippletree.tests.failures;

import java.util.Optional;

/**
 * What a client of the gateway got, in whatever protocol. Immutable.
 *
 * @param status the HTTP status
 * @param text all that it was told, put together
 * @param finishReason why the answer ended, in the words of chat completions; absent: it didn't
 * @param model who answered, by the last chunk that says so
 * @param tokens how many were used; absent: nobody said so
 * @param done whether the answer came to its proper end
 * @param error the code of the error that came, in the stream or instead of one
 */
record GatewayReply(
        int status,
        String text,
        Optional<String> finishReason,
        String model,
        Optional<Long> tokens,
        boolean done,
        Optional<String> error) {

    /** Returns whether it is an answer, and all of it. */
    boolean isWhole() {
        return status == 200 && done && error.isEmpty() && finishReason.isPresent();
    }

    /** What was read so far. */
    static final class Reading {

        private final StringBuilder text = new StringBuilder();
        private Optional<String> finishReason = Optional.empty();
        private String model = "";
        private Optional<Long> tokens = Optional.empty();
        private Optional<String> warning = Optional.empty();
        private Optional<String> error = Optional.empty();
        private boolean done;

        /** Notes a piece of the answer, and who says it if that is known. */
        void said(String by, String piece) {
            model = by.isEmpty() ? model : by;
            text.append(piece);
        }

        void finished(String reason) {
            finishReason = Optional.of(reason);
        }

        void counted(long total) {
            tokens = Optional.of(total);
        }

        /** Notes that the answer came to its proper end. */
        void done() {
            done = true;
        }

        void failed(String code) {
            error = Optional.of(code);
        }

        /** Notes an error that counts only if another event says so too. */
        void warned(String code) {
            warning = Optional.of(code);
        }

        /** Notes the error that the last warning was about. */
        void failedAsWarned(String code) {
            error = warning.filter(code::equals);
        }

        GatewayReply reply(int status) {
            return new GatewayReply(status, text.toString(), finishReason, model, tokens, done, error);
        }
    }
}
