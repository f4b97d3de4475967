package dev.whippletree.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.CachePolicy;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Role;
import dev.whippletree.model.Secret;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The gateway over real sockets. */
final class GatewayTest {

    private static final String HI = "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    private static final String HI_STREAMED =
            "{\"model\":\"fast\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    private RunningGateway running = RunningGateway.open();

    @AfterEach
    void close() {
        running.close();
    }

    private void withClients(GatewaySettings.Client... clients) {
        running.close();
        running = new RunningGateway(GatewaySettings.DEFAULT.withClients(List.of(clients), Optional.empty()));
    }

    private static GatewaySettings.Client client(String name, String key, String... limits) {
        return new GatewaySettings.Client(
                name, Secret.of(key), List.of(limits).stream().map(Limit::parse).toList());
    }

    private static @Nullable Object at(Map<String, Object> json, String... path) {
        Object value = json;
        for (String step : path) {
            if (value instanceof List<?> list) {
                value = list.get(Integer.parseInt(step));
            } else if (value instanceof Map<?, ?> map) {
                value = map.get(step);
            } else {
                throw new AssertionError("there is no '" + step + "' in " + value);
            }
        }
        return value;
    }

    private static String text(Map<String, Object> json, String... path) {
        return String.valueOf(at(json, path));
    }

