package dev.whippletree.emulator.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.ChatRequest;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.emulator.model.Tokens;
import dev.whippletree.emulator.script.AnswerScript;
import dev.whippletree.model.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseWriterTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final ChatRequest request = ChatRequest.of("m", "Hello");
    private final long promptTokens = Tokens.of(request.messages());

    @Test
    void groq_tellsTheDaysRequestsAndTheMinutesTokens_untilTheirBucketsAreFull() {
        EmulatedService service = groq(
                ServiceLimit.bucket(Limit.requests(30, MINUTE)),
                ServiceLimit.bucket(Limit.requests(14_400, DAY)),
                ServiceLimit.bucket(Limit.tokens(6000, MINUTE)),
                ServiceLimit.bucket(Limit.tokens(200_000, DAY)));

        Map<String, String> headers =
                head(send(service, request.withMaxTokens(37 - promptTokens))).headers();

        assertThat(headers)
                .containsEntry("x-ratelimit-limit-requests", "14400")
                .containsEntry("x-ratelimit-remaining-requests", "14399")
                .containsEntry("x-ratelimit-reset-requests", "6s")
                .containsEntry("x-ratelimit-limit-tokens", "6000")
                .containsEntry("x-ratelimit-remaining-tokens", "5963")
                .containsEntry("x-ratelimit-reset-tokens", "370ms")
                .doesNotContainKey("retry-after");
    }

    @Test
    void scriptedAnswer_isWrittenWhole_andInPieces_eachFieldInItsOwn() {
        EmulatedService service = service(
                ServiceSettings.builder(ServiceKind.GROQ).account("a", "token").script(AnswerScript.read("""
                        [{"when": "Hello", "answers": [{
                          "reasoning": "Hm.",
                          "refusal": "No.",
                          "annotations": [{"type": "url_citation"}],
                          "tool_calls": [
                            {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\\"city\\":\\"Bern\\"}"}},
                            {"id": "2", "type": "custom", "custom": {"name": "c", "input": "more than one piece of text"}}
                          ]
                        }]}]
                        """)));
        ChatRequest asked = request.with(
                "tools",
                List.of(
                        Map.of("type", "function", "function", Map.of("name", "f")),
                        Map.of("type", "custom", "custom", Map.of("name", "c"))));

        assertThat(send(service, asked).body())
                .contains("\"content\":null,\"reasoning\":\"Hm.\",\"refusal\":\"No.\",\"annotations\":[{")
                .contains("\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"city\\\":\\\"Bern\\\"}\"}}")
                .contains("\"custom\":{\"name\":\"c\",\"input\":\"more than one piece of text\"}}")
                .contains("\"finish_reason\":\"tool_calls\"");
        assertThat(send(service, asked.streamed()).body())
                .contains("\"delta\":{\"role\":\"assistant\",\"content\":null}")
                .contains("\"delta\":{\"reasoning\":\"Hm.\"}")
                .contains("\"delta\":{\"refusal\":\"No.\"}")
                .contains("\"delta\":{\"annotations\":[{")
                .contains("\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"1\",\"type\":\"function\"")
                .contains("{\"index\":1,\"id\":\"2\",\"type\":\"custom\",\"custom\":{\"name\":\"c\",\"input\":\"more")
                .contains("\"delta\":{\"tool_calls\":[{\"index\":1,\"custom\":{\"input\":\"ext\"}}]}");
    }

    @Test
    void toolCall_isToldByItsIndex_andNamedOnceOnly() {
        ChatRequest asked = request.streamed()
                .with(
                        "tools",
                        List.of(Map.of(
                                "type",
                                "function",
                                "function",
                                Map.of(
                                        "name",
                                        "weather",
                                        "parameters",
                                        Map.of("properties", Map.of("city", Map.of("type", "string")))))));
        String body = send(groq(), asked).body();

        assertThat(body)
                .startsWith("data: ")
                .contains(
                        "\"delta\":{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"index\":0,\"id\":\"call_")
                .contains("{\"index\":0,\"function\":{\"arguments\":")
                .contains("\"delta\":{},\"logprobs\":null,\"finish_reason\":\"tool_calls\"")
                .endsWith("data: [DONE]\n\n");
        assertThat(body.split("\"name\":\"weather\"", -1)).hasSize(2);
    }

    @Test
    void groq_requestsOfADay_addUp() {
        EmulatedService service = groq(ServiceLimit.bucket(Limit.requests(14_400, DAY)));
        for (int i = 0; i < 30; i++) {
            send(service, request);
        }

        assertThat(head(send(service, request)).headers()).containsEntry("x-ratelimit-reset-requests", "3m6s");
    }

    @Test
    void groq_429_hasTheArithmeticOfTheRealOne() {
        EmulatedService service = groq(ServiceLimit.bucket(Limit.tokens(6000, MINUTE)));
        send(service, request.withMaxTokens(5034 - promptTokens));

        WireResponse refused = send(service, request.withMaxTokens(1443 - promptTokens));

        assertThat(head(refused).status()).isEqualTo(429);
        assertThat(head(refused).headers()).containsEntry("retry-after", "5").containsKey("x-ratelimit-reset-tokens");
        assertThat(refused.body())
                .isEqualTo(
                        "{\"error\":{\"message\":\"Rate limit reached for model `m` in organization `org_a` service tier"
                                + " `on_demand` on tokens per minute (TPM): Limit 6000, Used 5034, Requested 1443. Please try again in"
                                + " 4.77s. Need more tokens? Upgrade to Dev Tier today at"
                                + " https://console.groq.com/settings/billing\",\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\"}}");
    }

    @Test
    void groq_429OnRequests_namesTheFirstLimitHit() {
        EmulatedService service =
                groq(ServiceLimit.bucket(Limit.requests(30, MINUTE)), ServiceLimit.bucket(Limit.requests(1000, DAY)));
        for (int i = 0; i < 30; i++) {
            send(service, request);
        }

        WireResponse refused = send(service, request);

        assertThat(refused.body())
                .contains("on requests per minute (RPM): Limit 30, Used 30, Requested 1. Please try again in 2s.")
                .contains("\"type\":\"requests\"");
        assertThat(head(refused).headers()).containsEntry("retry-after", "2");
    }

    @Test
    void groq_429OnADaysRequests_tellsItsOwnWait() {
        EmulatedService service = groq(ServiceLimit.bucket(Limit.requests(1000, DAY)));
        for (int i = 0; i < 1000; i++) {
            send(service, request);
        }

        assertThat(send(service, request).body()).contains("(RPD)").contains("Please try again in 1m26.4s.");
    }

    /** As recorded; other services' status and words are made up. */
    @Test
    void groq_promptLongerThanTheContext_is400WithACode() {
        EmulatedService service = service(
                ServiceSettings.builder(ServiceKind.GROQ).account("a", "token").contextTokens(50));

        WireResponse refused = send(service, request.withMaxTokens(100));

        assertThat(head(refused).status()).isEqualTo(400);
        assertThat(refused.body())
                .isEqualTo(
                        "{\"error\":{\"message\":\"Please reduce the length of the messages or completion.\",\"type\":"
                                + "\"invalid_request_error\",\"code\":\"context_length_exceeded\"}}");
    }

    @Test
    void groq_requestLargerThanItsBucket_isTooLarge() {
        EmulatedService service = groq(ServiceLimit.bucket(Limit.tokens(8000, MINUTE)));

        WireResponse refused = send(service, request.withMaxTokens(10_013 - promptTokens));

        assertThat(head(refused).status()).isEqualTo(413);
        assertThat(refused.body())
                .contains(
                        "Request too large for model `m` in organization `org_a` service tier `on_demand` on tokens per"
                                + " minute (TPM): Limit 8000, Requested 10013, please reduce your message size and try again.");
        assertThat(head(refused).headers()).containsKey("retry-after");
    }

    @Test
    void groq_answerTellsItsTimesAndItself() {
        assertThat(send(groq(), request).body())
                .contains("\"x_groq\":{\"id\":\"req_a-1\"")
                .contains("\"total_time\":")
                .contains("\"service_tier\":\"on_demand\"");
        assertThat(send(groq(), streamed()).body())
                .contains("\"delta\":{\"role\":\"assistant\",\"content\":\"\"}")
                .contains("\"x_groq\":{\"id\":\"req_a-1\",\"usage\":{");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | {\"error\":\"Invalid credentials in Authorization header\"}",
                "402 | {\"error\":\"You have depleted your monthly included credits. Purchase pre-paid credits to continue"
                        + " using Inference Providers. Alternatively, subscribe to PRO to get 20x more included usage.\"}",
                "403 | {\"error\":\"This authentication method does not have sufficient permissions to call Inference"
                        + " Providers on behalf of user a\"}"
            })
    void huggingFace_refusesInItsOwnWords(String fault, String body) {
        WireResponse response = send(
                service(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                        .account("a", "token")
                        .faults(FaultScript.of(FaultRule.parse(fault)))),
                request);

        assertThat(head(response).status()).isEqualTo(Integer.parseInt(fault));
        assertThat(response.body()).isEqualTo(body);
    }

    @Test
    void huggingFace_refusesModelsWithACodeAnd400() {
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account("a", "token")
                .models("known", "dormant")
                .unservedModels("dormant"));

        assertThat(send(service, request).body())
                .isEqualTo("{\"error\":{\"message\":\"The requested model 'm' does not exist.\",\"type\":"
                        + "\"invalid_request_error\",\"param\":\"model\",\"code\":\"model_not_found\"}}");
        assertThat(send(service, ChatRequest.of("dormant", "Hello")).body())
                .isEqualTo(
                        "{\"error\":{\"message\":\"The requested model 'dormant' is not supported by any provider you have"
                                + " enabled.\",\"type\":\"invalid_request_error\",\"param\":\"model\",\"code\":\"model_not_supported\"}}");
    }

    @Test
    void huggingFace_sendsNoLimitHeaders_unlessToldTo() {
        ServiceLimit limit = ServiceLimit.fixed(Limit.requests(500, Duration.ofMinutes(5)));

        assertThat(head(send(service(huggingFace(limit)), request)).headers().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("ratelimit"));
        assertThat(head(send(service(huggingFace(limit).reportsLimits()), request))
                        .headers())
                .containsEntry("RateLimit", "\"api\";r=499;t=300")
                .containsEntry("RateLimit-Policy", "\"fixed window\";\"api\";q=500;w=300");
    }

    @Test
    void openAi_tellsWhenItsWindowResets() {
        EmulatedService service = service(ServiceSettings.builder(ServiceKind.OPENAI)
                .account("a", "token", ServiceLimit.fixed(Limit.requests(1, Duration.ofSeconds(10)))));

        Map<String, String> headers =
                head(send(service, request, Duration.ofMillis(2500).toNanos())).headers();
        WireResponse refused = send(service, request, Duration.ofSeconds(9).toNanos());

        assertThat(headers)
                .containsEntry("x-ratelimit-limit-requests", "1")
                .containsEntry("x-ratelimit-remaining-requests", "0")
                .containsEntry("x-ratelimit-reset-requests", "7.5s");
        assertThat(head(refused).status()).isEqualTo(429);
        assertThat(head(refused).headers()).containsEntry("retry-after", "1");
    }

    @Test
    void scripted429_saysHowLongToWait_orNothing() {
        WireResponse timed = send(faulty("429=7s"), request);
        WireResponse silent = send(faulty("429-silent"), request);

        assertThat(head(timed).headers()).containsEntry("retry-after", "7");
        assertThat(head(silent).headers()).doesNotContainKey("retry-after");
        assertThat(head(silent).status()).isEqualTo(429);
        assertThat(silent.body()).doesNotContain("try again in");
    }

    @Test
    void stream_comesPieceByPieceFromTheFirstTokenToTheEnd() {
        WireResponse response =
                send(service(huggingFace().latency(Latency.constant(Duration.ofSeconds(1)))), streamed());

        assertThat(response.pieces().get(0).atNanos())
                .isEqualTo(Duration.ofMillis(300).toNanos());
        assertThat(response.endNanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(response.pieces()).hasSizeGreaterThan(4);
        assertThat(response.body()).contains("\"choices\":[],\"usage\":{").endsWith("data: [DONE]\n\n");
    }

    @ParameterizedTest
    @CsvSource({
        "cut, CLOSE, true",
        "stall, SILENCE, true",
        "malformed, COMPLETE, true",
        "no-done, COMPLETE, true",
        "cut, CLOSE, false",
        "stall, SILENCE, false",
        "malformed, COMPLETE, false"
    })
    void brokenDelivery_lacksPartOfTheAnswer(String fault, WireResponse.Ending ending, boolean stream) {
        WireResponse right = send(service(huggingFace()), stream ? streamed() : request);
        WireResponse broken = send(faulty(fault), stream ? streamed() : request);

        assertThat(broken.ending()).isEqualTo(ending);
        assertThat(broken.body()).isNotEqualTo(right.body());
        if (stream && !fault.equals("malformed")) {
            assertThat(broken.body()).doesNotContain("[DONE]");
        }
        if (ending != WireResponse.Ending.COMPLETE && !stream) {
            assertThat(head(broken).contentLength()).isEqualTo(head(right).contentLength());
        }
    }

    @Test
    void resetAndHang_haveNoResponse() {
        assertThat(send(faulty("reset"), request).head()).isEmpty();
        assertThat(send(faulty("reset"), request).ending()).isEqualTo(WireResponse.Ending.CLOSE);
        assertThat(send(faulty("hang"), request).ending()).isEqualTo(WireResponse.Ending.SILENCE);
    }

    private ChatRequest streamed() {
        return request.streamed();
    }

    private static EmulatedService groq(ServiceLimit... limits) {
        return service(ServiceSettings.builder(ServiceKind.GROQ).account("a", "token", limits));
    }

    private static ServiceSettingsBuilder huggingFace(ServiceLimit... limits) {
        return ServiceSettings.builder(ServiceKind.HUGGING_FACE).account("a", "token", limits);
    }

    private static EmulatedService faulty(String fault) {
        return service(huggingFace().faults(FaultScript.of(FaultRule.parse(fault))));
    }

    private static EmulatedService service(ServiceSettingsBuilder builder) {
        return new EmulatedService(builder.build(), 0);
    }

    private static WireResponse send(EmulatedService service, ChatRequest request) {
        return send(service, request, 0);
    }

    private static WireResponse send(EmulatedService service, ChatRequest request, long nowNanos) {
        return new ResponseWriter(service.settings())
                .write(Optional.of(request), service.receive(Optional.of("token"), request, nowNanos), NOW);
    }

    private static Head head(WireResponse response) {
        return response.head().orElseThrow();
    }
}
