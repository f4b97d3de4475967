package dev.whippletree.langchain4j;

import dev.whippletree.model.Embedding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Headers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A service whose model gives the answers that LangChain4j's own tests expect of a real one, from what the request
 * contains: without the tool, the schema, the stop text or the picture there is another answer, and the test fails.
 *
 * <p>When it streams, it thinks between two words. Pieces of different sorts are never merged, so the number of pieces
 * that a caller gets doesn't depend on time.
 */
final class ScriptedModel implements AutoCloseable {

    static final String KEY = "sk-scripted";

    private static final JsonMapper JSON = new JsonMapper();

    private final MockWebServer server = new MockWebServer();

    /** What the model says: words, or calls of functions by name with their arguments. */
    private record Answer(List<String> words, Map<String, String> calls, String finish) {

        static Answer text(String text) {
            return new Answer(List.of(text.split("(?<= )", -1)), Map.of(), "stop");
        }

        static Answer calls(Map<String, String> calls) {
            return new Answer(List.of(), calls, "tool_calls");
        }

        /** Ends at the first stop text, or after so many words. */
        Answer cut(List<String> stops, int most) {
            String text = String.join("", words);
            int end = stops.stream()
                    .mapToInt(text::indexOf)
                    .filter(index -> index >= 0)
                    .min()
                    .orElse(text.length());
            Answer stopped = words.isEmpty() ? this : new Answer(text(text.substring(0, end)).words, calls, finish);
            return stopped.words.size() <= most ? stopped : new Answer(stopped.words.subList(0, most), calls, "length");
        }
    }