    private static void assertError(HttpResponse<String> response, int status, String code, String words) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        Map<String, Object> json = RunningGateway.json(response);
        assertThat(at(json, "error", "code")).isEqualTo(code);
        assertThat(text(json, "error", "message")).contains(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"no-store | true | false", "no-cache | false | true", "no-cache, no-store | false | false"})
    void cacheHeader_saysWhetherAStoredAnswerMayCome_andWhetherThisOneIsStored(
            String header, boolean read, boolean stored) throws Exception {
        assertThat(running.post(HI, "x-whippletree-cache", header).statusCode()).isEqualTo(200);
        CachePolicy policy = running.provider.call().prompt().cache();
        assertThat(policy.read()).isEqualTo(read);
        assertThat(policy.store()).isEqualTo(stored);
    }

    @Test
    void wholeAnswer_isWhatTheProtocolHas_andSaysWhereItCameFrom() throws Exception {
        HttpResponse<String> response = running.post(HI);

        assertThat(response.statusCode()).isEqualTo(200);
        Map<String, Object> json = RunningGateway.json(response);
        assertThat(at(json, "object")).isEqualTo("chat.completion");
        assertThat(at(json, "model")).isEqualTo("model-as-served");
        assertThat(at(json, "choices", "0", "message", "content")).isEqualTo("Hello there");
        assertThat(at(json, "choices", "0", "finish_reason")).isEqualTo("stop");
        assertThat(at(json, "usage", "total_tokens")).isEqualTo(7);
        assertThat(response.headers().firstValue("x-whippletree-account")).contains("one");
        assertThat(response.headers().firstValue("x-whippletree-attempts")).contains("1");
        assertThat(response.headers().firstValue("x-whippletree-cache")).contains("miss");
        assertThat(response.headers().firstValue("x-whippletree-waited-ms")).isPresent();
    }

    @Test
    void usage_isToldOfAStreamOnlyWhereItWasAskedFor() throws Exception {
        String body = running.post(HI_STREAMED).body();
        assertThat(body).contains("\"finish_reason\":\"stop\"").doesNotContain("\"choices\":[]", "\"usage\"");
    }

    @Test
    void streamThatItsClientReadsLate_isWhole() throws Exception {
        int pieces = 40;
        running.provider.usually(call -> {});
        String wire = RunningGateway.wire(HI_STREAMED).replaceFirst("\r\n", "\r\nConnection: close\r\n");
        try (Socket socket = running.send(wire)) {
            ScriptedProvider.Call call = running.provider.call();
            for (int piece = 0; piece < pieces; piece++) {
                call.tell(new Delta.Text("<" + piece + "x".repeat(200_000) + ">"));
            }
            call.end(FinishReason.STOP);
            RunningGateway.settle();
            String text = RunningGateway.readAll(socket);
            for (int piece = 0; piece < pieces; piece++) {
                assertThat(text.contains("<" + piece + "x"))
                        .as("piece %s", piece)
                        .isTrue();
            }
        }
    }

    @Test
    void stream_tellsPiecesThenTheEndThenDone() throws Exception {
        HttpResponse<String> response =
                running.post("{\"model\":\"fast\",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");

        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream; charset=utf-8");
        assertThat(response.headers().firstValue("x-whippletree-account")).contains("one");
        List<String> events =
                response.body().lines().filter(line -> !line.isEmpty()).toList();
        assertThat(events).last().isEqualTo("data: [DONE]");
        StringBuilder text = new StringBuilder();
        List<Map<String, Object>> chunks = events.subList(0, events.size() - 1).stream()
                .map(line -> RunningGateway.json(line.substring("data: ".length())))
                .toList();
        assertThat(at(chunks.get(0), "choices", "0", "delta", "role")).isEqualTo("assistant");
        chunks.subList(0, chunks.size() - 2)
                .forEach(chunk -> text.append(text(chunk, "choices", "0", "delta", "content")));
        assertThat(text).hasToString("Hello there");
        Map<String, Object> last = chunks.get(chunks.size() - 2);
        assertThat(at(last, "choices", "0", "finish_reason")).isEqualTo("stop");
        assertThat(at(last, "model")).isEqualTo("model-as-served");
        assertThat(at(last, "whippletree", "account")).isEqualTo("one");
        assertThat(at(chunks.get(chunks.size() - 1), "usage", "total_tokens")).isEqualTo(7);
        assertThat(chunks).extracting(chunk -> at(chunk, "id")).containsOnly(text(last, "id"));
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
        assertThat(prompt.parameters().maxTokens()).hasValue(9);
        assertThat(prompt.parameters().temperature()).hasValue(0.5);
        assertThat(prompt.parameters().seed()).hasValue(3);
        assertThat(prompt.parameters().stop()).containsExactly("END");
        assertThat(prompt.parameters().extras()).containsOnlyKeys("tools", "nobody_knows", "user", "response_format");
        assertThat(prompt.messages())
                .extracting(message -> message.role())
                .containsExactly(Role.DEVELOPER, Role.USER, Role.ASSISTANT, Role.TOOL);
        assertThat(prompt.messages().get(0).extras()).containsEntry("name", "boss");
        assertThat(prompt.messages().get(1).parts()).hasSize(2);
        assertThat(prompt.messages().get(2).toolCalls()).hasSize(1);
        assertThat(prompt.messages().get(3).toolCallId()).contains("c1");
    }

    @Test
    void toolCalls_areAnswered_wholeAndInPieces() throws Exception {
        running.provider.usually(call -> {
            call.tell(
                    new Delta.ToolCallPart(0, Optional.of("c1"), Optional.of("f"), "{\"a\""),
                    new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), ":1}"));
            call.end(FinishReason.TOOL_CALLS);
        });

        Map<String, Object> whole = RunningGateway.json(running.post(HI));
        assertThat(at(whole, "choices", "0", "message", "content")).isNull();
        assertThat(at(whole, "choices", "0", "message", "tool_calls", "0", "function", "arguments"))
                .isEqualTo("{\"a\":1}");
        assertThat(at(whole, "choices", "0", "finish_reason")).isEqualTo("tool_calls");
        assertThat(running.post(HI_STREAMED).body())
                .contains("\"name\":\"f\"", "\"id\":\"c1\"", "\"finish_reason\":\"tool_calls\"");
    }

    @Test
    void toolCallWithoutAnId_hasAnEmptyOne_wholeAndInPieces() throws Exception {
        running.provider.usually(call -> {
            call.tell(
                    new Delta.ToolCallPart(0, Optional.empty(), Optional.of("f"), "{"),
                    new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), "}"));
            call.end(FinishReason.TOOL_CALLS);
        });

        assertThat(at(RunningGateway.json(running.post(HI)), "choices", "0", "message", "tool_calls", "0", "id"))
                .isEqualTo("");
        assertThat(running.post(HI_STREAMED).body()).containsOnlyOnce("\"id\":\"\"");
    }

    @Test
    void models_areRoutesAndTheirModels_andEachCanBeAsked() throws Exception {
        List<?> data = (List<?>) RunningGateway.json(running.get("/v1/models")).getOrDefault("data", List.of());
        List<Object> ids = new ArrayList<>();
        data.forEach(model -> ids.add(((Map<?, ?>) model).get("id")));
        assertThat(ids)
                .containsExactly(
                        "fast",
                        "good",
                        "gpt-4o-mini",
                        "small-model",
                        "large-model",
                        "one/small-model",
                        "one/large-model",
                        "two/small-model");

        assertThat(text(RunningGateway.json(running.get("/v1/models/one/large-model")), "owned_by"))
                .isEqualTo("one");
        assertError(running.get("/v1/models/huge"), 404, "model_not_found", "huge");

        running.post(HI.replace("fast", "large-model"));
        assertThat(running.provider.call().model()).isEqualTo("large-model");
        HttpResponse<String> ofTwo = running.post(HI.replace("fast", "two/small-model"));
        assertThat(ofTwo.headers().firstValue("x-whippletree-account")).contains("two");
    }

    @Test
    void wrongMethod_isToldWhichAreRight() throws Exception {
        HttpResponse<String> response = running.get("/v1/chat/completions");
        assertError(response, 405, "method_not_allowed", "/v1/chat/completions takes POST, not GET");
        assertThat(response.headers().firstValue("allow")).contains("POST");
    }

    @Test
    void health_answersAtTheUsualPlacesToo() throws Exception {
        assertThat(running.get("/health").body())
                .isEqualTo(running.get("/healthz").body());
        assertThat(running.get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void numbersOfItsOwn_areNumbersInJson() throws Exception {
        Map<String, Object> json = RunningGateway.json(running.post(HI));
        assertThat(at(json, "whippletree", "attempts")).isEqualTo(1);
        assertThat(at(json, "whippletree", "waited-ms")).isInstanceOf(Number.class);
    }

    @Test
    void alias_asksItsRoute() throws Exception {
        assertThat(running.post(HI.replace("fast", "gpt-4o-mini")).statusCode()).isEqualTo(200);
        assertThat(running.provider.call().model()).isEqualTo("small-model");
    }

    @Test
    void withoutAModel_theDefaultRouteAnswers() throws Exception {
        running.post("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
        assertThat(running.provider.call().model()).isEqualTo("small-model");
    }

    static Stream<Arguments> wrongRequests() {
        String rest = ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        return Stream.of(
                arguments("not json", "isn't a JSON object"),
                arguments("[]", "isn't a JSON object"),
                arguments("{} trailing", "isn't a JSON object"),
                arguments("{}", "'messages' is missing"),
                arguments("{\"messages\":[]}", "at least one message"),
                arguments("{\"messages\":[7]}", "'messages[0]' must be an object"),
                arguments("{\"messages\":[{\"role\":\"robot\",\"content\":\"\"}]}", "not 'robot'"),
                arguments(
                        "{\"messages\":[{\"role\":\"user\",\"content\":7}]}",
                        "'messages[0].content' must be a string or"),
                arguments("{\"n\":0" + rest, "'n' must be 1 to 128"),
                arguments("{\"logprobs\":1" + rest, "'logprobs' must be true or false"),
                arguments("{\"audio\":{\"voice\":\"a\"}" + rest, "'audio' isn't supported"),
                arguments("{\"temperature\":3" + rest, "temperature must be 0 to 2"),
                arguments("{\"max_tokens\":1.5" + rest, "'max_tokens' must be a whole number"),
                arguments("{\"max_tokens\":-4294967295" + rest, "max tokens must be 1 or more"),
                arguments("{\"stream\":\"yes\"" + rest, "'stream' must be true or false"));
    }

    @ParameterizedTest
    @MethodSource("wrongRequests")
    void requestThatIsWrong_isToldWhatAndWhere(String body, String words) throws Exception {
        assertError(running.post(body), 400, "invalid_value", words);
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void unknownModelPlaceAndHeader_areToldSo() throws Exception {
        assertError(running.post(HI.replace("fast", "gpt-9")), 404, "model_not_found", "gpt-9");
        assertError(running.get("/v1/moderations"), 404, "not_found", "GET /v1/moderations");
        assertError(running.get("/v1/audio"), 404, "not_found", "known: POST /v1/chat/completions");
        assertError(running.get("/chat/completions"), 404, "not_found", "the base URL has to end with /v1");
        assertError(running.get("/v1/v1/models"), 404, "not_found", "the base URL has /v1 twice");
        assertError(running.post(HI.replace("fast", "gpt-4o")), 404, "model_not_found", "to its aliases");
        assertError(running.post(HI, "x-whippletree-priority", "urgent"), 400, "invalid_value", "interactive or batch");
        assertError(running.post(HI, "x-whippletree-deadline", "soon"), 400, "invalid_value", "deadline");
        assertError(running.post(HI, "x-whippletree-deadline", "0s"), 400, "invalid_value", "is not a duration");
        String deep = "{\"a\":".repeat(200) + "1" + "}".repeat(200);
        assertError(
                running.post(HI.replace("{\"model\"", "{\"deep\":" + deep + ",\"model\"")),
                400,
                "invalid_value",
                "deeper");
    }

    @Test
    void serviceThatRefuses_isHeardInItsOwnWords() throws Exception {
        running.provider.usually(call -> call.fail(new Failure(
                FailureKind.REJECTED,
                "temperature must be lower",
                OptionalInt.of(422),
                Optional.of("bad_temperature"),
                Optional.empty(),
                Reach.ACCOUNT)));
        assertError(running.post(HI), 422, "bad_temperature", "temperature must be lower");
        assertError(running.post(HI_STREAMED), 422, "bad_temperature", "temperature must be lower");
    }

    @Test
    void serviceThatRefusesWithAnErrorInA200_isABadRequest() throws Exception {
        running.provider.usually(call -> call.fail(new Failure(
                FailureKind.REJECTED,
                "temperature must be lower",
                OptionalInt.of(200),
                Optional.of("bad_temperature"),
                Optional.empty(),
                Reach.ACCOUNT)));
        assertError(running.post(HI), 400, "bad_temperature", "temperature must be lower");
        assertError(running.post(HI_STREAMED), 400, "bad_temperature", "temperature must be lower");
    }

    @Test
    void everythingFails_isABadGateway_andEachAttemptIsListed() throws Exception {
        running.provider.usually(call -> call.fail(Failure.of(FailureKind.TOO_LARGE, "context too long")));
        assertError(running.post(HI), 400, "context_length_exceeded", "context too long");
        running.provider.usually(call -> call.fail(Failure.of(FailureKind.FILTERED, "not allowed")));
        assertError(running.post(HI), 400, "content_filter", "not allowed");
        running.provider.usually(call -> call.fail(new Failure(
                FailureKind.FILTERED,
                "not that either",
                OptionalInt.of(400),
                Optional.of("jailbreak_detected"),
                Optional.empty(),
                Reach.ACCOUNT)));
        assertError(running.post(HI), 400, "jailbreak_detected", "not that either");
    }

    @Test
    void streamThatBreaksOff_endsWithAnEventNamedError_andWithoutDone() throws Exception {
        running.provider.usually(call -> {});
        try (Socket socket = running.send(RunningGateway.wire(HI_STREAMED))) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(new Delta.Text("Half an "));
            assertThat(RunningGateway.readUntil(socket, "Half an ")).contains("200 OK");
            call.fail(Failure.of(FailureKind.REJECTED, "changed its mind"));
            assertThat(RunningGateway.readUntil(socket, "\r\n0\r\n\r\n"))
                    .contains("event: error\ndata: {\"error\":{", "\"code\":\"stream_interrupted\"", "changed its mind")
                    .doesNotContain("[DONE]", "\"finish_reason\":\"stop\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"true, x-whippletree-cache: no-store", "false, x-whippletree-cache: no-cache"})
    void clientThatLeavesAStream_orCouldNotAskForTheSameAgain_cancelsItsCall(boolean streamed, String header)
            throws Exception {
        running.provider.usually(call -> {});
        String wire = RunningGateway.wire(streamed ? HI_STREAMED : HI).replaceFirst("\r\n", "\r\n" + header + "\r\n");
        try (Socket socket = running.send(wire)) {
            ScriptedProvider.Call call = running.provider.call();
            socket.close();
            call.awaitCancelled();
        }
    }

    @Test
    void clientThatLeaves_cancelsItsCall_whereTheSettingsSaySo() throws Exception {
        running.close();
        GatewaySettings usual = GatewaySettings.DEFAULT;
        running = new RunningGateway(new GatewaySettings(
                usual.host(),
                usual.port(),
                usual.clients(),
                usual.watchKey(),
                usual.bounds(),
                usual.showAccounts(),
                false));
        running.provider.usually(call -> {});
        try (Socket socket = running.send(RunningGateway.wire(HI))) {
            ScriptedProvider.Call call = running.provider.call();
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
        withClients(client("acme", "key-1", "1000 tokens / 1h"));
        running.provider.estimate(400);
        running.provider.usually(call -> {});
        String wire = RunningGateway.wire(HI).replaceFirst("\r\n", "\r\nAuthorization: Bearer key-1\r\n");
        Socket leaver = running.send(wire);
        ScriptedProvider.Call call = running.provider.call();
        leave(leaver);
        assertThat(running.whippletree.status().prompts().cancelled()).isZero();
        try (Socket again = running.send(wire)) {
            while (running.whippletree.status().prompts().submitted() < 2) {
                Thread.onSpinWait();
            }
            assertError(running.post(HI, "Authorization", "Bearer key-1"), 429, "rate_limit_exceeded", "1000 tokens");
            call.answer("Once for both");
            assertThat(RunningGateway.readUntil(again, "Once for both")).contains("200 OK", "joined");
        }
        assertThat(running.provider.unseenCalls()).isZero();
    }

    @Test
    void gatewayThatEnds_waitsForCallsWhoseClientsHaveLeft() throws Exception {
        running.provider.usually(call -> {});
        Socket leaver = running.send(RunningGateway.wire(HI));
        ScriptedProvider.Call call = running.provider.call();
        leave(leaver);
        CompletableFuture<Void> closed = running.gateway.close(Duration.ofMinutes(1));
        assertThat(closed).isNotDone();
        call.answer("Too late for its client");
        assertThat(closed).succeedsWithin(Duration.ofSeconds(20));
        assertThat(running.whippletree.status().prompts().answered()).isOne();
    }

    @Test
    void callThatFails_onceItsClientHasLeft_isMadeNoMore() throws Exception {
        running.provider.usually(call -> {});
        Socket leaver = running.send(RunningGateway.wire(HI.replace("fast", "good")));
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
    void clientThatLeavesAmidAStream_cancelsItsCall() throws Exception {
        running.provider.usually(call -> call.tell(new Delta.Text("Once upon")));
        try (Socket socket = running.send(RunningGateway.wire(HI_STREAMED))) {
            ScriptedProvider.Call call = running.provider.call();
            assertThat(RunningGateway.readUntil(socket, "Once upon")).contains("Once upon");
            socket.close();
            call.awaitCancelled();
        }
    }

    @Test
    void requestsOnOneConnection_areAnsweredInTheirOrder_alsoIfSentAtOnce() throws Exception {
        running.provider.usually(
                call -> call.answer("To " + call.prompt().messages().get(0).text() + "!"));
        try (Socket socket = running.send(RunningGateway.wire(HI.replace("Hi", "first"))
                + RunningGateway.wire(HI_STREAMED.replace("Hi", "second"))
                + RunningGateway.wire(HI.replace("Hi", "third")))) {
            assertThat(RunningGateway.readUntil(socket, "To first!")).contains("200 OK");
            assertThat(RunningGateway.readUntil(socket, "[DONE]")).contains("To second!");
            assertThat(RunningGateway.readUntil(socket, "To third!")).contains("200 OK");
        }
    }

    @Test
    void nextRequestThatComesBeforeTheAnswer_isNotLost() throws Exception {
        running.provider.usually(call -> {});
        try (Socket socket = running.send(RunningGateway.wire(HI.replace("Hi", "first")))) {
            ScriptedProvider.Call first = running.provider.call();
            socket.getOutputStream()
                    .write(RunningGateway.wire(HI.replace("Hi", "second")).getBytes(UTF_8));
            running.whippletree.status();
            first.answer("First answer");
            assertThat(RunningGateway.readUntil(socket, "First answer")).contains("200 OK");
            running.provider.call().answer("Second answer");
            assertThat(RunningGateway.readUntil(socket, "Second answer")).contains("200 OK");
        }
    }

    @Test
    void keys_areTenants_andWhoHasNoneIsSentAway() throws Exception {
        withClients(client("acme", "key-of-acme"), client("other", "key-of-other"));
        assertError(running.post(HI), 401, "invalid_api_key", "Authorization: Bearer");
        assertError(running.post(HI, "Authorization", "Bearer wrong"), 401, "invalid_api_key", "unknown key");
        assertError(running.get("/v1/models"), 401, "invalid_api_key", "Authorization");
        assertThat(running.provider.unseenCalls()).isZero();

        assertThat(running.post(HI, "Authorization", "Bearer key-of-acme").statusCode())
                .isEqualTo(200);
        assertThat(running.provider.call().prompt().tenant()).isEqualTo("acme");
        assertThat(running.post(HI, "Authorization", "bearer key-of-other").statusCode())
                .isEqualTo(200);
        assertThat(running.provider.call().prompt().tenant()).isEqualTo("other");
    }

    @Test
    void clientsOwnLimit_isKept_andSaysWhenThereIsRoom() throws Exception {
        withClients(client("acme", "key-1", "2 requests / 1h"), client("talker", "key-2", "10 tokens / 1h"));
        for (int count = 0; count < 2; count++) {
            assertThat(running.post(HI, "Authorization", "Bearer key-1").statusCode())
                    .isEqualTo(200);
            assertThat(running.post(HI, "Authorization", "Bearer key-2").statusCode())
                    .isEqualTo(200);
        }
        HttpResponse<String> third = running.post(HI, "Authorization", "Bearer key-1");
        assertError(third, 429, "rate_limit_exceeded", "2 requests");
        assertThat(Long.parseLong(third.headers().firstValue("retry-after").orElseThrow()))
                .isBetween(3_500L, 3_601L);
        assertError(running.post(HI, "Authorization", "Bearer key-2"), 429, "rate_limit_exceeded", "10 tokens");
    }

    @ParameterizedTest
    @CsvSource({
        "true, x-whippletree-cache: no-store",
        "false, x-whippletree-cache: no-store",
        "false, x-whippletree-cache: no-cache"
    })
    void clientThatLeaves_hasUsedWhatWasEstimated(boolean streamed, String header) throws Exception {
        withClients(client("acme", "key-1", "1000 tokens / 1h"));
        running.provider.estimate(900);
        running.provider.usually(call -> {});
        Socket leaver = running.send(RunningGateway.wire(streamed ? HI_STREAMED : HI)
                .replaceFirst("\r\n", "\r\nAuthorization: Bearer key-1\r\n" + header + "\r\n"));
        ScriptedProvider.Call call = running.provider.call();
        leaver.close();
        if (streamed || header.endsWith("no-cache")) {
            call.awaitCancelled();
        }
        assertError(running.post(HI, "Authorization", "Bearer key-1"), 429, "rate_limit_exceeded", "1000 tokens");
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
        GatewaySettings.Client acme = client("acme", "key-1", "2 requests / 1h");
        withClients(acme, client("leaver", "key-2"));
        for (int count = 0; count < 2; count++) {
            assertThat(running.post(HI, "Authorization", "Bearer key-1").statusCode())
                    .isEqualTo(200);
        }
        assertThat(running.post(HI, "Authorization", "Bearer key-2").statusCode())
                .isEqualTo(200);

        boolean restart = running.gateway.reload(
                running.settings(client("acme", "new-key", "2 requests / 1h"), client("joiner", "key-3")));

        assertThat(restart).isFalse();
        assertThat(running.post(HI, "Authorization", "Bearer key-1").statusCode())
                .isEqualTo(401);
        assertThat(running.post(HI, "Authorization", "Bearer key-2").statusCode())
                .isEqualTo(401);
        assertThat(running.post(HI, "Authorization", "Bearer key-3").statusCode())
                .isEqualTo(200);
        assertError(running.post(HI, "Authorization", "Bearer new-key"), 429, "rate_limit_exceeded", "2 requests");
    }

    @Test
    void bodyThatIsTooLarge_isRefused() throws Exception {
        running.close();
        running = new RunningGateway(
                GatewaySettings.DEFAULT.withBounds(GatewaySettings.Bounds.DEFAULT.withMostBodyBytes(1_000)));
        HttpResponse<String> refused = running.post(HI.replace("Hi", "x".repeat(2_000)));
        assertError(refused, 413, "request_too_large", "1000 bytes");
        // Else a client would send its next request on a connection that is about to be closed.
        assertThat(refused.headers().firstValue("Connection")).hasValue("close");
        assertThat(running.post(HI).statusCode()).isEqualTo(200);
        String inChunks =
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n";
        try (Socket socket = running.send(inChunks + "x".repeat(2_000) + "\r\n0\r\n\r\n")) {
            assertThat(RunningGateway.readResponse(socket))
                    .startsWith("HTTP/1.1 413 ")
                    .contains("\r\nConnection: close\r\n");
        }
    }

    private void openForHasty() {
        running.close();
        running = new RunningGateway(GatewaySettings.DEFAULT.withBounds(
                GatewaySettings.Bounds.DEFAULT.withClientTimeout(Duration.ofMillis(300))));
    }

    private void assertCutOff(Socket slow) throws Exception {
        assertThat(RunningGateway.readUntil(slow, "HTTP/1.1 200")).isEmpty();
        assertThat(running.post(HI).statusCode()).isEqualTo(200);
    }

    @Test
    void headThatDoesNotArrive_isCutOff() throws Exception {
        openForHasty();
        try (Socket slow = running.send("POST /v1/chat/completions HTTP/1.1\r\nHost: local")) {
            assertCutOff(slow);
        }
    }

    @Test
    void bodyThatDoesNotArrive_isCutOff_withoutACall() throws Exception {
        openForHasty();
        String wire = RunningGateway.wire(HI);
        try (Socket slow = running.send(wire.substring(0, wire.length() - 5))) {
            assertCutOff(slow);
        }
        running.provider.call();
        assertThat(running.provider.unseenCalls()).isZero();
    }

    /** The pause is longer than the client's timeout: a silent service is no slow client. */
    @Test
    void streamThatIsSilentForLong_goesOn() throws Exception {
        openForHasty();
        running.provider.usually(call -> {
            call.tell(new Delta.Text("Hello"));
            CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(() -> call.answer(" there"));
        });
        try (Socket client = running.send(RunningGateway.wire(HI.replaceFirst("\\{", "{\"stream\":true,")))) {
            assertThat(RunningGateway.readUntil(client, "data: [DONE]"))
                    .contains("Hello", " there", "\"finish_reason\":\"stop\"");
        }
    }

    @Test
    void clientThatTakesNothing_isCutOff_andItsCallIsCancelled() throws Exception {
        openForHasty();
        running.provider.usually(call -> {
            // More than all the buffers on the way hold.
            for (int piece = 0; piece < 400; piece++) {
                call.sink().delta(new Delta.Text("x".repeat(50_000)));
            }
        });
        try (Socket slow = running.send(RunningGateway.wire(
                "{\"model\":\"fast\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))) {
            running.provider.call().awaitCancelled();
            assertThat(slow.isConnected()).isTrue();
        }
        running.provider.usually(call -> call.answer("Hello"));
        assertThat(running.post(HI.replace("Hi", "You?")).statusCode()).isEqualTo(200);
    }

    @Test
    void addressThatOthersReach_needsClientsWithKeys() {
        assertThatThrownBy(() -> GatewaySettings.DEFAULT.withHost("0.0.0.0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("add clients with keys");
    }

    @Test
    void portThatIsTaken_isAClearError() {
        assertThatThrownBy(() -> Gateway.start(
                        running.whippletree,
                        GatewaySettings.DEFAULT.withPort(running.gateway.port()),
                        new dev.whippletree.time.SystemTimeline()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("choose another port");
    }

    @Test
    void closing_takesNoMoreRequests_andLetsThoseUnderWayEnd() throws Exception {
        running.provider.usually(call -> {});
        try (Socket socket = running.send(RunningGateway.wire(HI_STREAMED))) {
            ScriptedProvider.Call call = running.provider.call();
            call.tell(new Delta.Text("Once upon"));
            RunningGateway.readUntil(socket, "Once upon");
            CompletableFuture<Void> closed = running.gateway.close(Duration.ofSeconds(20));
            assertThat(running.post(HI).statusCode()).isEqualTo(503);
            assertThat(closed).isNotDone();
            call.answer(" a time");
            assertThat(RunningGateway.readUntil(socket, "[DONE]")).contains(" a time");
            closed.join();
        }
    }

    @Test
    void closing_waitsForTheLastOfThoseUnderWay() throws Exception {
        running.provider.usually(call -> {});
        try (Socket first = running.send(RunningGateway.wire(HI));
                Socket second = running.send(RunningGateway.wire(HI.replace("Hi", "Hello")))) {
            ScriptedProvider.Call one = running.provider.call();
            ScriptedProvider.Call other = running.provider.call();
            CompletableFuture<Void> closed = running.gateway.close(Duration.ofSeconds(20));
            boolean oneIsFirst = one.prompt().messages().get(0).text().equals("Hi");
            one.answer("Once");
            assertThat(RunningGateway.readResponse(oneIsFirst ? first : second)).contains("Once");
            RunningGateway.settle();
            assertThat(closed).isNotDone();
            other.answer("upon");
            assertThat(RunningGateway.readResponse(oneIsFirst ? second : first)).contains("upon");
            closed.join();
        }
    }

    @Test
    void readiness_isThatAnAccountCouldAnswer() throws Exception {
        assertThat(running.get("/healthz").statusCode()).isEqualTo(200);
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

    @ParameterizedTest
    @CsvSource({"403, 403", "404, 404", "401, 400"})
    void refusalThatMayBeThePrompts_isPassedOn_butNotAsAWrongKey(int status, int told) throws Exception {
        running.provider.usually(call -> call.answer("Hello"));
        assertThat(running.post(HI).statusCode()).isEqualTo(200);
        running.provider.usually(call -> call.fail(new Failure(
                FailureKind.UNAUTHORIZED,
                "blocked by the firewall",
                OptionalInt.of(status),
                Optional.empty(),
                Optional.empty(),
                Reach.PROMPT)));
        assertError(running.post(HI.replace("Hi", "Bad")), told, "invalid_request", "blocked by the firewall");
        assertThat(running.get("/readyz").statusCode()).isEqualTo(200);
    }
}
