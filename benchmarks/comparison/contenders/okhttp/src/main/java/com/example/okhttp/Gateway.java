package com.example.okhttp;

import dev.whippletree.comparison.contender.Contender;
import dev.whippletree.comparison.contender.Ports;
import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** A gateway in a process of its own, asked by a plain client that waits as long as the gateway does. */
abstract class Gateway implements Contender {

    /** Longer than any case. */
    private static final Duration CLIENT_TIMEOUT = Duration.ofHours(1);

    private static final Duration START = Duration.ofMinutes(3);

    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(5);

    private static final int CONNECTIONS = 1_000;

    private final OkHttpClient client = new OkHttpClient.Builder()
            .readTimeout(CLIENT_TIMEOUT)
            .connectionPool(new ConnectionPool(CONNECTIONS, 5, TimeUnit.MINUTES))
            .build();
    private Process process;
    private String url = "";
    private int maxTokens;

    /** Returns the command that starts it on a port. */
    abstract List<String> command(Services services, int port) throws IOException;

    /** Returns the path that is answered, with whatever status, once it is up. */
    String health() {
        return "/";
    }

    /** Returns the headers that each request needs. */
    Map<String, String> headers(Question question) {
        return Map.of();
    }

    /** Returns the key of a caller. */
    String key(Question question) {
        return "none";
    }

    @Override
    public boolean isGateway() {
        return true;
    }

    @Override
    public void start(Services services) throws Exception {
        int port = Ports.free();
        url = "http://127.0.0.1:" + port + "/v1";
        maxTokens = services.maxTokens();
        Path log = services.folder().resolve("gateway.log");
        process = new ProcessBuilder(command(services, port))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        awaitPort(port, log);
    }

    private void awaitPort(int port, Path log) throws Exception {
        Request request =
                new Request.Builder().url("http://127.0.0.1:" + port + health()).build();
        OkHttpClient impatient = client.newBuilder().callTimeout(HEALTH_TIMEOUT).build();
        long beganNanos = System.nanoTime();
        while (process.isAlive() && System.nanoTime() - beganNanos < START.toNanos()) {
            try (Response response = impatient.newCall(request).execute()) {
                return;
            } catch (IOException e) {
                Thread.sleep(20);
            }
        }
        close();
        throw new IOException("the gateway didn't start; see " + log);
    }

    @Override
    public String answer(Question question) throws Exception {
        return calls(question).answer(url, key(question), question);
    }

    @Override
    public String stream(Question question) throws Exception {
        return calls(question).stream(url, key(question), question);
    }

    private OpenAiCalls calls(Question question) {
        return new OpenAiCalls(client, maxTokens, headers(question));
    }

    /** Ends its workers too, some of which outlive the process that started them. */
    @Override
    public void close() {
        List<ProcessHandle> workers = process.descendants().toList();
        process.destroy();
        try {
            process.waitFor(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        workers.forEach(ProcessHandle::destroyForcibly);
    }
}
