package dev.whippletree.tests.failures;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client of the gateway got. Immutable.
 *
 * @param status the HTTP status
 * @param text all that it was told, put together
 * @param finishReason why the answer ended; absent: it didn't
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

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String DATA = "data: ";

    /** Reads what came to a client that wanted the answer in one piece. */
    static GatewayReply ofWhole(int status, String body) {
        if (status != 200) {
            return ofError(status, body);
        }
        JsonNode answer = JSON.readTree(body);
        JsonNode choice = answer.path("choices").path(0);
        return new GatewayReply(
                status,
                choice.path("message").path("content").asString(""),
                Optional.of(choice.path("finish_reason").asString()),
                answer.path("model").asString(),
                Optional.of(answer.path("usage").path("total_tokens").asLong()),
                true,
                Optional.empty());
    }

    private static GatewayReply ofError(int status, String body) {
        String code = JSON.readTree(body).path("error").path("code").asString();
        return new GatewayReply(status, "", Optional.empty(), "", Optional.empty(), false, Optional.of(code));
    }

    /** Reads what came to a client that wanted the answer while it comes. */
    static GatewayReply ofStream(int status, String body) {
        if (status != 200) {
            return ofError(status, body);
        }
        Reading reading = new Reading();
        body.lines().filter(line -> line.startsWith(DATA)).forEach(line -> reading.take(line.substring(DATA.length())));
        return new GatewayReply(
                status,
                reading.text.toString(),
                reading.finishReason,
                reading.model,
                reading.tokens,
                reading.done,
                reading.error);
    }

    /** Returns whether it is an answer, and all of it. */
    boolean isWhole() {
        return status == 200 && done && error.isEmpty() && finishReason.isPresent();
    }

    /** What was read so far. */
    private static final class Reading {

        private final StringBuilder text = new StringBuilder();
        private Optional<String> finishReason = Optional.empty();
        private String model = "";
        private Optional<Long> tokens = Optional.empty();
        private Optional<String> error = Optional.empty();
        private boolean done;

        void take(String data) {
            if (data.equals("[DONE]")) {
                done = true;
                return;
            }
            JsonNode chunk = JSON.readTree(data.getBytes(StandardCharsets.UTF_8));
            if (chunk.has("error")) {
                error = Optional.of(chunk.path("error").path("code").asString());
                return;
            }
            model = chunk.path("model").asString();
            JsonNode choice = chunk.path("choices").path(0);
            text.append(choice.path("delta").path("content").asString(""));
            if (choice.path("finish_reason").isString()) {
                finishReason = Optional.of(choice.path("finish_reason").asString());
            }
            if (chunk.has("usage")) {
                tokens = Optional.of(chunk.path("usage").path("total_tokens").asLong());
            }
        }
    }
}