    ScriptedModel() {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return response(request);
            }
        });
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String baseUrl() {
        return server.url("/v1").toString();
    }

    @Override
    public void close() {
        server.close();
    }

    private static MockResponse response(RecordedRequest request) {
        if (!("Bearer " + KEY).equals(request.getHeaders().get("Authorization"))) {
            return json(401, "{'error':{'message':'no such key','code':'invalid_api_key'}}");
        }
        JsonNode body = JSON.readTree(String.valueOf(request.getBody().utf8()));
        if (body.has("input")) {
            return vectors(body);
        }
        List<String> stops = new ArrayList<>();
        body.path("stop").forEach(stop -> stops.add(stop.asString()));
        Answer answer = answer(body).cut(stops, body.path("max_tokens").asInt(Integer.MAX_VALUE));
        String model = body.path("model").asString();
        String usage = usage(body, answer);
        return body.path("stream").asBoolean(false) ? events(model, answer, usage) : whole(model, answer, usage);
    }

    /** Each text's vector is drawn by its hash. */
    private static MockResponse vectors(JsonNode body) {
        List<String> data = new ArrayList<>();
        for (JsonNode text : body.path("input")) {
            Random random = new Random(text.asString().hashCode());
            float[] vector = new float[body.path("dimensions").asInt(16)];
            for (int place = 0; place < vector.length; place++) {
                vector[place] = random.nextFloat();
            }
            data.add("{'index':%s,'embedding':'%s'}".formatted(data.size(), Embedding.encode(vector)));
        }
        return json(
                200,
                "{'object':'list','data':%s,'model':%s,'usage':{'prompt_tokens':%3$s,'total_tokens':%3$s}}"
                        .formatted(data, body.path("model"), data.size() * 3));
    }

    private static String usage(JsonNode body, Answer answer) {
        int prompt = body.path("messages").size() * 10;
        int completion = answer.words.size() + answer.calls.size();
        return "{'prompt_tokens':%s,'completion_tokens':%s,'total_tokens':%s}"
                .formatted(prompt, completion, prompt + completion);
    }

    private static Answer answer(JsonNode body) {
        JsonNode messages = body.path("messages");
        JsonNode last = messages.get(messages.size() - 1);
        String question = text(last);
        JsonNode format = body.path("response_format");
        if (last.path("role").asString().equals("tool")) {
            String results = results(messages);
            return Answer.text(
                    format.isObject() ? object(format, Map.of("weather", results)) : "The tools say: it is " + results);
        }
        Map<String, String> calls = calls(body, question);
        if (!calls.isEmpty()) {
            return Answer.calls(calls);
        }
        if (question.contains("capital of Germany")) {
            return Answer.text(
                    format.isObject()
                            ? object(format, Map.of("city", "Berlin"))
                            : "The capital of Germany is Berlin, as far as anybody knows.");
        }
        if (question.contains("see")) {
            return Answer.text("On the images I see " + pictures(last) + ".");
        }
        if (question.contains("story")) {
            return Answer.text("Once upon a time there was a horse that pulled a wagon with another one.");
        }
        if (question.contains("favorite color?")) {
            return Answer.text(
                    text(messages.get(0)).contains("green") ? "Your favorite color is green." : "Nobody told me.");
        }
        if (text(messages.get(0)).contains("into German") && question.contains("I love you")) {
            return Answer.text("Ich liebe dich");
        }
        return Answer.text(question.contains("Hello World") ? "Hello World" : "Hello you");
    }

    private static String text(JsonNode message) {
        JsonNode content = message.path("content");
        return content.isString()
                ? content.asString()
                : content.path(0).path("text").asString("");
    }

    /** The results of the calls that the last assistant's message made, if each has its id. */
    private static String results(JsonNode messages) {
        Map<String, String> byId = new LinkedHashMap<>();
        messages.forEach(message -> message.path("tool_calls")
                .forEach(call -> byId.put(call.path("id").asString(), "?")));
        messages.forEach(message -> {
            if (message.path("role").asString().equals("tool")) {
                byId.replace(message.path("tool_call_id").asString(), text(message));
            }
        });
        return String.join(" and ", byId.values());
    }

    private static Map<String, String> calls(JsonNode body, String question) {
        Map<String, String> calls = new LinkedHashMap<>();
        boolean must = body.path("tool_choice").asString("").equals("required");
        for (JsonNode tool : body.path("tools")) {
            JsonNode function = tool.path("function");
            JsonNode properties = function.path("parameters").path("properties");
            String name = function.path("name").asString();
            if ((question.contains("weather") || must) && properties.has("city") && question.contains("Munich")) {
                calls.put(name, "{\"city\": \"Munich\"}");
            } else if (question.contains("time in France") && properties.has("country")) {
                calls.put(name, "{\"country\": \"France\"}");
            } else if (question.contains(name)) {
                calls.put(name, "{}");
            }
        }
        return calls;
    }

    /** What it knows, as an object: by a schema, only what that has. */
    private static String object(JsonNode format, Map<String, String> known) {
        boolean bySchema = format.path("type").asString().equals("json_schema");
        Set<String> names = Set.copyOf(
                format.path("json_schema").path("schema").path("properties").propertyNames());
        return known.entrySet().stream()
                .filter(entry -> !bySchema || names.contains(entry.getKey()))
                .map(entry -> "\"" + entry.getKey() + "\": \"" + entry.getValue() + "\"")
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String pictures(JsonNode message) {
        List<String> seen = new ArrayList<>();
        message.path("content").forEach(part -> {
            if (part.path("type").asString().equals("image_url")) {
                seen.add(picture(part.path("image_url").path("url").asString()));
            }
        });
        return String.join(" and ", seen);
    }

    private static String picture(String url) {
        for (String name : List.of("cat", "dice")) {
            if (url.endsWith("/" + name + ".jpg")) {
                return name;
            }
            if (url.startsWith("data:image/jpeg;base64,")
                    && Arrays.equals(
                            Base64.getDecoder().decode(url.substring(url.indexOf(',') + 1)),
                            resource("/images/" + name + ".jpg"))) {
                return name;
            }
        }
        return "nothing";
    }

    private static byte[] resource(String name) {
        try (InputStream in = ScriptedModel.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MockResponse whole(String model, Answer answer, String usage) {
        List<String> calls = new ArrayList<>();
        answer.calls.forEach((name, arguments) -> calls.add(call(calls.size(), name, arguments)));
        return json(
                200,
                "{'id':'chatcmpl-1','model':'%s','choices':[{'index':0,'message':{'role':'assistant','content':%s%s},"
                                .formatted(
                                        model,
                                        JSON.writeValueAsString(String.join("", answer.words)),
                                        calls.isEmpty() ? "" : ",'tool_calls':" + calls)
                        + "'finish_reason':'%s'}],'usage':%s}".formatted(answer.finish, usage));
    }

    private static String call(int index, String name, String arguments) {
        return "{'index':%1$s,'id':'call-%1$s','type':'function','function':{'name':'%2$s','arguments':%3$s}}"
                .formatted(index, name, JSON.writeValueAsString(arguments));
    }

    private static MockResponse events(String model, Answer answer, String usage) {
        List<String> choices = new ArrayList<>();
        answer.words.forEach(word -> {
            choices.add(delta("'reasoning':'Hm.'"));
            choices.add(delta("'content':" + JSON.writeValueAsString(word)));
        });
        int index = 0;
        for (Map.Entry<String, String> called : answer.calls.entrySet()) {
            choices.add(delta("'tool_calls':[" + call(index, called.getKey(), "") + "]"));
            for (String part : called.getValue().split("(?<=: )", -1)) {
                choices.add(delta("'tool_calls':[{'index':%s,'function':{'arguments':%s}}]"
                        .formatted(index, JSON.writeValueAsString(part))));
            }
            index++;
        }
        choices.add("{'index':0,'delta':{},'finish_reason':'" + answer.finish + "'}");
        String body = Stream.concat(
                        choices.stream().map(choice -> "[" + choice + "]"), Stream.of("[],'usage':" + usage))
                .map(choice -> "data: {'id':'chatcmpl-1','model':'" + model + "','choices':" + choice + "}\n\n")
                .collect(Collectors.joining());
        return new MockResponse(
                200, Headers.of("Content-Type", "text/event-stream"), body.replace('\'', '"') + "data: [DONE]\n\n");
    }

    private static String delta(String delta) {
        return "{'index':0,'delta':{" + delta + "}}";
    }

    /** With single quotes for double ones. */
    private static MockResponse json(int status, String body) {
        return new MockResponse(status, Headers.of("Content-Type", "application/json"), body.replace('\'', '"'));
    }
}
