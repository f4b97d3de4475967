package dev.whippletree.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code whippletree serve} in a process that may open few files, and many clients that connect and ask nothing. */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no such limit")
final class ServeOpenFilesTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PATIENCE_MILLIS = 20_000;
    private static final Pattern ADDRESS = Pattern.compile("serves http://127\\.0\\.0\\.1:(\\d+)/v1");

    @TempDir
    private Path folder;

    private final List<Socket> sockets = new ArrayList<>();
    private Process process;

    @AfterEach
    void end() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        process.destroyForcibly();
    }

    private int serve(int files) throws IOException {
        Files.writeString(folder.resolve("whippletree.yaml"), """
            accounts: [{id: one, provider: huggingface, token: none}]
            routes: {default: {model: m}}
            caches: []
            """);
        List<String> line = new ArrayList<>(List.of("sh", "-c", "ulimit -n " + files + " && exec \"$@\"", "sh"));
        line.addAll(CommandProcess.of(List.of(), "serve", "--port=0").command());
        process = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        await().atMost(PATIENCE).until(() -> text("out").contains("Ctrl-C ends it.") || !process.isAlive());
        Matcher address = ADDRESS.matcher(text("out"));
        assertThat(address.find()).as(() -> text("err")).isTrue();
        return Integer.parseInt(address.group(1));
    }

    private String text(String file) {
        try {
            return Files.readString(folder.resolve(file), UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private Socket connect(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        sockets.add(socket);
        return socket;
    }

    @Test
    void moreIdleConnectionsThanFiles_lockNobodyOut_andTheLimitIsSaid() throws IOException {
        int port = serve(600);
        assertThat(text("err")).contains("gateway.max-connections is 200 here, not 10000", "ulimit -n");
        for (int count = 0; count < 700; count++) {
            connect(port);
        }
        Socket socket = connect(port);
        socket.getOutputStream().write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
        assertThat(new String(socket.getInputStream().readNBytes(15), UTF_8)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(text("err")).doesNotContain("accept failed");
    }
}
