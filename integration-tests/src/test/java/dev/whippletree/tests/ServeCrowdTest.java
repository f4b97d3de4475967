package dev.whippletree.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code whippletree serve} in a process with little, and many clients that connect and ask nothing, or ask and don't
 * read.
 */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no such limit")
final class ServeCrowdTest {

    private static final int PATIENCE_MILLIS = 60_000;

    @TempDir
    private Path folder;

    private final List<Socket> sockets = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // by each test
    private CommandProcess command;

    @AfterEach
    void end() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        command.close();
    }

    private int serve(int files, String yaml, String... options) throws IOException {
        Files.writeString(folder.resolve("whippletree.yaml"), yaml);
        List<String> line = new ArrayList<>(List.of("sh", "-c", "ulimit -n " + files + " && exec \"$@\"", "sh"));
        line.addAll(CommandProcess.line(List.of(options), "serve", "--port=0"));
        command = CommandProcess.start(folder, Map.of(), line);
        command.awaitText("out", "Ctrl-C ends it.");
        return Integer.parseInt(command.awaitText("out", "serves http://127\\.0\\.0\\.1:(\\d+)/v1"));
    }

    private Socket connect(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        sockets.add(socket);
        return socket;
    }

    @Test
    void moreIdleConnectionsThanFiles_lockNobodyOut_andTheLimitIsSaid() throws IOException {
        int port = serve(600, """
                accounts: [{id: one, provider: huggingface, token: none}]
                routes: {default: {model: m}}
                caches: []
                """);
        assertThat(command.text("err")).contains("gateway.max-connections is 200 here, not 10000", "ulimit -n");
        for (int count = 0; count < 700; count++) {
            connect(port);
        }
        Socket socket = connect(port);
        socket.getOutputStream().write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
        assertThat(new String(socket.getInputStream().readNBytes(15), UTF_8)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(command.text("err")).doesNotContain("accept failed");
    }

    /** Streams an answer of 2 million characters to each request. */
    private static HttpServer service() throws IOException {
        String piece =
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + "words and ".repeat(200) + "\"}}]}\n\n";
        HttpServer service = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        service.setExecutor(Executors.newCachedThreadPool());
        service.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                for (int count = 0; count < 1_000; count++) {
                    body.write(piece.getBytes(UTF_8));
                }
                body.write("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
                        .getBytes(UTF_8));
                body.write("data: [DONE]\n\n".getBytes(UTF_8));
            }
        });
        service.start();
        return service;
    }

    private static String ask(String key, String question) {
        String body = "{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"" + question + "\"}]}";
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                + key + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @Test
    void longAnswersThatOneClientDoesNotRead_leaveMemoryForTheOthers() throws IOException {
        HttpServer service = service();
        try {
            int port = serve(
                    1024,
                    """
                    accounts: [{id: one, provider: openai, token: none, base-url: "%s", max-concurrency: 200}]
                    routes: {default: {model: m}}
                    caches: []
                    gateway:
                      clients: [{name: alice, key: key-of-alice-0123456789}, {name: carol, key: key-of-carol-0123456789}]
                    """.formatted("http://127.0.0.1:" + service.getAddress().getPort() + "/v1"),
                    "-Xmx256m");
            for (int count = 0; count < 100; count++) {
                Socket slow = connect(port);
                slow.getOutputStream()
                        .write(ask("key-of-alice-0123456789", "question " + count)
                                .getBytes(UTF_8));
            }
            for (int count = 0; count < 3; count++) {
                Socket socket = connect(port);
                socket.getOutputStream()
                        .write(ask("key-of-carol-0123456789", "question " + count)
                                .getBytes(UTF_8));
                assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                        .contains("data: [DONE]");
            }
            assertThat(command.process().isAlive()).isTrue();
            assertThat(command.text("err")).doesNotContain("OutOfMemoryError");
        } finally {
            service.stop(0);
        }
    }
}
