package dev.whippletree.tests.failures;

import dev.whippletree.tests.failures.GatewayReply.Reading;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A protocol in which clients ask the gateway: what they send, and how they read what comes back. */
enum ClientProtocol {
    CHAT("/chat/completions") {

        @Override
        String body(String text, boolean stream) {
            return "{\"model\":\"default\","
                    + (stream ? "\"stream\":true,\"stream_options\":{\"include_usage\":true}," : "")
                    + "\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
        }

        @Override
        void whole(JsonNode answer, Reading reading) {
            choice(answer, "message", reading);
            reading.done();
        }

        @Override
        void event(JsonNode data, Reading reading) {
            if (data.has("error")) {
                reading.failed(data.path("error").path("code").asString());
            } else {
                choice(data, "delta", reading);
            }
        }

        private void choice(JsonNode json, String content, Reading reading) {
            JsonNode choice = json.path("choices").path(0);
            reading.said(
                    json.path("model").asString(),
                    choice.path(content).path("content").asString(""));
            if (choice.path("finish_reason").isString()) {
                reading.finished(choice.path("finish_reason").asString());
            }
            if (json.has("usage")) {
                reading.counted(json.path("usage").path("total_tokens").asLong());
            }
        }
    },

    RESPONSES("/responses") {

        @Override
        String body(String text, boolean stream) {
            return "{\"model\":\"default\",\"stream\":" + stream + ",\"input\":\"" + text + "\"}";
        }

        @Override
        void whole(JsonNode answer, Reading reading) {
            answer.path("output")
                    .forEach(item -> item.path("content")
                            .forEach(part -> reading.said("", part.path("text").asString(""))));
            response(answer, reading);
        }

        /** Clients need both events of a broken stream; after one of them alone it doesn't count as told. */
        @Override
        void event(JsonNode data, Reading reading) {
            switch (data.path("type").asString()) {
                case "response.output_text.delta" ->
                    reading.said("", data.path("delta").asString());
                case "response.completed", "response.incomplete" -> response(data.path("response"), reading);
                case "error" -> reading.warned(data.path("error").path("code").asString());
                case "response.failed" ->
                    reading.failedAsWarned(
                            data.path("response").path("error").path("code").asString());
                default -> {}
            }
        }

        private void response(JsonNode response, Reading reading) {
            reading.said(response.path("model").asString(), "");
            reading.finished(
                    response.path("status").asString().equals("completed")
                            ? "stop"
                            : response.path("incomplete_details").path("reason").asString());
            reading.counted(response.path("usage").path("total_tokens").asLong());
            reading.done();
        }
    },

    MESSAGES("/messages") {

        @Override
        String body(String text, boolean stream) {
            return "{\"model\":\"default\",\"max_tokens\":1000,\"stream\":" + stream
                    + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
        }

        @Override
        void whole(JsonNode answer, Reading reading) {
            answer.path("content")
                    .forEach(block -> reading.said("", block.path("text").asString("")));
            reading.said(answer.path("model").asString(), "");
            end(answer, answer, reading);
            reading.done();
        }

        @Override
        void event(JsonNode data, Reading reading) {
            switch (data.path("type").asString()) {
                case "message_start" ->
                    reading.said(data.path("message").path("model").asString(), "");
                case "content_block_delta" ->
                    reading.said("", data.path("delta").path("text").asString(""));
                case "message_delta" -> end(data.path("delta"), data, reading);
                case "message_stop" -> reading.done();
                case "error" -> reading.failed(errorCode(data));
                default -> {}
            }
        }

        private void end(JsonNode reason, JsonNode message, Reading reading) {
            String stop = reason.path("stop_reason").asString();
            reading.finished(stop.equals("end_turn") ? "stop" : stop);
            JsonNode usage = message.path("usage");
            reading.counted(usage.path("input_tokens").asLong()
                    + usage.path("output_tokens").asLong());
        }
    };

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String DATA = "data: ";

    private final String path;

    ClientProtocol(String path) {
        this.path = path;
    }

    /** Returns where it is asked, below the base URL. */
    String path() {
        return path;
    }

    /** Returns the body of a request. */
    abstract String body(String text, boolean stream);

    /** Reads an answer in one piece. */
    abstract void whole(JsonNode answer, Reading reading);

    /** Reads the data of one event. */
    abstract void event(JsonNode data, Reading reading);

    /** Returns the code of an error that came with a status of its own. */
    String errorCode(JsonNode body) {
        return body.path("error").path("code").asString();
    }

    /** Reads what came to a client. */
    GatewayReply read(int status, String body, boolean stream) {
        Reading reading = new Reading();
        if (status != 200) {
            reading.failed(errorCode(JSON.readTree(body)));
        } else if (stream) {
            body.lines()
                    .filter(line -> line.startsWith(DATA))
                    .map(line -> line.substring(DATA.length()))
                    .forEach(data -> take(data, reading));
        } else {
            whole(JSON.readTree(body), reading);
        }
        return reading.reply(status);
    }

    private void take(String data, Reading reading) {
        if (data.equals("[DONE]")) {
            reading.done();
        } else {
            event(JSON.readTree(data.getBytes(StandardCharsets.UTF_8)), reading);
        }
    }
}
