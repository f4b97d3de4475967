package dev.whippletree.gateway.trace;

import static dev.whippletree.gateway.RunningGateway.HI;
import static dev.whippletree.gateway.RunningGateway.HI_STREAMED;
import static dev.whippletree.gateway.RunningGateway.client;
import static dev.whippletree.gateway.RunningGateway.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway that serves real clients writes into its trace. */
final class GatewayTraceTest {

    private static final String KEY = "key-of-acme-0123456789";
    private static final String[] ASKING = {"Authorization", "Bearer " + KEY, "x-whippletree-session", "person-7"};

    @TempDir
    private Path folder;

    private List<Map<String, Object>> lines() throws IOException {
        List<Map<String, Object>> lines = new ArrayList<>();
        for (Path file : files()) {
            if (file.toString().endsWith(".jsonl")) {
                Files.readAllLines(file).forEach(line -> lines.add(RunningGateway.json(line)));
            }
        }
        return lines;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    private static String without(Map<String, Object> line, String... fields) {
        Map<String, Object> rest = new LinkedHashMap<>(line);
        rest.keySet().removeAll(List.of(fields));
        return rest.toString();
    }

    /** Returns the status once the server has ended the request, too: so its line comes before that of the next. */
    private static int ask(RunningGateway running, String body, String... headers) throws Exception {
        int status = running.post(body, headers).statusCode();
        RunningGateway.settle();
        return status;
    }

    @Test
    void eachPromptThatWasAdmitted_hasALine_andNothingElseHas() throws Exception {
        GatewaySettings settings = with(client("acme", KEY)).withTrace(folder);
        try (RunningGateway running = new RunningGateway(settings)) {
            assertThat(ask(running, HI, ASKING)).isEqualTo(200);
            assertThat(ask(running, HI_STREAMED, ASKING)).isEqualTo(200);
            String bounded = HI.replace("\"model\"", "\"max_tokens\":9,\"model\"");
            assertThat(ask(running, bounded, "Authorization", "Bearer " + KEY)).isEqualTo(200);
            assertThat(running.get("/v1/models", ASKING).statusCode()).isEqualTo(200);
            assertThat(ask(running, HI)).as("without a key").isEqualTo(401);
            assertThat(ask(running, HI.replace("fast", "no-such-model"), ASKING))
                    .isEqualTo(404);
            assertThat(ask(running, "{", ASKING)).isEqualTo(400);
            running.provider.usually(call -> call.fail(Failure.of(FailureKind.REJECTED, "too strange")));
            assertThat(ask(running, HI.replace("Hi", "Strange"), ASKING))
                    .as("a prompt that fails was asked all the same")
                    .isBetween(400, 599);
        }

        List<Map<String, Object>> lines = lines();
        assertThat(lines).hasSize(4);
        Object key = lines.get(0).get("key");
        assertThat(lines.get(1)).containsEntry("key", key);
        assertThat(lines.get(2).get("key")).isNotEqualTo(key);
        assertThat(lines.get(3).get("key")).isNotEqualTo(key);
        Object session = lines.get(0).get("session");
        assertThat(lines)
                .allSatisfy(line -> assertThat(line.get("at").toString())
                        .matches("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z"));
        assertThat(lines.stream()
                        .map(line -> without(line, "at", "took_ms", "key", "prompt_tokens"))
                        .toList())
                .containsExactly(
                        "{session=" + session + ", client=acme, route=fast, completion_tokens=2}",
                        "{session=" + session + ", client=acme, route=fast, completion_tokens=2}",
                        "{max_tokens=9, client=acme, route=fast, completion_tokens=2}",
                        "{session=" + session + ", client=acme, route=fast}");
        assertThat(lines.get(0).toString()).contains("prompt_tokens=5");
        assertThat(lines.get(3)).as("an estimate").containsKey("prompt_tokens");
        for (Path file : files()) {
            assertThat(Files.readString(file)).doesNotContain("Hi", "Hello", "Strange", "person", KEY);
        }
    }

    @Test
    void gatewayWithoutTheKey_writesNothing() throws Exception {
        try (RunningGateway running = RunningGateway.open()) {
            assertThat(running.post(HI).statusCode()).isEqualTo(200);
            assertThat(running.get("/metrics").body()).doesNotContain("gateway_trace");
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void metrics_tellWhatIsMissing() throws Exception {
        try (RunningGateway running = new RunningGateway(GatewaySettings.DEFAULT.withTrace(folder))) {
            assertThat(running.get("/metrics").body()).contains("whippletree_gateway_trace_lost_total 0.0");
        }
    }

    @Test
    void folderThatCantBeUsed_keepsTheGatewayFromStarting() throws IOException {
        GatewaySettings settings = GatewaySettings.DEFAULT.withTrace(Files.createFile(folder.resolve("file")));
        assertThatThrownBy(() -> new RunningGateway(settings).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("gateway.trace: ");
    }
}
