package dev.whippletree.emulator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.Answers;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.Vectors;
import dev.whippletree.model.Embedding;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Message;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmulatorServerTest {

    private static final Pattern CONTENT = Pattern.compile("\"content\":\"([^\"]*)\"");
    private static final String BODY = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Why us?\"}]%s}";
    private static final String WHOLE = BODY.formatted("");
    private static final String STREAM = BODY.formatted(",\"stream\":true,\"stream_options\":{\"include_usage\":true}");

    private final SystemTimeline timeline = new SystemTimeline();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AutoCloseable> open = new ArrayList<>(List.of(timeline));

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyService_answersItsPrompt(ServiceKind kind) throws Exception {
        EmulatorServer server = start(kind);

        HttpResponse<String> response = post(server, kind, "token", WHOLE);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(matches(contents(response.body()))).isTrue();
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    }

    /** Groq's provider adds the version by itself. */
    @ParameterizedTest
    @CsvSource({"HUGGING_FACE, /hf/v1", "GROQ, /groq", "OPENAI, /openai/v1"})
    void baseUrl_isWhatTheProvidersSettingWants(ServiceKind kind, String path) {
        EmulatorServer server = start(kind);

        assertThat(server.baseUrl(kind)).isEqualTo("http://127.0.0.1:" + server.port() + path);
    }

    @ParameterizedTest
    @EnumSource
    void everyService_streamsItsAnswer(ServiceKind kind) throws Exception {
        EmulatorServer server = start(kind);

        HttpResponse<String> response = post(server, kind, "token", STREAM);

        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
        assertThat(matches(contents(response.body()))).isTrue();
        assertThat(response.body()).contains("\"total_tokens\"").endsWith("data: [DONE]\n\n");
    }

    @Test
    void bodyThatIsTooLarge_is413WithAReason() throws Exception {
        EmulatorServer server = start(ServiceKind.GROQ);
        HttpResponse<String> response = post(server, ServiceKind.GROQ, "token", "a".repeat(3_000_000));
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("request_too_large");
    }

    @Test
    void stream_arrivesWhileItIsStillBeingMade() throws Exception {
        EmulatorServer server = start(ServiceKind.OPENAI, "slow=1ms", Duration.ofSeconds(2));

        HttpResponse<InputStream> response = client.send(
                request(server, ServiceKind.OPENAI, "token", STREAM), HttpResponse.BodyHandlers.ofInputStream());
        byte[] first = response.body().readNBytes("data: {".length());

        assertThat(new String(first, StandardCharsets.UTF_8)).isEqualTo("data: {");
        assertThat(response.body().available()).isLessThan(1000);
        response.body().close();
    }

    @Test
    void listener_isToldOfEachCall_andOfACallerWhoLeavesBeforeTheEnd() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        EmulatorServer server = start(ServiceKind.GROQ, Duration.ofHours(1), new CallListener() {
            @Override
            public void arrived(ServiceKind service, byte[] body) {
                told.add("arrived at " + service + ": " + new String(body, StandardCharsets.UTF_8));
            }

            @Override
            public void left(ServiceKind service, byte[] body) {
                told.add("left " + service + ": " + new String(body, StandardCharsets.UTF_8));
            }
        });

        CompletableFuture<?> call = client.sendAsync(
                request(server, ServiceKind.GROQ, "token", WHOLE), HttpResponse.BodyHandlers.discarding());
        assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("arrived at GROQ: " + WHOLE);
        call.cancel(true);
        assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("left GROQ: " + WHOLE);
    }

    @Test
    void listener_isNotToldThatACallerLeft_whoHasHisAnswer() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        EmulatorServer server = start(ServiceKind.GROQ, Duration.ofMillis(1), new CallListener() {
            @Override
            public void left(ServiceKind service, byte[] body) {
                told.add("left");
            }
        });

        for (int i = 0; i < 3; i++) {
            assertThat(post(server, ServiceKind.GROQ, "token", WHOLE).statusCode())
                    .isEqualTo(200);
        }
        server.close();
        assertThat(told).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void reset_breaksTheConnectionBeforeAnyResponse(boolean stream) throws Exception {
        EmulatorServer server = start(ServiceKind.OPENAI, "reset", Duration.ZERO);
        String body = stream ? STREAM : WHOLE;
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("POST /openai/v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer token\r\n"
                                    + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));

            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cut_breaksTheConnectionInTheAnswer(boolean stream) throws Exception {
        EmulatorServer server = start(ServiceKind.OPENAI, "cut", Duration.ZERO);
        HttpRequest request = request(server, ServiceKind.OPENAI, "token", stream ? STREAM : WHOLE);

        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> response.body().readAllBytes()).isInstanceOf(IOException.class);
    }

    @Test
    void hang_neverAnswers() {
        EmulatorServer server = start(ServiceKind.OPENAI, "hang", Duration.ZERO);

        CompletableFuture<?> call = client.sendAsync(
                request(server, ServiceKind.OPENAI, "token", WHOLE), HttpResponse.BodyHandlers.ofString());
        while (outcomes(server).isEmpty()) {
            Thread.onSpinWait();
        }

        assertThat(outcomes(server)).containsExactly(entry("hang", 1L));
        assertThat(call).failsWithin(Duration.ofMillis(300)).withThrowableOfType(TimeoutException.class);
        call.cancel(true);
    }

    private static Map<String, Long> outcomes(EmulatorServer server) {
        return server.stats().get(0).accounts().get(0).outcomes();
    }

    @Test
    void callerWhoLeaves_disturbsNobody() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        EmulatorServer server = start(ServiceKind.OPENAI, Duration.ofMillis(200), new CallListener() {
            @Override
            public void arrived(ServiceKind service, byte[] body) {
                arrived.countDown();
            }
        });

        CompletableFuture<?> impatient = client.sendAsync(
                request(server, ServiceKind.OPENAI, "token", STREAM), HttpResponse.BodyHandlers.ofString());
        assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
        impatient.cancel(true);

        assertThat(post(server, ServiceKind.OPENAI, "token", STREAM).body()).endsWith("data: [DONE]\n\n");
    }

    @Test
    void stall_stopsInTheMiddle_withTheConnectionOpen() throws Exception {
        EmulatorServer server = start(ServiceKind.OPENAI, "stall", Duration.ZERO);

        HttpResponse<InputStream> response = client.send(
                request(server, ServiceKind.OPENAI, "token", STREAM), HttpResponse.BodyHandlers.ofInputStream());
        CompletableFuture<byte[]> rest = CompletableFuture.supplyAsync(() -> readAll(response.body()));

        assertThat(rest).failsWithin(Duration.ofMillis(300)).withThrowableOfType(TimeoutException.class);
        response.body().close();
    }

    @Test
    void wrongTokenOrBody_isRefused() throws Exception {
        EmulatorServer server = start(ServiceKind.HUGGING_FACE);

        assertThat(post(server, ServiceKind.HUGGING_FACE, "wrong", WHOLE).statusCode())
                .isEqualTo(401);
        assertThat(post(server, ServiceKind.HUGGING_FACE, "token", "{\"model\":")
                        .statusCode())
                .isEqualTo(400);
        assertThat(post(server, ServiceKind.HUGGING_FACE, "token", "{\"model\":\"m\"}")
                        .body())
                .contains("'messages' is missing");
    }

    @Test
    void openAiEmbeddings_areVectorsOfTheTexts() throws Exception {
        EmulatorServer server = start(ServiceKind.OPENAI);
        String path = "/openai/v1/embeddings";

        assertThat(postTo(server, path, "{\"model\":\"m\",\"input\":[\"a\",\" a\"],\"encoding_format\":\"base64\"}"))
                .contains(
                        "\"embedding\":\"" + Vectors.of("a", "m", Vectors.DIMENSIONS) + '"',
                        "\"embedding\":\"" + Vectors.of(" a", "m", Vectors.DIMENSIONS) + '"',
                        "\"prompt_tokens\":2");
        assertThat(postTo(server, path, "{\"model\":\"m\",\"input\":[5,6,7],\"dimensions\":2}"))
                .contains(
                        "\"embedding\":"
                                + Arrays.toString(Embedding.decode(Vectors.of("5 6 7", "m", 2)))
                                        .replace(" ", ""),
                        "\"prompt_tokens\":3");
        assertThat(postTo(server, path, "{\"model\":\"m\",\"input\":[\"a\",[5]]}"))
                .contains("'input' must be a text, texts");
        assertThat(postTo(server, path, "{\"model\":\"m\",\"input\":[]}")).contains("\"error\"");
        assertThat(postTo(server, path, "{\"model\":\"m\",\"input\":\"\"}")).contains("an empty text");
        assertThat(server.stats().get(0).limits().get(0).fullest()).isEqualTo(2);
    }

    @Test
    void huggingFaceFeatures_areAnArrayOfVectors() throws Exception {
        EmulatorServer server = start(ServiceKind.HUGGING_FACE);

        assertThat(postTo(
                        server,
                        "/hf/hf-inference/models/org/m/pipeline/feature-extraction",
                        "{\"inputs\":[\"a\",\"b\"],\"dimensions\":2}"))
                .isEqualTo("["
                        + List.of("a", "b").stream()
                                .map(text -> Arrays.toString(Embedding.decode(Vectors.of(text, "org/m", 2)))
                                        .replace(" ", ""))
                                .collect(Collectors.joining(","))
                        + "]");
        assertThat(postTo(server, "/hf/hf-inference/models/org/m", "{\"inputs\":[\"a\"]}"))
                .contains("\"error\"");
    }

    private String postTo(EmulatorServer server, String path, String body) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                                .header("authorization", "Bearer token")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void statsAndModels_areOfEachService_andAnythingElseIsNotFound() throws Exception {
        ServiceSettings groq = ServiceSettings.builder(ServiceKind.GROQ)
                .account("g", "token")
                .models("b", "a")
                .build();
        ServiceSettings huggingFace = ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account("a", "token", ServiceLimit.sliding(Limit.requests(100, Duration.ofHours(1))))
                .build();
        EmulatorServer server = EmulatorServer.start(
                List.of(new EmulatedService(groq, 0), new EmulatedService(huggingFace, 0)), 0, timeline);
        open.add(0, server);
        post(server, ServiceKind.HUGGING_FACE, "token", WHOLE);
        post(server, ServiceKind.HUGGING_FACE, "token", WHOLE);
        post(server, ServiceKind.GROQ, "token", WHOLE);

        assertThat(server.stats())
                .extracting(stats -> stats.service() + stats.calls())
                .containsExactly("huggingface2", "groq1");
        assertThat(get(server, "/stats").body())
                .contains("\"service\":\"huggingface\"", "\"calls\":2", "\"fullest\":2", "\"mostCallsPerPrompt\":2")
                .contains("\"service\":\"groq\"", "\"calls\":1")
                .doesNotContain("token\"");
        assertThat(server.statsUrl()).isEqualTo("http://127.0.0.1:" + server.port() + "/stats");
        assertThat(get(server, "/groq/openai/v1/models").body())
                .containsPattern("\"id\":\"a\".*\"id\":\"b\"")
                .contains("\"object\":\"list\"");
        for (String path : List.of("/groq/openai/v1/chat/completions", "/nothing", "/openai/v1/models")) {
            assertThat(get(server, path).statusCode()).as(path).isEqualTo(404);
            assertThat(get(server, path).body()).contains("The emulator has no GET " + path);
        }
    }

    @Test
    void twoServicesOfAKind_areAnError() {
        EmulatedService groq = new EmulatedService(
                ServiceSettings.builder(ServiceKind.GROQ).account("g", "token").build(), 0);

        assertThatThrownBy(() -> EmulatorServer.start(List.of(groq, groq), 0, timeline))
                .hasMessageContaining("two of GROQ");
    }

    @Test
    void portInUse_isAClearError() {
        EmulatorServer server = start(ServiceKind.GROQ);

        assertThatThrownBy(() -> EmulatorServer.start(List.of(), server.port(), timeline))
                .hasMessageContaining("can't listen on port " + server.port())
                .hasMessageContaining("choose another port")
                .hasMessageNotContaining("Exception");
    }

    private EmulatorServer start(ServiceKind kind) {
        return start(kind, FaultScript.NONE, Duration.ZERO);
    }

    private EmulatorServer start(ServiceKind kind, String fault, Duration latency) {
        return start(kind, FaultScript.of(FaultRule.parse(fault)), latency);
    }

    private EmulatorServer start(ServiceKind kind, FaultScript faults, Duration latency) {
        ServiceSettings settings = ServiceSettings.builder(kind)
                .account("a", "token", ServiceLimit.sliding(Limit.requests(100, Duration.ofHours(1))))
                .latency(Latency.constant(latency))
                .faults(faults)
                .build();
        EmulatorServer server =
                EmulatorServer.start(List.of(new EmulatedService(settings, timeline.nanoTime())), 0, timeline);
        open.add(0, server);
        return server;
    }

    private EmulatorServer start(ServiceKind kind, Duration latency, CallListener listener) {
        ServiceSettings settings = ServiceSettings.builder(kind)
                .account("a", "token")
                .latency(Latency.constant(latency))
                .build();
        EmulatorServer server = EmulatorServer.start(
                List.of(new EmulatedService(settings, timeline.nanoTime())), 0, timeline, listener);
        open.add(0, server);
        return server;
    }

    private HttpResponse<String> post(EmulatorServer server, ServiceKind kind, String token, String body)
            throws Exception {
        return client.send(request(server, kind, token, body), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest request(EmulatorServer server, ServiceKind kind, String token, String body) {
        return HttpRequest.newBuilder(URI.create(server.completionsUrl(kind)))
                .header("authorization", "Bearer " + token)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private HttpResponse<String> get(EmulatorServer server, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static boolean matches(String text) {
        return Answers.matches(List.of(Message.user("Why us?")), text);
    }

    private static String contents(String body) {
        StringBuilder contents = new StringBuilder();
        Matcher matcher = CONTENT.matcher(body);
        while (matcher.find()) {
            contents.append(matcher.group(1));
        }
        return contents.toString();
    }

    private static byte[] readAll(InputStream stream) {
        try {
            return stream.readAllBytes();
        } catch (IOException e) {
            return new byte[0];
        }
    }
}
