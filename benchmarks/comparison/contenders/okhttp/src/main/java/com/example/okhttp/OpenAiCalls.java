package com.example.okhttp;

import dev.whippletree.comparison.contender.Question;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls of OpenAI's protocol as a plain client makes them: what isn't 200 is an error, and a stream ends with
 * {@code [DONE]} or its body.
 */
final class OpenAiCalls {

    private static final JsonMapper JSON = new JsonMapper();
    private static final MediaType TYPE = MediaType.get("application/json");

    private final OkHttpClient client;
    private final int maxTokens;
    private final Map<String, String> headers;

    OpenAiCalls(OkHttpClient client, int maxTokens) {
        this(client, maxTokens, Map.of());
    }

    OpenAiCalls(OkHttpClient client, int maxTokens, Map<String, String> headers) {
        this.client = client;
        this.maxTokens = maxTokens;
        this.headers = headers;
    }

    String answer(String url, String token, Question question) throws IOException {
        try (Response response = call(url, token, question, false)) {
            return JSON.readTree(response.body().byteStream())
                    .at("/choices/0/message/content")
                    .asString();
        }
    }

    String stream(String url, String token, Question question) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Response response = call(url, token, question, true)) {
            BufferedSource lines = response.body().source();
            for (String line = lines.readUtf8Line(); line != null; line = lines.readUtf8Line()) {
                if (line.equals("data: [DONE]")) {
                    return text.toString();
                }
                if (line.startsWith("data: ")) {
                    append(JSON.readTree(line.substring("data: ".length())), text);
                }
            }
        }
        return text.toString();
    }

    private static void append(JsonNode chunk, StringBuilder text) throws IOException {
        if (chunk.has("error")) {
            throw new IOException(chunk.get("error").toString());
        }
        text.append(chunk.at("/choices/0/delta/content").asString(""));
    }

    private Response call(String url, String token, Question question, boolean stream) throws IOException {
        Map<String, Object> body = new HashMap<>();
        body.put("model", question.model());
        body.put("messages", List.of(Map.of("role", "user", "content", question.text())));
        body.put("max_tokens", maxTokens);
        body.put("stream", stream);
        Request.Builder request = new Request.Builder()
                .url(url + "/chat/completions")
                .header("Authorization", "Bearer " + token)
                .post(RequestBody.create(JSON.writeValueAsBytes(body), TYPE));
        headers.forEach(request::header);
        Response response = client.newCall(request.build()).execute();
        if (response.code() == 200) {
            return response;
        }
        try (response) {
            throw new IOException(response.code() + " " + response.body().string());
        }
    }
}
