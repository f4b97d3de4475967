package dev.whippletree.tests.soak;

import dev.whippletree.emulator.model.Answers;
import dev.whippletree.model.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client that asks one question after the other over one connection: whole answers, streams, and some that it doesn't
 * wait for. Confined to one thread.
 */
final class SoakWorker implements Runnable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final MediaType JSON_TYPE = MediaType.get("application/json");

    /** A tenth of the questions have been asked before. */
    private static final int DISTINCT = 10;

    private final String url;
    private final String key;
    private final String name;
    private final SoakTally tally;
    private final SplittableRandom random;
    private final ConnectionPool connections = new ConnectionPool();
    private final OkHttpClient http = new OkHttpClient.Builder()
            .connectionPool(connections)
            .readTimeout(Duration.ofMinutes(2))
            .retryOnConnectionFailure(false)
            .build();
    private int asked;

    /**
     * Prepares one.
     *
     * @param url of the gateway
     * @param key it shows
     * @param name part of its questions, so that they are its own
     * @param seed of what it does
     */
    SoakWorker(String url, String key, String name, long seed, SoakTally tally) {
        this.url = url;
        this.key = key;
        this.name = name;
        this.tally = tally;
        this.random = new SplittableRandom(seed);
    }

    /** Asks until the tally says that the round is over, and closes its connection then. */
    @Override
    public void run() {
        try {
            while (tally.isOpen()) {
                ask();
            }
        } finally {
            connections.evictAll();
            http.dispatcher().executorService().shutdown();
        }
    }

    private void ask() {
        asked++;
        String question = name + " asks " + (asked % DISTINCT == 0 ? random.nextInt(asked) : asked);
        boolean streaming = random.nextBoolean();
        Call call = http.newCall(request(question, streaming));
        try {
            int way = random.nextInt(10);
            if (way == 0) {
                leave(call);
            } else if (streaming) {
                stream(call, question, way == 1);
            } else {
                whole(call, question);
            }
        } catch (IOException e) {
            tally.count("broken", String.valueOf(e));
        }
    }

    private Request request(String question, boolean streaming) {
        String body = JSON.createObjectNode()
                .put("stream", streaming)
                .set(
                        "messages",
                        JSON.createArrayNode()
                                .add(JSON.createObjectNode().put("role", "user").put("content", question)))
                .toString();
        return new Request.Builder()
                .url(url + "/v1/chat/completions")
                .header("Authorization", "Bearer " + key)
                .header("x-whippletree-deadline", "60s")
                .post(RequestBody.create(body, JSON_TYPE))
                .build();
    }

    /** Breaks its connection off while the gateway is at work. */
    private void leave(Call call) throws IOException {
        Thread leaving = new Thread(call::cancel);
        leaving.start();
        try (Response response = call.execute()) {
            tally.count("left");
        } catch (IOException e) {
            tally.count("left");
        }
    }

    private void whole(Call call, String question) throws IOException {
        try (Response response = call.execute()) {
            String body = response.body().string();
            if (response.code() == 200) {
                judge(
                        question,
                        JSON.readTree(body).at("/choices/0/message/content").asString());
            } else {
                tally.count("status " + response.code());
            }
        }
    }

    /** Reads a stream to its end, or leaves after the first piece. */
    private void stream(Call call, String question, boolean leaves) throws IOException {
        try (Response response = call.execute()) {
            if (response.code() != 200) {
                tally.count("status " + response.code());
                return;
            }
            BufferedSource source = response.body().source();
            StringBuilder text = new StringBuilder();
            while (true) {
                String line = source.readUtf8LineStrict();
                if (line.startsWith("event: error")) {
                    tally.count("interrupted");
                    return;
                }
                if (line.equals("data: [DONE]")) {
                    judge(question, text.toString());
                    return;
                }
                if (line.startsWith("data: ")) {
                    JsonNode delta = JSON.readTree(line.substring("data: ".length()));
                    text.append(delta.at("/choices/0/delta/content").asString(""));
                    if (leaves) {
                        call.cancel();
                        tally.count("left");
                        return;
                    }
                }
            }
        }
    }

    private void judge(String question, String answer) {
        if (Answers.matches(List.of(Message.user(question)), answer)) {
            tally.count("answered");
        } else {
            tally.count("wrong", question + " → " + answer);
        }
    }
}
