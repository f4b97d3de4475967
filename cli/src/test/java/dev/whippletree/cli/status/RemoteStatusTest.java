package dev.whippletree.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.whippletree.cli.Shell;
import dev.whippletree.status.PricedStatus;
import dev.whippletree.terminal.Json;
import dev.whippletree.terminal.board.Screen;
import dev.whippletree.terminal.board.Snapshots;
import dev.whippletree.terminal.board.StatusBoard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code status --url} against what may answer there, over real sockets. */
class RemoteStatusTest {

    private static final String KEY = "watchword-in-confidence";

    @TempDir
    private Path folder;

    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private Shell shell;
    private int status = 200;
    private String body = busy();

    @BeforeEach
    void listen() throws IOException {
        shell = new Shell(folder);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static String busy() {
        Map<String, Object> json = new PricedStatus(Snapshots.busy(), Snapshots.bill()).json();
        json.put("gateway", Map.of("version", "7.7"));
        return Json.write(json);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private int run(String... more) {
        List<String> arguments = new ArrayList<>(List.of("status", "--url", url()));
        arguments.addAll(List.of(more));
        return shell.run(arguments.toArray(String[]::new));
    }

    @Test
    void board_isTheOneTheCommandPrintsOfItsOwn() {
        assertThat(run()).as(shell.err()).isZero();
        assertThat(shell.out().lines().toList())
                .isEqualTo(new StatusBoard(ZoneOffset.UTC, new Screen(false, 200))
                        .lines(Snapshots.busy(), Snapshots.bill()));
        assertThat(asked).containsExactly("/status null");
    }

    @Test
    void json_isAllThatTheGatewayTells() {
        assertThat(run("--json")).as(shell.err()).isZero();
        JsonNode json = JsonMapper.shared().readTree(shell.out());
        assertThat(json.at("/gateway/version").asString()).isEqualTo("7.7");
        assertThat(json.at("/accounts/0/id").asString()).isEqualTo("hf-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1", "/v1/", "/status"})
    void address_mayBeTheOneThatClientsHave(String path) {
        shell.succeeds("status", "--url", url() + path);
        assertThat(asked).containsExactly("/status null");
    }

    @Test
    void addressBehindAnother_keepsItsPath() {
        shell.succeeds("status", "--url", url() + "/llm/v1");
        assertThat(asked).containsExactly("/llm/status null");
    }

    @Test
    void key_comesFromTheEnvironment_orByTheOption() {
        shell.variable("WHIPPLETREE_WATCH_KEY", KEY + "\n");
        assertThat(run()).as(shell.err()).isZero();
        assertThat(run("--watch-key", "other")).as(shell.err()).isZero();
        shell.variable("WHIPPLETREE_WATCH_KEY", " ");
        assertThat(run()).as(shell.err()).isZero();
        assertThat(asked).containsExactly("/status Bearer " + KEY, "/status Bearer other", "/status null");
    }

    @Test
    void missingKey_exitsWith7AndSaysWhichVariable() {
        status = 401;
        assertThat(run()).isEqualTo(7);
        assertThat(shell.err()).contains("needs its watch key (401)", "$WHIPPLETREE_WATCH_KEY");
    }

    @Test
    void wrongKey_exitsWith7AndIsntShown() {
        status = 401;
        assertThat(run("--watch-key", KEY)).isEqualTo(7);
        assertThat(shell.err()).contains("rejects this watch key").doesNotContain(KEY);
    }

    @Test
    void refusal_exitsWith7InTheGatewaysWords() {
        status = 403;
        body = "{\"error\":{\"message\":\"set \\u001b[31mgateway.watch-key\"}}";
        assertThat(run()).isEqualTo(7);
        assertThat(shell.err()).contains("set  [31mgateway.watch-key").doesNotContain("\u001b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>Welcome</html>", "{\"status\":\"ok\"}", "[]"})
    void whatIsNoWhippletree_exitsWith6(String answer) {
        body = answer;
        assertThat(run()).isEqualTo(6);
        assertThat(shell.err()).contains("isn't from a Whippletree gateway").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 404, 500, 503})
    void otherAnswers_exitWith6_andAreNotFollowed(int other) {
        status = other;
        body = "";
        assertThat(run("--watch-key", KEY)).isEqualTo(6);
        assertThat(shell.err()).contains(String.valueOf(other)).doesNotContain(KEY);
        assertThat(asked).hasSize(1);
    }

    @Test
    void nobodyThere_exitsWith6() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertThat(shell.run("status", "--url", "http://127.0.0.1:" + free)).isEqualTo(6);
        assertThat(shell.err()).contains("nothing listens there");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.1:8080", "ftp://here", "http://", "http://a b", "http:///v1"})
    void whatIsNoAddress_isAMistake(String address) {
        assertThat(shell.run("status", "--url", address)).isEqualTo(2);
        assertThat(shell.err()).contains("such as http://127.0.0.1:8080");
    }

    @Test
    void passwordInTheAddress_isRefusedAndNotShown() {
        assertThat(shell.run("status", "--url", "http://me:" + KEY + "@127.0.0.1:8080"))
                .isEqualTo(2);
        assertThat(shell.err()).contains("WHIPPLETREE_WATCH_KEY").doesNotContain(KEY);
    }

    @Test
    void keyThatCannotBeSent_isRefusedAndNotShown() {
        assertThat(run("--watch-key", KEY + "\r\nX: y")).isEqualTo(2);
        assertThat(shell.err()).contains("HTTP headers don't allow").doesNotContain(KEY);
        assertThat(asked).isEmpty();
    }

    @Test
    void optionsOfOnesOwnAccounts_dontGoWithIt() {
        assertThat(run("--probe")).isEqualTo(2);
        assertThat(run("--config", "a.yaml")).isEqualTo(2);
        assertThat(shell.err().lines())
                .hasSize(2)
                .allSatisfy(
                        line -> assertThat(line).contains("--probe, --config and --model can't be combined with it"));
        assertThat(shell.run("status", "--watch-key", "a")).isEqualTo(2);
        assertThat(shell.err()).contains("--watch-key is for the gateway that --url names");
        assertThat(asked).isEmpty();
    }
}
