package dev.whippletree.batch.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.BatchResult;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class ResultLineTest {

    private static final Origin ORIGIN =
            new Origin(Origin.Source.CALL, "a", "m", 1, Duration.ofMillis(5), Optional.empty());

    private static BatchItem item(Prompt prompt) {
        return new BatchItem("one", prompt, false, "fingerprint");
    }

    private static ResultLine line(BatchResult result) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ResultLine.write("batch", result, Instant.ofEpochSecond(1_700_000_000, 999_999_999), bytes);
        return ResultLine.read(bytes.toString(StandardCharsets.UTF_8)).orElseThrow();
    }

    private static ResultLine line(Prompt prompt, Completion completion) {
        return line(new BatchResult.Answered(item(prompt), completion, "key"));
    }

    private static Completion calling(ToolCall... calls) {
        return new Completion("", Optional.empty(), List.of(calls), FinishReason.TOOL_CALLS, Optional.empty(), ORIGIN);
    }

    @Test
    void everythingOfAnAnswer_isWritten_andReadAgain() {
        Map<String, Object> other =
                Map.of("index", 1, "message", Map.of("content", "Ho", "reasoning", "Hm?"), "finish_reason", "stop");
        Completion completion = new Completion(
                "",
                Optional.of("Hm."),
                Optional.of("I can't."),
                List.of(
                        new ToolCall("c1", "f", "{}", ToolCall.Type.FUNCTION, Map.of("signature", "s")),
                        new ToolCall("c2", "exec", "print(1)", ToolCall.Type.CUSTOM)),
                FinishReason.TOOL_CALLS,
                Optional.of(new TokenUsage(9, 3, 4, 1)),
                new AnswerExtras(
                        Map.of(
                                "service_tier",
                                "flex",
                                "choices",
                                List.of(other),
                                "usage",
                                Map.of("cost", 0.5, "prompt_tokens_details", Map.of("audio_tokens", 2))),
                        Map.of("logprobs", Map.of("content", List.of(Map.of("token", "Hi")))),
                        Map.of("annotations", List.of(Map.of("type", "url_citation")))),
                ORIGIN);
        ResultLine line = line(Prompt.of("Hi"), completion);
        JsonNode body = line.json().at("/response/body");

        assertThat(body.at("/choices/0/message/refusal").stringValue()).isEqualTo("I can't.");
        assertThat(body.at("/choices/0/message/tool_calls/1").toString())
                .isEqualTo("{\"id\":\"c2\",\"type\":\"custom\",\"custom\":{\"name\":\"exec\",\"input\":\"print(1)\"}}");
        assertThat(body.at("/choices/0/message/annotations/0/type").stringValue())
                .isEqualTo("url_citation");
        assertThat(body.at("/choices/0/logprobs/content/0/token").stringValue()).isEqualTo("Hi");
        assertThat(body.at("/choices/1/message/content").stringValue()).isEqualTo("Ho");
        assertThat(body.at("/choices/1/message/reasoning_content").stringValue())
                .isEqualTo("Hm?");
        assertThat(body.at("/choices/1/logprobs").isNull()).isTrue();
        for (JsonNode choice : body.path("choices")) {
            assertThat(choice.path("message").propertyNames())
                    .as("the fields of each choice that clients require")
                    .contains("content", "refusal", "reasoning", "reasoning_content");
        }
        assertThat(body.at("/usage/prompt_tokens_details").toString())
                .contains("\"cached_tokens\":4", "\"audio_tokens\":2");
        assertThat(body.at("/usage/cost").doubleValue()).isEqualTo(0.5);
        assertThat(body.path("service_tier").stringValue()).isEqualTo("flex");

        Completion read = line.completion().orElseThrow();
        assertThat(read.reasoning()).contains("Hm.");
        assertThat(read.refusal()).isEqualTo(completion.refusal());
        assertThat(read.toolCalls()).isEqualTo(completion.toolCalls());
        assertThat(read.extras().choice()).isEqualTo(completion.extras().choice());
        assertThat(read.extras().message()).isEqualTo(completion.extras().message());
        assertThat(line(Prompt.of("Hi"), read).json().at("/response/body"))
                .as("the line of another item that shares the answer")
                .isEqualTo(body);
    }

    @Test
    void answerToLegacyFunctions_callsAFunction() {
        Prompt legacy =
                Prompt.builder().user("Hi").extra("functions", List.of()).build();
        ResultLine line = line(legacy, calling(new ToolCall("", "f", "{}")));

        assertThat(line.json().at("/response/body/choices/0/finish_reason").stringValue())
                .isEqualTo("function_call");
        assertThat(line.json().at("/response/body/choices/0/message").toString())
                .isEqualTo("{\"role\":\"assistant\",\"content\":null,\"refusal\":null,"
                        + "\"function_call\":{\"name\":\"f\",\"arguments\":\"{}\"}}");
        Completion read = line.completion().orElseThrow();
        assertThat(read.toolCalls()).containsExactly(new ToolCall("", "f", "{}"));
        assertThat(read.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
    }

    @Test
    void ordinaryAnswer_hasNothingMore() {
        Completion completion = new Completion(
                "Hi", Optional.empty(), List.of(), FinishReason.LENGTH, Optional.of(TokenUsage.of(1, 2)), ORIGIN);
        ResultLine line = line(Prompt.of("Hi"), completion);

        String request = "batch_req_" + Digests.brief("batch\0one");
        assertThat(line.key()).isEqualTo("key");
        assertThat(line.json().at("/response/body/usage/total_tokens").intValue())
                .isEqualTo(3);
        assertThat(line.json()
                        .toString()
                        .replaceFirst("\"usage\":[{].*?}}", "\"usage\":…")
                        .replace(request, "REQUEST"))
                .isEqualTo("{\"id\":\"REQUEST\",\"custom_id\":\"one\",\"response\":{\"status_code\":200,"
                        + "\"request_id\":\"REQUEST\",\"body\":{\"id\":\"chatcmpl-REQUEST\","
                        + "\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"m\",\"choices\":["
                        + "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi\",\"refusal\":null},\"logprobs\":null,"
                        + "\"finish_reason\":\"length\"}],\"usage\":…}},\"error\":null,\"whippletree\":"
                        + "{\"input\":\"fingerprint\",\"key\":\"key\",\"source\":\"call\",\"account\":\"a\","
                        + "\"attempts\":1,\"waited_ms\":5}}");
        Completion read = line.completion().orElseThrow();
        assertThat(read.text()).isEqualTo("Hi");
        assertThat(read.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(read.usage()).contains(TokenUsage.of(1, 2));
        Completion others = ResultLine.read(
                        line.json().toString().replace("\"length\"", "\"eos\"").replace("\"completion_tokens\":2,", ""))
                .flatMap(ResultLine::completion)
                .orElseThrow();
        assertThat(others.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(others.usage()).isEmpty();
        assertThat(read.origin())
                .isEqualTo(new Origin(Origin.Source.CACHE, "a", "m", 0, Duration.ZERO, Optional.empty()));
    }

    @Test
    void failure_isInTheResponseIfThereWasOne_elseBesideIt() {
        for (OptionalInt status : List.of(OptionalInt.of(400), OptionalInt.empty())) {
            ResultLine line = line(new BatchResult.Failed(item(Prompt.of("Hi")), "rejected", "no such thing", status));

            String error = "{\"code\":\"rejected\",\"message\":\"no such thing\"}";
            assertThat(line.completion()).isEmpty();
            assertThat(line.fingerprint()).isEqualTo("fingerprint");
            assertThat(line.json().path("error").toString()).isEqualTo(status.isPresent() ? "null" : error);
            assertThat(line.json().at("/response/status_code").intValue(0)).isEqualTo(status.orElse(0));
            assertThat(line.json().at("/response/body/error").toString()).isEqualTo(status.isPresent() ? error : "");
        }
    }

    /** Who looks at the status code alone must not take it for an answer. */
    @Test
    void answerOfSuccessThatCannotBeRead_isNoResponse() {
        ResultLine line = line(new BatchResult.Failed(
                item(Prompt.of("Hi")), "attempts_exhausted/unavailable", "unreadable", OptionalInt.of(200)));

        assertThat(line.json().path("response").isNull()).isTrue();
        assertThat(line.json().at("/error/message").asString()).isEqualTo("unreadable");
    }

    @Test
    void anotherLine_isNone() {
        for (String text : List.of(
                "",
                "{",
                "[]",
                "{\"custom_id\":\"a\",\"error\":null}",
                "{\"custom_id\":1,\"response\":{},\"error\":null}")) {
            assertThat(ResultLine.read(text)).isEmpty();
        }
    }
}
