package dev.whippletree.gateway.batches;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.ManualTimeline;
import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** Files and batches over real sockets: what their tests share. */
abstract class OverBatches {

    static final String CHAT = "/v1/chat/completions";

    /** Only keeps a test that would never end from never ending. */
    private static final int MOST_LOOKS = 200_000;

    @TempDir
    protected Path folder;

    protected GatewaySettings.Batches batches() {
        return GatewaySettings.Batches.in(folder);
    }

    /** Answers with the prompt's text in capitals; refuses one that is bad. */
    static void answer(ScriptedProvider.Call call) {
        String text = call.prompt().messages().get(0).text();
        if (text.startsWith("bad")) {
            call.fail(refusal());
        } else {
            call.answer(text.toUpperCase(Locale.ROOT));
        }
    }

    private static Failure refusal() {
        return new Failure(
                FailureKind.REJECTED,
                "no such thing",
                OptionalInt.of(400),
                Optional.empty(),
                Optional.empty(),
                Reach.PROMPT);
    }

    /** Returns what a client may have asked for. */
    static Map<String, Object> asked(String id, String client, String input, long createdAt) {
        return GatewayJson.of(
                "id", id,
                "object", "batch",
                "client", client,
                "endpoint", CHAT,
                "input_file_id", input,
                "completion_window", "24h",
                "created_at", createdAt,
                "expires_at", 4_000_000_000L,
                "lines", 1);
    }

    static String line(String id, String text) {
        return "{\"custom_id\":\"" + id + "\",\"method\":\"POST\",\"url\":\"" + CHAT
                + "\",\"body\":{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}}";
    }

    static String lines(String... texts) {
        return Stream.of(texts).map(text -> line("id-" + text, text)).collect(Collectors.joining("\n"));
    }

    static HttpResponse<String> upload(RunningGateway running, String content, String... headers) throws Exception {
        String form = UploadTest.field("purpose", "batch") + "\r\n" + UploadTest.file(content) + "\r\n--b-7--\r\n";
        String[] all = Stream.concat(Stream.of("content-type", "multipart/form-data; boundary=b-7"), Stream.of(headers))
                .toArray(String[]::new);
        return running.postTo("/v1/files", form, all);
    }

    static String uploaded(RunningGateway running, String content, String... headers) throws Exception {
        HttpResponse<String> response = upload(running, content, headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RunningGateway.at(response, "id");
    }

    static HttpResponse<String> create(RunningGateway running, String file, String endpoint, String... headers)
            throws Exception {
        return running.postTo(
                "/v1/batches",
                "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"" + endpoint
                        + "\",\"completion_window\":\"24h\",\"metadata\":{\"of\":\"me\"}}",
                headers);
    }

    static String begun(RunningGateway running, String content, String... headers) throws Exception {
        HttpResponse<String> response = create(running, uploaded(running, content, headers), CHAT, headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        // A gateway may have begun it before this answer was written.
        assertThat(RunningGateway.at(response, "status"))
                .isIn("validating", "in_progress", "finalizing", "completed", "failed");
        return RunningGateway.at(response, "id");
    }

    /** Waits until a batch has a status. */
    static HttpResponse<String> until(RunningGateway running, String batch, String status, String... headers)
            throws Exception {
        HttpResponse<String> response = running.get("/v1/batches/" + batch, headers);
        for (int looks = 0; !RunningGateway.at(response, "status").equals(status); looks++) {
            assertThat(looks).as(response.body()).isLessThan(MOST_LOOKS);
            response = running.get("/v1/batches/" + batch, headers);
        }
        return response;
    }

    /** Answers every call that comes until a batch has a status. */
    static HttpResponse<String> answeredUntil(RunningGateway running, String batch, String status) throws Exception {
        HttpResponse<String> response = running.get("/v1/batches/" + batch);
        for (int looks = 0; !RunningGateway.at(response, "status").equals(status); looks++) {
            assertThat(looks).as(response.body()).isLessThan(MOST_LOOKS);
            while (running.provider.unseenCalls() > 0) {
                running.provider.call().answer("late");
            }
            response = running.get("/v1/batches/" + batch);
        }
        return response;
    }

    /** Lets time pass, second by second, in each of which the gateway answers a request. */
    static void pass(RunningGateway running, ManualTimeline timeline, int seconds) throws Exception {
        for (int second = 0; second < seconds; second++) {
            timeline.advance(Duration.ofSeconds(1));
            running.get("/health");
        }
    }

    /** Returns the lines of a batch's file: {@code output} or {@code error}. */
    static List<String> content(RunningGateway running, HttpResponse<String> batch, String which, String... headers)
            throws Exception {
        HttpResponse<String> content =
                running.get("/v1/files/" + RunningGateway.at(batch, which + "_file_id") + "/content", headers);
        assertThat(content.statusCode()).as(content.body()).isEqualTo(200);
        return content.body().lines().toList();
    }

    static HttpResponse<String> delete(RunningGateway running, String file) throws IOException, InterruptedException {
        return running.send("DELETE", "/v1/files/" + file);
    }
}
