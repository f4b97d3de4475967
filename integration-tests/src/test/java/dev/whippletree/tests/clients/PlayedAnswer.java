package dev.whippletree.tests.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answer of a {@link PlayedService} to one request. It checks that the request says what the client was to say, and
 * answers 400 with {@code script: …} if it doesn't. Confined.
 */
final class PlayedAnswer {

    /** What the connection does after an answer. */
    enum After {
        /** Waits for the next request. */
        NEXT,
        /** Says nothing more, and waits until the caller leaves. */
        SILENCE,
        /** Ends once the client's program says so. */
        CUT
    }

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String TEXT = "\"content\": \"Hello, Ada.\"";
    private static final List<String> CITIES = List.of("Bern", "Basel");
    private static final String PERSON = "{\"name\": \"Ada\", \"age\": 36}";
    private static final String USAGE = """
            , "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18,
             "prompt_tokens_details": {"cached_tokens": 4}, "completion_tokens_details": {"reasoning_tokens": 2}}""";

    private final JsonNode body;
    private final OutputStream out;

    PlayedAnswer(JsonNode body, OutputStream out) {
        this.body = body;
        this.out = out;
    }

    /** Sends the answer of this name, whole or as a stream, as the request wants. */
    After play(String name) throws IOException {
        return switch (name) {
            case "badRequest" -> error(400, "the temperature is wrong", "temperature", "bad_temperature");
            case "limited" -> error(429, "too much at once", "", "rate_limit_exceeded");
            case "failing" -> error(502, "nobody is at home", "", "bad_gateway");
            case "hangs" -> After.SILENCE;
            case "stalls" -> pieces(After.SILENCE);
            case "breaks" -> pieces(After.CUT);
            case "tools" -> tools();
            case "schema" -> schema();
            case "image" -> image();
            case "refusal" -> answer("\"refusal\": \"I can't help with that.\"", "stop");
            case "reasoning" -> answer("\"reasoning_content\": \"They want a greeting.\", " + TEXT, "stop");
            case "length" -> answer(content("Hello,"), "length");
            case "whole" -> answer(TEXT, "stop");
            default -> error(400, "script: there is no answer " + name, "", "");
        };
    }

    /** Two calls, one after the other, and then what the tool said. */
    private After tools() throws IOException {
        if (body.at("/tools/0/function/parameters/properties/city").isMissingNode()) {
            return error(400, "script: no tool with a city: " + body.path("tools"), "", "");
        }
        List<JsonNode> messages = body.path("messages")
                .valueStream()
                .filter(message -> !message.path("role").asString().matches("system|developer|user"))
                .toList();
        List<String> results = new ArrayList<>();
        for (int turn = 0; turn < messages.size() / 2; turn++) {
            JsonNode called = messages.get(2 * turn).path("tool_calls");
            JsonNode result = messages.get(2 * turn + 1);
            if (called.size() != 1
                    || !called.at("/0/function/name").asString().equals("weather")
                    || !called.at("/0/function/arguments").asString().contains(CITIES.get(turn))
                    || !called.at("/0/id")
                            .asString()
                            .equals(result.path("tool_call_id").asString())) {
                return error(400, "script: turn " + turn + " is " + called + " and " + result, "", "");
            }
            results.add(text(result.path("content")));
        }
        if (results.size() < CITIES.size()) {
            return call("weather", "{\"city\": \"" + CITIES.get(results.size()) + "\"}", "call_" + results.size());
        }
        return answer(content("The tool said: " + String.join(", ", results)), "stop");
    }

    private static String text(JsonNode content) {
        return content.isString() ? content.asString() : String.join("", content.findValuesAsString("text"));
    }

    private static String content(String text) {
        return "\"content\": " + JSON.writeValueAsString(text);
    }

    private After call(String name, String arguments, String id) throws IOException {
        return answer(
                "\"tool_calls\": [{\"id\": \"%s\", \"type\": \"function\", \"index\": 0, \"function\": {\"name\": \"%s\", \"arguments\": %s}}]"
                        .formatted(id, name, JSON.writeValueAsString(arguments)),
                "tool_calls");
    }

    /** What the schema wants: by the tool that takes it, or as text. */
    private After schema() throws IOException {
        Optional<String> tool = body.path("tools")
                .valueStream()
                .filter(each -> each.toString().contains("\"age\""))
                .findFirst()
                .map(each -> each.at("/function/name").asString());
        if (tool.isPresent()) {
            return call(tool.get(), PERSON, "call_person");
        }
        JsonNode format = body.path("response_format");
        return format.toString().contains("\"age\"")
                        || format.path("type").asString("").equals("json_object")
                ? answer(content(PERSON), "stop")
                : error(400, "script: neither a tool nor a format with an age: " + format, "", "");
    }

