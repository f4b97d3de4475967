package dev.whippletree.gateway;

import static dev.whippletree.gateway.RunningGateway.HI;
import static dev.whippletree.gateway.RunningGateway.HI_STREAMED;
import static dev.whippletree.gateway.RunningGateway.assertError;
import static dev.whippletree.gateway.RunningGateway.at;
import static dev.whippletree.gateway.RunningGateway.client;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.CachePolicy;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Message;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gateway over real sockets. */
final class GatewayTest extends OverGateway {

    private static final String NO_CACHE = "x-whippletree-cache: no-cache";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private HttpResponse<String> ask(String key) throws Exception {
        return running.post(HI, "Authorization", "Bearer " + key);
    }

    private Socket send(String body, String... headers) throws Exception {
        String more = Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining());
        return running.send(RunningGateway.wire(body).replaceFirst("\r\n", "\r\n" + more));
    }

    private ScriptedProvider.Call callOf(Socket socket) throws Exception {
        assertThat(socket.isConnected()).isTrue();
        return running.provider.call();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"no-store | true | false", "no-cache | false | true", "NO-CACHE , no-store | false | false"})
    void cacheHeader_saysWhetherAStoredAnswerMayCome_andWhetherThisOneIsStored(
            String header, boolean read, boolean stored) throws Exception {
        assertThat(running.post(HI, "x-whippletree-cache", header).statusCode()).isEqualTo(200);
        assertThat(running.provider.call().prompt().cache())
                .extracting(CachePolicy::read, CachePolicy::store)
                .containsExactly(read, stored);
    }

    @Test
    void wholeAnswer_isWhatTheProtocolHas_andSaysWhereItCameFrom() throws Exception {
        HttpResponse<String> response = running.post(HI);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(at(response, "object")).isEqualTo("chat.completion");
        assertThat(at(response, "model")).isEqualTo("model-as-served");
        assertThat(at(response, "choices.0.message.content")).isEqualTo("Hello there");
        assertThat(at(response, "usage.total_tokens")).isEqualTo("7");
        assertThat(response.body()).containsPattern("\"attempts\":1,\"waited-ms\":\\d+,\"cache\":\"miss\"");
        assertThat(response.headers().map())
                .containsEntry("content-type", List.of("application/json"))
                .containsEntry("x-whippletree-account", List.of("one"))
                .containsEntry("x-whippletree-attempts", List.of("1"))
                .containsEntry("x-whippletree-cache", List.of("miss"))
                .containsKey("x-whippletree-waited-ms");
    }

    @Test
    void stream_tellsPiecesThenTheEndThenDone_andItsUsageIfAsked() throws Exception {
        String asking = HI_STREAMED.replace("true", "true,\"stream_options\":{\"include_usage\":true}");
        HttpResponse<String> response = running.post(asking);

        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
        assertThat(response.headers().firstValue("x-whippletree-account")).contains("one");
        assertThat(response.body())
                .containsSubsequence(
                        "\"role\":\"assistant\"",
                        "\"content\":\"Hello",
                        "there\"",
                        "\"finish_reason\":\"stop\"",
                        "\"account\":\"one\"",
                        "\"choices\":[],\"usage\":{",
                        "data: [DONE]\n\n");
        assertThat(running.post(HI_STREAMED.replace("Hi", "Ho")).body()).doesNotContain("\"usage\"", "\"choices\":[]");
    }

    @Test
    void streamThatItsClientReadsLate_isWhole() throws Exception {
        running.provider.usually(call -> {});
        try (Socket socket = send(HI_STREAMED, "Connection: close")) {
            ScriptedProvider.Call call = running.provider.call();
            List<String> pieces = IntStream.range(0, 40)
                    .mapToObj(piece -> "<" + piece + "x".repeat(200_000) + ">")
                    .toList();
            pieces.forEach(piece -> call.tell(new Delta.Text(piece)));
            call.end(FinishReason.STOP);
            RunningGateway.settle();
            String read = RunningGateway.readAll(socket);
            assertThat(read.replaceAll("[^<>0-9]", "")).containsSubsequence("<0", "<1", "<20", "<39");
            assertThat(pieces.stream().filter(piece -> !read.contains(piece.substring(0, 9))))
                    .isEmpty();
        }
    }

    @Test
    void everythingAClientMaySend_reachesTheService() throws Exception {
        running.post(
                """
                {"model": "good", "temperature": 0.5, "top_p": 1, "max_completion_tokens": 9, "max_tokens": 8, "seed": 3,
                 "stop": "END", "tools": [{"type": "function", "function": {"name": "f"}}], "nobody_knows": {"a": [1, null]},
                 "user": "u", "response_format": {"type": "json_object"}, "metadata": null,
                 "messages": [
                  {"role": "developer", "content": "Be brief", "name": "boss"},
                  {"role": "user", "content": [{"type": "text", "text": "What is it?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]},
                  {"role": "assistant", "content": null, "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
                  {"role": "tool", "tool_call_id": "c1", "content": "42"}]}
                """,
                "x-whippletree-session",
                "interview 7",
                "x-whippletree-priority",
                "batch",
                "x-whippletree-deadline",
                "30s");

        Prompt prompt = running.provider.call().prompt();
        assertThat(prompt.route()).contains("good");
        assertThat(prompt.session()).contains("interview 7");
        assertThat(prompt.priority()).isEqualTo(Priority.BATCH);
        assertThat(prompt.deadline()).contains(Duration.ofSeconds(30));
        assertThat(prompt.parameters().toString())
                .contains("[0.5]", "[1.0]", "[9]", "[3]", "[END]", "nobody_knows={a=[1, null]}", "user=u", "tools=[{")
                .contains("response_format={type=json_object}")
                .doesNotContain("metadata", "[8]");
        assertThat(prompt.messages())
                .extracting(Message::role, message -> message.parts().size(), Message::extras)
                .containsExactly(
                        tuple(Role.DEVELOPER, 0, Map.of("name", "boss")),
                        tuple(Role.USER, 2, Map.of()),
                        tuple(Role.ASSISTANT, 0, Map.of()),
                        tuple(Role.TOOL, 0, Map.of()));
        assertThat(prompt.messages().get(2).toolCalls()).containsExactly(new ToolCall("c1", "f", "{}"));
        assertThat(prompt.messages().get(3).toolCallId()).contains("c1");
    }

    /** OpenAI's clients read some of the fields, Anthropic's the others. */
    @Test
    void models_haveTheFieldsOfBothProtocols_andTheTimeWhenTheConfigurationWasRead() throws Exception {
        try (ManualTimeline timeline = new ManualTimeline();
                RunningGateway timed =
                        new RunningGateway(GatewaySettings.DEFAULT, timeline, UnaryOperator.identity())) {
            assertThat(RunningGateway.json(timed.get("/v1/models", "anthropic-version", "2023-06-01")))
                    .containsEntry("object", "list")
                    .containsEntry("has_more", false)
                    .containsEntry("first_id", "fast")
                    .containsEntry("last_id", "two/small-model");
            assertThat(RunningGateway.json(timed.get("/v1/models/fast"))).isEqualTo(RunningGateway.json("""
                            {"id":"fast","object":"model","created":1767225600,"owned_by":"whippletree",
                            "type":"model","display_name":"fast","created_at":"2026-01-01T00:00:00Z"}"""));
            timeline.advance(Duration.ofMillis(1_500));
            timed.gateway.reload(timed.settings());
            assertThat(at(timed.get("/v1/models/fast"), "created_at")).isEqualTo("2026-01-01T00:00:01Z");
        }
    }

    @Test
    void models_areRoutesAndTheirModels_andEachCanBeAsked() throws Exception {
        assertThat(running.get("/v1/models").body().split("\"id\":\""))
                .extracting(model -> model.replaceFirst("\".*", ""))
                .containsExactly(
                        "{",
                        "fast",
                        "good",
                        "gpt-4o-mini",
                        "small-model",
                        "large-model",
                        "one/small-model",
                        "one/large-model",
                        "two/small-model");
        // As libraries for JavaScript send it, and others.
        for (String name : List.of("one/large-model", "one%2Flarge-model", "one%2flarge-model")) {
            assertThat(at(running.get("/v1/models/" + name), "owned_by")).isEqualTo("one");
        }
        assertError(running.get("/v1/models/huge+1"), 404, "model_not_found", "'huge+1'");
        assertError(running.get("/v1/models/one%252Flarge-model"), 404, "model_not_found", "'one%2Flarge-model'");
    }

    @ParameterizedTest
    @CsvSource({
        "large-model, one, large-model",
        "two/small-model, two, small-model",
        "gpt-4o-mini, one, small-model",
        ", one, small-model"
    })
    void model_isAskedByEachOfItsNames_orByTheDefaultRoutesWithout(@Nullable String name, String account, String model)
            throws Exception {
        String body = name == null ? HI.replace("\"model\":\"fast\",", "") : HI.replace("fast", name);
        assertThat(running.post(body).headers().firstValue("x-whippletree-account"))
                .contains(account);
        assertThat(running.provider.call().model()).isEqualTo(model);
    }

    @Test
    void wrongMethod_isToldWhichAreRight_andHealthAnswersAtItsUsualPlaces() throws Exception {
        HttpResponse<String> response = running.get("/v1/chat/completions");
        assertError(response, 405, "method_not_allowed", "/v1/chat/completions takes POST, not GET");
        assertThat(response.headers().firstValue("allow")).contains("POST");
        assertError(running.send("POST", "/healthz"), 405, "method_not_allowed", "takes GET, HEAD, not POST");
        for (String path : List.of("/health", "/healthz")) {
            assertThat(running.get(path).body()).isEqualTo("{\"status\":\"ok\"}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "not json | isn't valid JSON: see line 1, column ",
                "[] | isn't a JSON object",
                "{} trailing | isn't valid JSON: see line 1, column ",
                "{} | 'messages' is missing",
                "{'messages':[]} | at least one message",
                "{'messages':[7]} | 'messages[0]' must be an object",
                "{'messages':[{'role':'robot','content':''}]} | not 'robot'",
                "{'messages':[{'role':'user','content':7}]} | 'messages[0].content' must be a string or",
                "{'n':0,REST | 'n' must be 1 to 128",
                "{'logprobs':1,REST | 'logprobs' must be true or false",
                "{'audio':{'voice':'a'},REST | 'audio' isn't supported",
                "{'temperature':3,REST | 'temperature' must be 0 to 2",
                "{'max_tokens':1.5,REST | 'max_tokens' must be a whole number",
                "{'max_tokens':-4294967295,REST | 'max_tokens' must be 1 or more",
                "{'stream':'yes',REST | 'stream' must be true or false",
                "{'deep':DEEP,REST | deeper"
            })
    void requestThatIsWrong_isToldWhatAndWhere(String body, String words) throws Exception {
        String whole = body.replace("REST", "'messages':[{'role':'user','content':'Hi'}]}")
                .replace("DEEP", "{'a':".repeat(200) + "1" + "}".repeat(200))
                .replace('\'', '"');
        assertError(running.post(whole), 400, "invalid_value", words);
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void unknownModelPlaceAndHeader_areToldSo() throws Exception {
        assertError(running.post(HI.replace("fast", "gpt-4o")), 404, "model_not_found", "to its aliases");
        assertError(running.get("/nowhere"), 404, "not_found", "GET /nowhere; known: POST /v1/chat/completions");
        assertError(running.post(HI, "x-whippletree-priority", "urgent"), 400, "invalid_value", "interactive or batch");
        assertError(running.post(HI, "x-whippletree-cache", "no"), 400, "invalid_value", "no-store or both, not 'no'");
        for (String deadline : List.of("soon", "0s", "8d")) {
            assertError(running.post(HI, "x-whippletree-deadline", deadline), 400, "invalid_value", "deadline");
        }
    }

    /** What a service said of a prompt, and what its client is told, whole and streamed. */
    @ParameterizedTest
    @CsvSource({
        "REJECTED, 422, bad_temperature, 422, bad_temperature",
        "REJECTED, 200, bad_temperature, 400, bad_temperature",
        "REJECTED, 500, , 400, invalid_request",
        "REJECTED, , , 400, invalid_request",
        "TOO_LARGE, 413, too_long, 400, context_length_exceeded",
        "FILTERED, 403, , 400, content_filter",
        "FILTERED, 400, jailbreak_detected, 400, jailbreak_detected"
    })
    void refusalOfTheService_isPassedOnInItsOwnWords(
            FailureKind kind, @Nullable Integer status, @Nullable String code, int told, String toldCode)
            throws Exception {
        running.provider.usually(call -> call.fail(failure(kind, status, code, Reach.ACCOUNT)));
        assertError(running.post(HI), told, toldCode, "its own words");
        assertError(running.post(HI_STREAMED), told, toldCode, "its own words");
    }

    private static Failure failure(FailureKind kind, @Nullable Integer status, @Nullable String code, Reach reach) {
        return new Failure(
                kind,
                "its own words",
                status == null ? OptionalInt.empty() : OptionalInt.of(status),
                Optional.ofNullable(code),
                Optional.empty(),
                reach);
    }

    @ParameterizedTest
    @CsvSource({"403, 403", "404, 404", "401, 400"})
    void refusalThatMayBeThePrompts_isPassedOn_butNotAsAWrongKey(int status, int told) throws Exception {
        assertThat(running.post(HI).statusCode()).isEqualTo(200);
        running.provider.usually(call -> call.fail(failure(FailureKind.UNAUTHORIZED, status, null, Reach.PROMPT)));
        assertError(running.post(HI.replace("Hi", "Bad")), told, "invalid_request", "its own words");
        assertThat(running.get("/readyz").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "true, false, x-whippletree-cache: no-store",
        "true, true, x-whippletree-cache: no-store",
        "false, false, " + NO_CACHE
    })
    void clientThatLeavesAStream_orCouldNotAskForTheSameAgain_cancelsItsCall(
            boolean streamed, boolean begun, String header) throws Exception {
        running.provider.usually(call -> {});
        try (Socket socket = send(streamed ? HI_STREAMED : HI, header)) {
            ScriptedProvider.Call call = running.provider.call();
            if (begun) {
                call.tell(new Delta.Text("Once upon"));
                RunningGateway.readUntil(socket, "Once upon");
            }
            socket.close();
            call.awaitCancelled();
        }
    }

    /**
     * Closes a client's connection, and waits until the gateway knows: its threads have looked at their connections in
     * between.
     */
    private static void leave(Socket client) throws Exception {
        client.close();
        for (int turn = 0; turn < 3; turn++) {
            RunningGateway.settle();
        }
    }

    @Test
    void callWhoseClientHasLeft_goesOn_andAnswersWhoAsksTheSameAgain() throws Exception {
        reopen(RunningGateway.with(client("acme", "key-1", "1000 tokens / 1h")));
        running.provider.estimate(400);
        running.provider.usually(call -> {});
        String key = "Authorization: Bearer key-1";
        Socket leaver = send(HI, key);
        ScriptedProvider.Call call = running.provider.call();
        leave(leaver);
        assertThat(running.whippletree.status().prompts().cancelled()).isZero();
        try (Socket again = send(HI, key)) {
            while (running.whippletree.status().prompts().submitted() < 2) {
                Thread.onSpinWait();
            }
            assertError(ask("key-1"), 429, "rate_limit_exceeded", "1000 tokens");
            call.answer("Once for both");
            assertThat(RunningGateway.readUntil(again, "Once for both")).contains("200 OK", "joined");
        }
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void gatewayThatEnds_waitsForCallsWhoseClientsHaveLeft() throws Exception {
        running.provider.usually(call -> {});
        Socket leaver = send(HI);
        ScriptedProvider.Call call = running.provider.call();
        leave(leaver);
        CompletableFuture<Void> closed = running.gateway.close(Duration.ofMinutes(1));
        assertThat(closed).isNotDone();
        call.answer("Too late for its client");
        assertThat(closed).succeedsWithin(PATIENCE);
        assertThat(running.whippletree.status().prompts().answered()).isOne();
    }

    @Test
    void callThatFails_onceItsClientHasLeft_isMadeNoMore() throws Exception {
        running.provider.usually(call -> {});
        Socket leaver = send(HI.replace("fast", "good"));
        ScriptedProvider.Call call = running.provider.call();
        leave(leaver);
        call.fail(Failure.of(FailureKind.UNAVAILABLE, "no answer"));
        while (running.whippletree.status().prompts().underWay() > 0) {
            Thread.onSpinWait();
        }
        assertThat(running.whippletree.status().prompts().cancelled()).isOne();
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void keys_areTenants_andWhoHasNoneIsSentAway() throws Exception {
        reopen(RunningGateway.with(client("acme", "key-of-acme"), client("other", "key-of-other")));
        assertError(running.post(HI), 401, "invalid_api_key", "Authorization: Bearer");
        assertError(ask("wrong"), 401, "invalid_api_key", "unknown key");
        assertError(running.get("/v1/models"), 401, "invalid_api_key", "Authorization");
        assertThat(running.provider.unseenCalls()).isZero();

        for (String tenant : List.of("acme", "other")) {
            assertThat(running.post(HI, "Authorization", "bearer key-of-" + tenant)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(running.provider.call().prompt().tenant()).isEqualTo(tenant);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, x-whippletree-cache: no-store", "false, x-whippletree-cache: no-store", "false, " + NO_CACHE})
    void clientThatLeaves_hasUsedWhatWasEstimated(boolean streamed, String header) throws Exception {
        reopen(RunningGateway.with(client("acme", "key-1", "1000 tokens / 1h")));
        running.provider.estimate(900);
        running.provider.usually(call -> {});
        Socket leaver = send(streamed ? HI_STREAMED : HI, "Authorization: Bearer key-1", header);
        ScriptedProvider.Call call = running.provider.call();
        leaver.close();
        if (streamed || header.equals(NO_CACHE)) {
            call.awaitCancelled();
        }
        assertError(ask("key-1"), 429, "rate_limit_exceeded", "1000 tokens");
    }

    @Test
    void clientThatWaitsToBeAskedForItsBody_isAsked() throws Exception {
        String wire = RunningGateway.wire(HI).replaceFirst("\r\n", "\r\nExpect: 100-continue\r\n");
        int head = wire.indexOf("\r\n\r\n") + 4;
        try (Socket client = running.send(wire.substring(0, head))) {
            assertThat(RunningGateway.readUntil(client, "\r\n\r\n")).startsWith("HTTP/1.1 100 ");
            client.getOutputStream().write(wire.substring(head).getBytes(UTF_8));
            assertThat(RunningGateway.readResponse(client)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void reloaded_knowsOtherKeys_andWhoStaysKeepsWhatItHasUsed() throws Exception {
        reopen(RunningGateway.with(client("acme", "key-1", "2 requests / 1h"), client("leaver", "key-2")));
        for (String key : List.of("key-1", "key-1", "key-2")) {
            assertThat(ask(key).statusCode()).isEqualTo(200);
        }
        assertThat(running.gateway.reload(
                        running.settings(client("acme", "new-key", "2 requests / 1h"), client("joiner", "key-3"))))
                .as("needs a restart")
                .isFalse();
        assertThat(ask("key-1").statusCode()).isEqualTo(401);
        assertThat(ask("key-2").statusCode()).isEqualTo(401);
        assertThat(ask("key-3").statusCode()).isEqualTo(200);
        assertError(ask("new-key"), 429, "rate_limit_exceeded", "2 requests");
    }

    /** Else a client would send its next request on a connection that is about to be closed. */
    @Test
    void bodyThatIsTooLarge_isRefused_andItsConnectionCloses() throws Exception {
        reopen(RunningGateway.bounded(bounds -> bounds.withMostBodyBytes(1_000)));
        HttpResponse<String> refused = running.post(HI.replace("Hi", "x".repeat(2_000)));
        assertError(refused, 413, "request_too_large", "1000 bytes");
        assertThat(refused.headers().firstValue("Connection")).hasValue("close");
        String most = HI.replace("Hi", "x".repeat(1_002 - HI.length()));
        assertThat(running.post(most).statusCode()).isEqualTo(200);
        assertThat(running.post(most + " ").statusCode()).isEqualTo(413);
        String inChunks =
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n";
        try (Socket socket = running.send(inChunks + "x".repeat(2_000) + "\r\n0\r\n\r\n")) {
            assertThat(RunningGateway.readResponse(socket))
                    .startsWith("HTTP/1.1 413 ")
                    .contains("\r\nConnection: close\r\n");
        }
    }

    private void openForHasty() {
        reopen(RunningGateway.bounded(bounds -> bounds.withClientTimeout(Duration.ofMillis(300))));
    }

    @ParameterizedTest
    @CsvSource({"40", "150"})
    void headOrBodyThatDoesNotArrive_isCutOff_withoutACall(int sent) throws Exception {
        openForHasty();
        assertThat(RunningGateway.wire(HI).indexOf("\r\n\r\n")).isBetween(41, 145);
        try (Socket slow = running.send(RunningGateway.wire(HI).substring(0, sent))) {
            assertThat(RunningGateway.readAll(slow)).isEmpty();
        }
        assertThat(RunningGateway.hastily(() -> running.post(HI)).statusCode()).isEqualTo(200);
        running.provider.call();
        assertThat(running.provider.unseenCalls()).isZero();
    }

    /** The pause is longer than the client's timeout: a silent service is no slow client. */
    @Test
    void streamThatIsSilentForLong_goesOn() throws Exception {
        openForHasty();
        running.provider.usually(call -> {
            call.tell(new Delta.Text("Hello"));
            CompletableFuture.delayedExecutor(700, TimeUnit.MILLISECONDS).execute(() -> call.answer(" there"));
        });
        try (Socket client = send(HI_STREAMED)) {
            assertThat(RunningGateway.readUntil(client, "data: [DONE]"))
                    .contains("Hello", " there", "\"finish_reason\":\"stop\"");
        }
    }

    @Test
    void clientThatTakesNothing_isCutOff_andItsCallIsCancelled() throws Exception {
        openForHasty();
        // More than all the buffers on the way hold.
        running.provider.usually(call ->
                IntStream.range(0, 400).forEach(piece -> call.tell(new Delta.Text("x".repeat(50_000)))));
        try (Socket slow = send(HI_STREAMED)) {
            callOf(slow).awaitCancelled();
        }
        running.provider.usually(call -> call.answer("Hello"));
        assertThat(RunningGateway.hastily(() -> running.post(HI.replace("Hi", "You?")))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void addressThatOthersReach_needsClientsWithKeys_andPortThatIsTakenIsAClearError() {
        assertThatThrownBy(() -> GatewaySettings.DEFAULT.withHost("0.0.0.0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("add clients with keys");
        assertThatThrownBy(() -> Gateway.start(
                        running.whippletree,
                        GatewaySettings.DEFAULT.withPort(running.gateway.port()),
                        new dev.whippletree.time.SystemTimeline()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("choose another host or port");
    }

    @Test
    void memoryThatTheHeapDoesNotHave_isRefused() {
        GatewaySettings.Bounds large = GatewaySettings.Bounds.DEFAULT.withMemoryBytes(Long.MAX_VALUE);
        assertThatThrownBy(() -> Gateway.start(
                        running.whippletree,
                        GatewaySettings.DEFAULT.withBounds(large),
                        new dev.whippletree.time.SystemTimeline()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gateway.memory: ");
    }

    @Test
    void closing_takesNoMoreRequests_andWaitsForTheLastOfThoseUnderWay() throws Exception {
        running.provider.usually(call -> {});
        try (Socket stream = send(HI_STREAMED);
                Socket other = send(HI.replace("Hi", "Hello"))) {
            ScriptedProvider.Call one = callOf(other);
            ScriptedProvider.Call two = callOf(stream);
            boolean swapped = one.prompt().messages().get(0).text().equals("Hi");
            ScriptedProvider.Call streamed = swapped ? one : two;
            streamed.tell(new Delta.Text("Once upon"));
            RunningGateway.readUntil(stream, "Once upon");
            CompletableFuture<Void> closed = running.gateway.close(PATIENCE);
            assertThat(running.post(HI).statusCode()).isEqualTo(503);
            (swapped ? two : one).answer("whole");
            assertThat(RunningGateway.readResponse(other)).contains("whole");
            RunningGateway.settle();
            assertThat(closed).isNotDone();
            streamed.answer(" a time");
            assertThat(RunningGateway.readUntil(stream, "[DONE]")).contains(" a time");
            assertThat(closed).succeedsWithin(PATIENCE);
        }
    }

    @Test
    void readiness_isThatAnAccountCouldAnswer() throws Exception {
        assertThat(running.get("/readyz").statusCode()).isEqualTo(200);
        running.provider.usually(call -> call.fail(Failure.of(FailureKind.UNAUTHORIZED, "no such token")));
        HttpResponse<String> failed = running.post(HI.replace("fast", "good"));
        assertError(failed, 503, "no_account", "no such token");
        assertThat(failed.headers().firstValue("retry-after")).contains("1");
        assertThat(running.get("/healthz").statusCode()).isEqualTo(200);
        List<Integer> ready = new ArrayList<>();
        while (ready.size() < 20 && !ready.contains(503)) {
            ready.add(running.get("/readyz").statusCode());
            running.post(HI.replace("fast", "good"));
        }
        assertThat(ready).contains(503);
    }
}
