package dev.whippletree.tests.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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
    private static final String TEXT = "Hello, Ada.";
    private static final List<String> CITIES = List.of("Bern", "Basel");
    private static final String PERSON = "{\"name\": \"Ada\", \"age\": 36}";
    private static final int TOKENS_IN = 11;
    private static final int TOKENS_OUT = 7;
    private static final int CACHED = 4;
    private static final int REASONING = 2;

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
            case "refusal" -> answer(Map.of("refusal", "I can't help with that."), "stop");
            case "reasoning" -> answer(message("reasoning_content", "They want a greeting.", "content", TEXT), "stop");
            case "length" -> answer(Map.of("content", "Hello,"), "length");
            case "whole" -> answer(Map.of("content", TEXT), "stop");
            default -> error(400, "script: there is no answer " + name, "", "");
        };
    }

    /** Two calls, one after the other, and then what the tool said. */
    private After tools() throws IOException {
        if (body.at("/tools/0/function/parameters/properties/city").isMissingNode()) {
            return error(400, "script: no tool with a city: " + body.path("tools"), "", "");
        }
        List<JsonNode> messages = StreamSupport.stream(body.path("messages").spliterator(), false)
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
        return answer(Map.of("content", "The tool said: " + String.join(", ", results)), "stop");
    }

    private static String text(JsonNode content) {
        return content.isString() ? content.asString() : String.join("", content.findValuesAsString("text"));
    }

    private After call(String name, String arguments, String id) throws IOException {
        Map<String, Object> function = message("name", name, "arguments", arguments);
        Map<String, Object> call = message("id", id, "type", "function");
        call.put("index", 0);
        call.put("function", function);
        return answer(Map.of("tool_calls", List.of(call)), "tool_calls");
    }

    /** What the schema wants: by the tool that takes it, or as text. */
    private After schema() throws IOException {
        Optional<String> tool = StreamSupport.stream(body.path("tools").spliterator(), false)
                .filter(each -> each.toString().contains("\"age\""))
                .findFirst()
                .map(each -> each.at("/function/name").asString());
        if (tool.isPresent()) {
            return call(tool.get(), PERSON, "call_person");
        }
        JsonNode format = body.path("response_format");
        return format.toString().contains("\"age\"")
                        || format.path("type").asString("").equals("json_object")
                ? answer(Map.of("content", PERSON), "stop")
                : error(400, "script: neither a tool nor a format with an age: " + format, "", "");
    }

    private After image() throws IOException {
        boolean seen = body.path("messages").findValuesAsString("url").stream()
                .anyMatch(url -> url.startsWith("data:image/png;base64,iVBOR"));
        return seen
                ? answer(Map.of("content", "One pixel."), "stop")
                : error(400, "script: no image in " + body.path("messages"), "", "");
    }

    private After answer(Map<String, Object> message, String finish) throws IOException {
        if (body.path("stream").asBoolean(false)) {
            stream(message, finish);
        } else {
            Map<String, Object> whole = message("role", "assistant");
            whole.putIfAbsent("content", null);
            whole.putAll(message);
            Map<String, Object> completion = head("chat.completion");
            completion.put("choices", List.of(choice("message", whole, finish)));
            completion.put("usage", usage());
            send(out, 200, completion);
        }
        return After.NEXT;
    }

    private void stream(Map<String, Object> message, String finish) throws IOException {
        begin();
        chunk(message("role", "assistant", "content", ""), null);
        for (Map.Entry<String, Object> field : message.entrySet()) {
            for (Object piece : split(field.getValue())) {
                chunk(Map.of(field.getKey(), piece), null);
            }
        }
        chunk(Map.of(), finish);
        Map<String, Object> end = head("chat.completion.chunk");
        end.put("choices", List.of());
        end.put("usage", usage());
        event(JSON.writeValueAsString(end));
        event("[DONE]");
        out.write("0\r\n\r\n".getBytes(UTF_8));
        out.flush();
    }

    /** In two pieces what can be had so. */
    private static List<Object> split(Object value) {
        if (value instanceof String text) {
            int half = text.length() / 2;
            return List.of(text.substring(0, half), text.substring(half));
        }
        JsonNode call = JSON.valueToTree(value).path(0);
        String arguments = call.at("/function/arguments").asString();
        int half = arguments.length() / 2;
        Map<String, Object> first = message("id", call.path("id").asString(), "type", "function");
        first.put("index", 0);
        first.put(
                "function",
                message("name", call.at("/function/name").asString(), "arguments", arguments.substring(0, half)));
        Map<String, Object> second = new LinkedHashMap<>(Map.of("index", 0));
        second.put("function", message("arguments", arguments.substring(half)));
        return List.of(List.of(first), List.of(second));
    }

    private After pieces(After after) throws IOException {
        begin();
        chunk(message("role", "assistant", "content", ""), null);
        chunk(Map.of("content", "Hello"), null);
        chunk(Map.of("content", ", A"), null);
        return after;
    }

    private void begin() throws IOException {
        out.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                .getBytes(UTF_8));
    }

    private void chunk(Map<String, Object> delta, @Nullable String finish) throws IOException {
        Map<String, Object> chunk = head("chat.completion.chunk");
        chunk.put("choices", List.of(choice("delta", delta, finish)));
        event(JSON.writeValueAsString(chunk));
    }

    private static Map<String, Object> choice(String name, Map<String, Object> said, @Nullable String finish) {
        Map<String, Object> choice = new LinkedHashMap<>(Map.of("index", 0));
        choice.put(name, said);
        choice.put("finish_reason", finish);
        return choice;
    }

    private void event(String data) throws IOException {
        byte[] bytes = ("data: " + data + "\n\n").getBytes(UTF_8);
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(UTF_8));
        out.write(bytes);
        out.write("\r\n".getBytes(UTF_8));
        out.flush();
    }

    private Map<String, Object> head(String object) {
        Map<String, Object> head = message("id", "chatcmpl-played", "object", object);
        head.put("created", 1_764_460_800);
        head.put("model", body.path("model").asString());
        return head;
    }

    private static Map<String, Object> usage() {
        return Map.of(
                "prompt_tokens",
                TOKENS_IN,
                "completion_tokens",
                TOKENS_OUT,
                "total_tokens",
                TOKENS_IN + TOKENS_OUT,
                "prompt_tokens_details",
                Map.of("cached_tokens", CACHED),
                "completion_tokens_details",
                Map.of("reasoning_tokens", REASONING));
    }

    private After error(int status, String message, String param, String code) throws IOException {
        Map<String, Object> error = message("message", message, "type", "played_error", "code", code);
        error.put("param", param.isEmpty() ? null : param);
        send(out, status, Map.of("error", error));
        return After.NEXT;
    }

    private static Map<String, Object> message(String... fields) {
        Map<String, Object> message = new LinkedHashMap<>();
        for (int field = 0; field < fields.length; field += 2) {
            message.put(fields[field], fields[field + 1]);
        }
        return message;
    }

    /** Returns a vector for each input: how long it is, and two numbers that are exact in 32 bits. */
    static Map<String, Object> vectors(JsonNode body) {
        JsonNode input = body.path("input");
        Stream<JsonNode> inputs = input.isString() || input.path(0).isNumber()
                ? Stream.of(input)
                : StreamSupport.stream(input.spliterator(), false);
        List<Map<String, Object>> data = new ArrayList<>();
        inputs.forEach(each -> {
            int length = each.isString() ? each.asString().length() : each.size();
            data.add(Map.of("object", "embedding", "index", data.size(), "embedding", List.of(length, 0.5, -1.25)));
        });
        return Map.of(
                "object",
                "list",
                "model",
                body.path("model").asString(),
                "data",
                data,
                "usage",
                Map.of("prompt_tokens", TOKENS_IN, "total_tokens", TOKENS_IN));
    }

    /** Sends a whole JSON response. */
    static void send(OutputStream out, int status, Object json) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(json);
        String retryAfter = status == 429 ? "Retry-After: 60\r\n" : "";
        out.write(("HTTP/1.1 " + status + " Played\r\nContent-Type: application/json\r\n" + retryAfter
                        + "Content-Length: " + bytes.length + "\r\n\r\n")
                .getBytes(UTF_8));
        out.write(bytes);
        out.flush();
    }
}