    private After image() throws IOException {
        boolean seen = body.path("messages").findValuesAsString("url").stream()
                .anyMatch(url -> url.startsWith("data:image/png;base64,iVBOR"));
        return seen
                ? answer(content("One pixel."), "stop")
                : error(400, "script: no image in " + body.path("messages"), "", "");
    }

    private After answer(String fields, String finish) throws IOException {
        if (!body.path("stream").asBoolean(false)) {
            String nothing = fields.contains("\"content\"") ? "" : "\"content\": null, ";
            String message = "{\"role\": \"assistant\", " + nothing + fields + "}";
            send(out, 200, told("chat.completion", choice("message", message, "\"" + finish + "\""), USAGE));
            return After.NEXT;
        }
        begin();
        for (Map.Entry<String, JsonNode> field :
                JSON.readTree("{" + fields + "}").properties()) {
            for (String piece : split(field.getValue())) {
                chunk("{\"" + field.getKey() + "\": " + piece + "}", "null");
            }
        }
        chunk("{}", "\"" + finish + "\"");
        event(told("chat.completion.chunk", "", USAGE));
        event("[DONE]");
        out.write("0\r\n\r\n".getBytes(UTF_8));
        out.flush();
        return After.NEXT;
    }

    /** In two pieces what can be had so. */
    private static List<String> split(JsonNode value) {
        if (value.isString()) {
            String text = value.asString();
            int half = text.length() / 2;
            return List.of(
                    JSON.writeValueAsString(text.substring(0, half)), JSON.writeValueAsString(text.substring(half)));
        }
        ObjectNode first = (ObjectNode) value.get(0);
        String arguments = first.at("/function/arguments").asString();
        int half = arguments.length() / 2;
        ((ObjectNode) first.get("function")).put("arguments", arguments.substring(0, half));
        return List.of(
                "[" + first + "]",
                "[{\"index\": 0, \"function\": {\"arguments\": " + JSON.writeValueAsString(arguments.substring(half))
                        + "}}]");
    }

    private After pieces(After after) throws IOException {
        begin();
        chunk("{\"content\": \"Hello\"}", "null");
        chunk("{\"content\": \", A\"}", "null");
        return after;
    }

    private void begin() throws IOException {
        out.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                .getBytes(UTF_8));
        chunk("{\"role\": \"assistant\", \"content\": \"\"}", "null");
    }

    private void chunk(String delta, String finish) throws IOException {
        event(told("chat.completion.chunk", choice("delta", delta, finish), ""));
    }

    private static String choice(String name, String said, String finish) {
        return "{\"index\": 0, \"" + name + "\": " + said + ", \"finish_reason\": " + finish + "}";
    }

    private String told(String object, String choices, String more) {
        return "{\"id\": \"chatcmpl-played\", \"object\": \"%s\", \"created\": 1764460800, \"model\": %s, \"choices\": [%s]%s}"
                .formatted(object, body.path("model"), choices, more.replace('\n', ' '));
    }

    private void event(String data) throws IOException {
        byte[] bytes = ("data: " + data + "\n\n").getBytes(UTF_8);
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(UTF_8));
        out.write(bytes);
        out.write("\r\n".getBytes(UTF_8));
        out.flush();
    }

    private After error(int status, String message, String param, String code) throws IOException {
        send(
                out,
                status,
                "{\"error\": {\"message\": %s, \"type\": \"played_error\", \"code\": \"%s\", \"param\": %s}}"
                        .formatted(
                                JSON.writeValueAsString(message), code, param.isEmpty() ? null : "\"" + param + "\""));
        return After.NEXT;
    }

    /** Returns a vector for each input: how long it is, and two numbers that are exact in 32 bits. */
    static String vectors(JsonNode body) {
        JsonNode input = body.path("input");
        List<JsonNode> inputs = input.isString() || input.path(0).isNumber()
                ? List.of(input)
                : input.valueStream().toList();
        List<String> data = new ArrayList<>();
        for (JsonNode each : inputs) {
            int length = each.isString() ? each.asString().length() : each.size();
            data.add("{\"object\": \"embedding\", \"index\": %d, \"embedding\": [%d, 0.5, -1.25]}"
                    .formatted(data.size(), length));
        }
        return "{\"object\": \"list\", \"model\": %s, \"data\": [%s], \"usage\": {\"prompt_tokens\": 11, \"total_tokens\": 11}}"
                .formatted(body.path("model"), String.join(", ", data));
    }

    /** Sends a whole JSON response. */
    static void send(OutputStream out, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(UTF_8);
        String retryAfter = status == 429 ? "Retry-After: 60\r\n" : "";
        out.write(("HTTP/1.1 " + status + " Played\r\nContent-Type: application/json\r\n" + retryAfter
                        + "Content-Length: " + bytes.length + "\r\n\r\n")
                .getBytes(UTF_8));
        out.write(bytes);
        out.flush();
    }
}
