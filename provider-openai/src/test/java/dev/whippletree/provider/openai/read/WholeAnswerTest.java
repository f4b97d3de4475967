package dev.whippletree.provider.openai.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import dev.whippletree.provider.openai.Bench;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.testkit.provider.ProviderBench;
import dev.whippletree.testkit.provider.RecordingSink;
import dev.whippletree.testkit.provider.ScriptedReply;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WholeAnswerTest {

    @AutoClose
    private final ProviderBench bench = Bench.open(Map.of());

    @Test
    void eachSort_isOnePiece() {
        RecordingSink sink = send("""
                {"id":"chatcmpl-1","model":"served/model","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant",
                "content":"Hi","reasoning":"Hm.","tool_calls":[
                {"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}},
                {"id":"call_2","type":"function","function":{"name":"g","arguments":"{\\"a\\":1}"}}]}}],
                "usage":{"prompt_tokens":18,"completion_tokens":5,"total_tokens":23}}""");

        assertThat(sink.awaitDone())
                .isEqualTo(new AnswerEnd(
                        FinishReason.TOOL_CALLS,
                        Optional.of(TokenUsage.of(18, 5)),
                        "served/model",
                        Optional.of("chatcmpl-1")));
        assertThat(sink.deltas())
                .containsExactly(
                        new Delta.Reasoning("Hm."),
                        new Delta.Text("Hi"),
                        new Delta.ToolCallPart(0, Optional.of("call_1"), Optional.of("f"), "{}"),
                        new Delta.ToolCallPart(1, Optional.of("call_2"), Optional.of("g"), "{\"a\":1}"));
    }

    /** Reasoning in round brackets, a refusal in pointed ones, a tool call in square ones. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"content\":null},\"finish_reason\":\"length\" | LENGTH | ~~",
                "{\"content\":[{\"type\":\"text\",\"text\":\"H\"},{\"type\":\"text\",\"text\":\"i\"}]} | STOP | Hi",
                "{\"content\":[{\"thinking\":[{\"text\":\"H\"},{\"text\":\"m.\"}]},{\"text\":\"Hi\"}]} | STOP |"
                        + " (Hm.)Hi",
                "{\"content\":[{\"type\":\"refusal\",\"refusal\":\"No.\"}]} | STOP | <No.>",
                "{\"content\":\"Hm.\",\"refusal\":\"No.\"} | STOP | Hm.<No.>",
                "{\"refusal\":\"No.\"} | STOP | <No.>",
                "{\"content\":\"Hi\",\"refusal\":\"\"} | STOP | Hi",
                "{\"content\":\"Hi\",\"reasoning\":\"Hm\"},\"finish_reason\":\"\" | STOP | (Hm)Hi",
                "{\"content\":\"Hi\"},\"finish_reason\":null | STOP | Hi",
                "{\"function_call\":{\"name\":\"f\",\"arguments\":\"{}\"}} | TOOL_CALLS | [ f {}]",
                "{\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":{\"a\":[1,\"x\"]}}}]}"
                        + " | TOOL_CALLS | [c f {\"a\":[1,\"x\"]}]",
                // Numbered by nothing but their places.
                "{\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},{\"function\":{\"name\":\"g\"}}]}"
                        + " | TOOL_CALLS | [ f {}][ g ]"
            })
    void message_isTold_andEndsAsWhatItHolds_ifNoReasonIsGiven(String message, FinishReason reason, String told) {
        RecordingSink sink = send("{\"choices\":[{\"index\":1,\"message\":" + message + "}]}");

        assertThat(sink.awaitDone().finishReason()).isEqualTo(reason);
        assertThat(sink.deltas().stream().map(WholeAnswerTest::inBrackets).collect(Collectors.joining()))
                .isEqualTo(told);
    }

    private static String inBrackets(Delta delta) {
        if (delta instanceof Delta.ToolCallPart part) {
            return "[" + part.id().orElse("") + " " + part.name().orElse("") + " " + part.arguments() + "]";
        }
        String text = ((Delta.Piece) delta).text();
        return delta instanceof Delta.Reasoning
                ? "(" + text + ")"
                : delta instanceof Delta.Refusal ? "<" + text + ">" : text;
    }

    @Test
    void customTool_isAToolCall() {
        RecordingSink sink = send("""
                {"choices":[{"finish_reason":"tool_calls","message":{"tool_calls":[
                {"id":"c1","type":"custom","custom":{"name":"exec","input":"print(1)"}}]}}]}""");

        assertThat(sink.awaitDone().finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(sink.deltas())
                .containsExactly(new Delta.ToolCallPart(
                        0, Optional.of("c1"), Optional.of("exec"), "print(1)", ToolCall.Type.CUSTOM));
    }

    @Test
    void unknownFields_areExtras_atTheirLevel() {
        RecordingSink sink = send("""
                {"id":"1","object":"chat.completion","created":1,"model":"m","service_tier":"flex","gone":null,\
                "obfuscation":"xyz","choices":[{"index":0,"finish_reason":"stop","logprobs":{"content":[{"token":"Hi",\
                "bytes":null}]},"message":{"role":"assistant","content":"Hi","refusal":null,"annotations":[1.5],\
                "reasoning":{"an":"object"}}}],\
                "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"queue_time":0.5,"gone":null,\
                "prompt_tokens_details":{"cached_tokens":1,"audio_tokens":4},\
                "completion_tokens_details":{"reasoning_tokens":0}}}""");

        assertThat(sink.awaitDone().usage()).contains(new TokenUsage(1, 2, 1, 0));
        Map<String, Object> token = new HashMap<>();
        token.put("token", "Hi");
        token.put("bytes", null);
        assertThat(sink.deltas())
                .containsExactly(
                        new Delta.Text("Hi"),
                        new Delta.ExtrasPart(new AnswerExtras(
                                Map.of(
                                        "service_tier",
                                        "flex",
                                        "usage",
                                        Map.of("queue_time", 0.5, "prompt_tokens_details", Map.of("audio_tokens", 4L))),
                                Map.of("logprobs", Map.of("content", List.of(token))),
                                Map.of("annotations", List.of(1.5)))));
    }

    @Test
    void furtherChoices_areExtrasWithoutNulls_andATotalThatIsNoSumToo() {
        RecordingSink sink = send("""
                {"choices":[{"index":1,"message":{"content":null,"audio":null},"finish_reason":"EOS","error":null},
                {"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}],
                "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":9}}""");
        assertThat(sink.awaitDone().model()).isEqualTo("test/model");
        assertThat(sink.deltas())
                .containsExactly(
                        new Delta.Text("Hi"),
                        new Delta.ExtrasPart(new AnswerExtras(
                                Map.of(
                                        "choices",
                                        List.of(Map.of(
                                                "index",
                                                1L,
                                                "message",
                                                Collections.singletonMap("content", null),
                                                "finish_reason",
                                                "stop")),
                                        "usage",
                                        Map.of("total_tokens", 9L)),
                                Map.of(),
                                Map.of())));
    }

    @Test
    void extrasThatNobodyCanExpressAgain_areNull_andTheAnswerCounts() {
        String deep = "[".repeat(300) + "]".repeat(300);
        RecordingSink sink = send("{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\","
                + "\"far\":[1e999,1]}],\"deep\":" + deep + "}");

        sink.awaitDone();
        assertThat(sink.text()).isEqualTo("Hi");
        Delta.ExtrasPart part = (Delta.ExtrasPart) sink.deltas().get(1);
        assertThat(part.extras().choice()).containsEntry("far", Arrays.asList(null, 1L));
        assertThat(part.extras().answer()).containsOnlyKeys("deep");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"message\":{\"content\":\"Hi\",\"refusal\":true},\"finish_reason\":\"stop\"}]}",
                "{\"choices\":[{\"message\":{\"reasoning\":\"Hm\",\"content\":5},\"finish_reason\":\"stop\"}]}",
                "{\"choices\":{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}}",
                "{\"choices\":[]}",
                "{\"choices\":[null]}",
                "{\"choices\":[{\"finish_reason\":\"stop\"}]}",
                "{\"choices\":[{\"message\":\"Hi\",\"finish_reason\":\"stop\"}]}",
                "{\"choices\":[{\"message\":{\"content\":\"\"}}]}",
                "{\"choices\":[{\"message\":{\"reasoning\":\"Hm\"},\"finish_reason\":null}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}",
                "{\"choices\":[{\"message\":{\"content\":\"Hi\",\"tool_calls\":[{\"id\":\"c\",\"function\":{\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}",
                "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"error\"}]}",
                "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]",
                "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]} trailing"
            })
    void whatIsNotWhole_isDamaged_andNoPieceIsTold(String body) {
        RecordingSink sink = send(body);

        assertThat(sink.awaitFailure().kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(sink.awaitFailure().status()).hasValue(200);
        assertThat(sink.awaitFailure().code()).contains(Failure.DAMAGED);
        assertThat(sink.deltas()).isEmpty();
    }

    /** It may be a proxy's, while nobody can reach the service. */
    @Test
    void page_isNoDamagedAnswer() {
        ScriptedReply page = ScriptedReply.json(200, "<title>Log in</title>").with("Content-Type", "text/html");

        assertThat(bench.send(page).awaitFailure().code()).isEmpty();
    }

    @Test
    void contentFilter_isFiltered_andNoPieceIsTold() {
        RecordingSink sink =
                send("{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"content_filter\"}]}");

        assertThat(sink.awaitFailure().kind()).isEqualTo(FailureKind.FILTERED);
        assertThat(sink.awaitFailure().code()).contains("content_filter");
        assertThat(sink.deltas()).isEmpty();
    }

    @Test
    void errorInPlaceOfAnAnswer_isOfItsKind() {
        Failure failure =
                send("{\"error\":{\"message\":\"too much\",\"code\":429}}").awaitFailure();

        assertThat(failure.kind()).isEqualTo(FailureKind.RATE_LIMITED);
        assertThat(failure.status()).hasValue(429);
        assertThat(failure.message()).isEqualTo("too much");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"prompt_tokens\":-1}",
                "{\"prompt_tokens\":\"many\"}",
                "{\"prompt_tokens\":1.5}",
                "{\"prompt_tokens\":1,\"completion_tokens\":-5,\"total_tokens\":\"many\"}",
                "[]",
                "null"
            })
    void usageThatCannotBeRead_isNoUsage(String usage) {
        RecordingSink sink =
                send("{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}],\"usage\":" + usage
                        + "}");

        assertThat(sink.awaitDone().usage()).isEmpty();
        assertThat(sink.deltas()).containsExactly(new Delta.Text("Hi"));
    }

    private RecordingSink send(String body) {
        RecordingSink sink = bench.send(ScriptedReply.json(200, body));
        assertThat(sink.violations()).isEmpty();
        return sink;
    }
}
