package dev.whippletree.provider.openai.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Delta;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import dev.whippletree.provider.openai.Bench;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.testkit.provider.ProviderBench;
import dev.whippletree.testkit.provider.RecordingSink;
import dev.whippletree.testkit.provider.ScriptedReply;
import dev.whippletree.testkit.provider.ScriptedReply.Ending;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ChunkReaderTest {

    private static final String STOP = chunk("{}", "\"stop\"");
    private static final String USAGE = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":4},\"completion_tokens_details\":{\"reasoning_tokens\":2}}}\n\n";
    private static final String END = "data: [DONE]\n\n";

    private final ProviderBench bench = Bench.open(Map.of());

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void usageModelAndId_areThoseTheServiceNames() {
        AnswerEnd end = send("data: {\"id\":\"chatcmpl-1\",\"model\":\"served/model\",\"choices\":[]}\n\n" + text("Hi")
                        + STOP + USAGE + END)
                .awaitDone();

        assertThat(end)
                .isEqualTo(new AnswerEnd(
                        FinishReason.STOP,
                        Optional.of(new TokenUsage(9, 3, 4, 2)),
                        "served/model",
                        Optional.of("chatcmpl-1")));
    }

    @Test
    void unnamedModelAndUsage_areTheModelAskedForAndNone() {
        assertThat(send(text("Hi") + STOP + END).awaitDone())
                .isEqualTo(new AnswerEnd(FinishReason.STOP, Optional.empty(), "test/model"));
    }

    @Test
    void missingEndMark_isNoMatter() {
        assertThat(send(text("Hi") + STOP).awaitDone().finishReason()).isEqualTo(FinishReason.STOP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: [DO", "data: {\"choices\":[],\"usage\":{\"prompt_tok", "data: {\"choices\":[],\n"})
    void chunkTornByTheEnd_afterTheFinishReason_isNoMatter(String torn) {
        RecordingSink sink = send(text("Hi") + STOP + torn);

        sink.awaitDone();
        assertThat(sink.text()).isEqualTo("Hi");
    }

    @Test
    void connectionLostAfterTheFinishReason_isNoMatter() {
        RecordingSink sink = bench.send(ScriptedReply.events(text("Hi") + STOP).ending(Ending.CUT));

        sink.awaitDone();
        assertThat(sink.text()).isEqualTo("Hi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", END, "data: {\"choices\":[{\"del"})
    void endWithoutFinishReason_isUnavailable_asInAnOutage(String end) {
        Failure failure = failure(text("Hi") + end);

        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(failure.message()).contains("ended before the answer did");
        assertThat(failure.code()).isEmpty();
    }

    @Test
    void chunkThatIsNoJson_isUnavailable() {
        assertThat(failure(text("Hi") + "data: {\"choices\":[{\n\n" + STOP + END)
                        .kind())
                .isEqualTo(FailureKind.UNAVAILABLE);
    }

    @Test
    void contentFilter_isFiltered() {
        assertThat(failure(text("Hi") + chunk("{}", "\"content_filter\"") + END).kind())
                .isEqualTo(FailureKind.FILTERED);
    }

    @ParameterizedTest
    @CsvSource({
        "stop, STOP",
        "STOP, STOP",
        "eos_token, STOP",
        "end_turn, STOP",
        "length, LENGTH",
        "tool_calls, TOOL_CALLS",
        "function_call, TOOL_CALLS"
    })
    void finishReason_isTranslated(String wire, FinishReason reason) {
        assertThat(send(text("Hi") + chunk("{}", "\"" + wire + "\"") + END)
                        .awaitDone()
                        .finishReason())
                .isEqualTo(reason);
    }

    @Test
    void unknownFinishReason_isNoAnswer() {
        Failure failure = failure(text("Hi") + chunk("{}", "\"error\"") + END);

        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(failure.message()).contains("error");
    }

    @Test
    void reasoning_isToldApart() {
        RecordingSink sink = send(chunk("{\"reasoning\":\"Hm\"}", "null")
                + chunk("{\"reasoning_content\":\"m.\"}", "null")
                + text("Hi")
                + STOP
                + END);

        sink.awaitDone();
        assertThat(sink.deltas())
                .containsExactly(new Delta.Reasoning("Hm"), new Delta.Reasoning("m."), new Delta.Text("Hi"));
    }

    @Test
    void refusal_isToldApart() {
        RecordingSink sink = send(chunk("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}", "null")
                + chunk("{\"refusal\":\"I can\"}", "null")
                + chunk("{\"content\":null,\"refusal\":\"'t.\"}", "null")
                + STOP
                + END);

        sink.awaitDone();
        assertThat(sink.deltas()).containsExactly(new Delta.Refusal("I can"), new Delta.Refusal("'t."));
    }

    @Test
    void customTool_isMergedByIndex() {
        RecordingSink sink = send(
                toolCall("{\"index\":0,\"id\":\"c\",\"type\":\"custom\",\"custom\":{\"name\":\"exec\",\"input\":\"\"}}")
                        + toolCall("{\"index\":0,\"custom\":{\"input\":\"print\"}}")
                        + toolCall("{\"index\":0,\"custom\":{\"input\":\"(1)\"}}")
                        + chunk("{}", "\"tool_calls\"")
                        + END);

        sink.awaitDone();
        assertThat(sink.deltas())
                .containsExactly(
                        new Delta.ToolCallPart(0, Optional.of("c"), Optional.of("exec"), "", ToolCall.Type.CUSTOM),
                        new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), "print", ToolCall.Type.CUSTOM),
                        new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), "(1)", ToolCall.Type.CUSTOM));
    }

    @Test
    void furtherFieldsOfAToolCall_areToldWithIt_alsoIfTheyComeAlone() {
        RecordingSink sink = send(toolCall(
                        "{\"index\":0,\"id\":\"c\",\"a\":1,\"gone\":null,\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}")
                + toolCall("{\"index\":0,\"b\":{\"c\":2}}")
                + toolCall("{\"index\":5,\"b\":2}")
                + chunk("{}", "\"tool_calls\"")
                + END);

        sink.awaitDone();
        assertThat(sink.deltas())
                .containsExactly(
                        new Delta.ToolCallPart(
                                0, Optional.of("c"), Optional.of("f"), "{}", ToolCall.Type.FUNCTION, Map.of("a", 1L)),
                        new Delta.ToolCallPart(
                                0,
                                Optional.empty(),
                                Optional.empty(),
                                "",
                                ToolCall.Type.FUNCTION,
                                Map.of("b", Map.of("c", 2L))));
    }

    @Test
    void unknownFields_areToldWhenTheyChange_andPiecesEachTime() {
        String constant = "\"system_fingerprint\":\"fp\",\"obfuscation\":\"%s\",\"x_groq\":{\"id\":\"r\"}";
        String choice = ",\"filter\":{\"hate\":false},\"logprobs\":{\"content\":[{\"token\":\"ha\"}]}";
        String first = "data: {" + constant.formatted("a") + ",\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n";
        String ha = "data: {" + constant.formatted("b") + ",\"choices\":[{\"delta\":{\"content\":\"ha\",\"cites\":[1]}"
                + choice + "}]}\n\n";
        String last = "data: {" + constant.formatted("c").replace("\"id\"", "\"seed\"")
                + ",\"choices\":[{\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n";
        RecordingSink sink = send(
                first + ha + ha + last + USAGE.replace("\"prompt_tokens\"", "\"time\":1.5,\"prompt_tokens\"") + END);

        sink.awaitDone();
        Map<String, Object> logprobs = Map.of("content", List.of(Map.of("token", "ha")));
        assertThat(sink.deltas())
                .containsExactly(
                        extras(Map.of("system_fingerprint", "fp", "x_groq", Map.of("id", "r")), Map.of(), Map.of()),
                        new Delta.Text("ha"),
                        extras(
                                Map.of(),
                                Map.of("filter", Map.of("hate", false), "logprobs", logprobs),
                                Map.of("cites", List.of(1L))),
                        new Delta.Text("ha"),
                        extras(Map.of(), Map.of("logprobs", logprobs), Map.of("cites", List.of(1L))),
                        extras(Map.of("x_groq", Map.of("seed", "r")), Map.of(), Map.of()),
                        extras(Map.of("usage", Map.of("time", 1.5)), Map.of(), Map.of()));
    }

    private static Delta extras(Map<String, Object> answer, Map<String, Object> choice, Map<String, Object> message) {
        return new Delta.ExtrasPart(new AnswerExtras(answer, choice, message));
    }

    @Test
    void toolCalls_areMergedByIndex() {
        RecordingSink sink =
                send(toolCall("{\"index\":0,\"id\":\"call_1\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"\"}}")
                        + toolCall("{\"index\":1,\"id\":\"call_2\",\"function\":{\"name\":\"g\"}}")
                        + toolCall("{\"index\":0,\"function\":{\"arguments\":\"a\\\":1}\"}}")
                        + toolCall("{\"index\":1,\"function\":{\"arguments\":\"\"}}")
                        + chunk("{}", "\"tool_calls\"")
                        + END);

        assertThat(sink.awaitDone().finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(sink.deltas())
                .containsExactly(
                        new Delta.ToolCallPart(0, Optional.of("call_1"), Optional.of("f"), "{\""),
                        new Delta.ToolCallPart(1, Optional.of("call_2"), Optional.of("g"), ""),
                        new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), "a\":1}"));
    }

    @Test
    void toolCalls_areNumberedFromZero_andNamedOnce() {
        RecordingSink sink =
                send(toolCall("{\"index\":3,\"id\":\"x\",\"function\":{\"name\":\"f\",\"arguments\":\"1\"}}")
                        + toolCall("{\"index\":3,\"id\":\"x\",\"function\":{\"name\":\"f\",\"arguments\":\"2\"}}")
                        + chunk("{}", "\"tool_calls\"")
                        + END);

        sink.awaitDone();
        assertThat(sink.deltas())
                .containsExactly(
                        new Delta.ToolCallPart(0, Optional.of("x"), Optional.of("f"), "1"),
                        new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), "2"));
    }

    @Test
    void toolCallsOfOneNumber_areToldApartByNameAndId() {
        RecordingSink sink =
                send(toolCall("{\"index\":0,\"id\":\"x\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}")
                        + toolCall("{\"index\":0,\"id\":\"\",\"function\":{\"name\":null,\"arguments\":\"1\"}}")
                        + toolCall("{\"index\":0,\"id\":\"y\",\"function\":{\"name\":\"f\",\"arguments\":\"2\"}}")
                        + toolCall("{\"index\":0,\"id\":\"made up anew\",\"function\":{\"arguments\":\"3\"}}")
                        + chunk("{}", "\"tool_calls\"")
                        + END);

        sink.awaitDone();
        assertThat(sink.deltas())
                .containsExactly(
                        new Delta.ToolCallPart(0, Optional.of("x"), Optional.of("f"), ""),
                        new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), "1"),
                        new Delta.ToolCallPart(1, Optional.of("y"), Optional.of("f"), "2"),
                        new Delta.ToolCallPart(1, Optional.empty(), Optional.empty(), "3"));
    }

    @Test
    void toolCallThatSaysNothing_takesNoNumber() {
        RecordingSink sink = send(toolCall("{\"index\":1,\"function\":{}}")
                + toolCall("{\"index\":0,\"id\":\"x\",\"function\":{\"name\":\"f\"}}")
                + chunk("{}", "\"tool_calls\"")
                + END);

        sink.awaitDone();
        assertThat(sink.deltas()).containsExactly(new Delta.ToolCallPart(0, Optional.of("x"), Optional.of("f"), ""));
    }

    @Test
    void toolCallWhoseNameComesLate_isToldFromThenOn() {
        RecordingSink sink = send(toolCall("{\"index\":0,\"id\":\"x\",\"function\":{\"arguments\":\"{\"}}")
                + toolCall("{\"index\":1,\"id\":\"y\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}")
                + toolCall("{\"index\":0,\"function\":{\"name\":\"f\"}}")
                + toolCall("{\"index\":0,\"function\":{\"arguments\":\"}\"}}")
                + chunk("{}", "\"tool_calls\"")
                + END);

        sink.awaitDone();
        assertThat(sink.deltas())
                .containsExactly(
                        new Delta.ToolCallPart(0, Optional.of("y"), Optional.of("g"), "{}"),
                        new Delta.ToolCallPart(1, Optional.of("x"), Optional.of("f"), "{"),
                        new Delta.ToolCallPart(1, Optional.empty(), Optional.empty(), "}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"index\":0,\"id\":\"x\",\"function\":{\"arguments\":\"{}\"}}",
                "{\"index\":0,\"id\":\"x\",\"function\":{\"name\":\"\",\"arguments\":\"{}\"}}",
                "{\"index\":0,\"id\":\"x\",\"function\":{\"name\":null}}"
            })
    void toolCallWithoutAName_isNoAnswer_andIsNotTold(String call) {
        RecordingSink sink = send(text("Hi") + toolCall(call) + chunk("{}", "\"tool_calls\"") + END);

        assertThat(sink.awaitFailure().message()).contains("tool call", "no name");
        assertThat(sink.awaitFailure().code()).contains(Failure.DAMAGED);
        assertThat(sink.deltas()).containsExactly(new Delta.Text("Hi"));
    }

    @Test
    void messageInPlaceOfADelta_isNothingSaid() {
        RecordingSink sink = send(
                "data: {\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n" + STOP + END);

        sink.awaitDone();
        assertThat(sink.deltas()).isEmpty();
    }

    @Test
    void chunkOfNull_isNoMatter() {
        RecordingSink sink =
                send("data: null\n\n" + text("H") + "data: null\n\n" + text("i") + STOP + "data: null\n\n" + END);

        sink.awaitDone();
        assertThat(sink.text()).isEqualTo("Hi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: null\n\n", "data: null\n\ndata: [DONE]\n\n", "event: error\ndata: null\n\n"})
    void nullAlone_isNoAnswer(String events) {
        assertThat(failure(events).kind()).isEqualTo(FailureKind.UNAVAILABLE);
    }

    @Test
    void toolCallOutsideAList_isTaken() {
        RecordingSink sink = send(chunk(
                        "{\"tool_calls\":{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}}", "null")
                + chunk("{\"tool_calls\":{\"index\":0,\"function\":{\"name\":null,\"arguments\":\"}\"}}}", "null")
                + chunk("{}", "\"tool_calls\"")
                + END);

        sink.awaitDone();
        assertThat(sink.deltas())
                .containsExactly(
                        new Delta.ToolCallPart(0, Optional.empty(), Optional.of("f"), "{"),
                        new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), "}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"Hi\"",
                "{\"content\":5}",
                "{\"content\":{\"text\":\"Hi\"}}",
                "{\"content\":[\"Hi\"]}",
                "{\"content\":[{\"text\":5}]}",
                "{\"content\":[{\"refusal\":5}]}",
                "{\"refusal\":5}",
                "{\"refusal\":[\"I can't.\"]}",
                "{\"tool_calls\":\"f\"}",
                "{\"tool_calls\":[\"f\"]}",
                "{\"tool_calls\":[{\"index\":-1,\"function\":{\"arguments\":\"1\"}}]}",
                "{\"tool_calls\":[{\"index\":1e30,\"function\":{\"arguments\":\"1\"}}]}",
                "{\"tool_calls\":[{\"index\":\"0\",\"function\":{\"arguments\":\"1\"}}]}",
                "{\"tool_calls\":[{\"function\":\"f\"}]}",
                "{\"tool_calls\":[{\"function\":{\"name\":7}}]}",
                "{\"tool_calls\":[{\"function\":{\"arguments\":7}}]}",
                "{\"function_call\":[]}"
            })
    void partThatCannotBeRead_isNoAnswer_insteadOfAHoleInOne(String delta) {
        assertThat(failure(text("Hi") + chunk(delta, "null") + STOP + END).kind())
                .isEqualTo(FailureKind.UNAVAILABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"Hi\"", "{\"delta\":{\"content\":\"Hi\"}}", "[\"Hi\"]", "[null]"})
    void choicesThatCannotBeRead_areNoAnswer(String choices) {
        assertThat(failure(text("Hi") + "data: {\"choices\":" + choices + "}\n\n" + STOP + END)
                        .kind())
                .isEqualTo(FailureKind.UNAVAILABLE);
    }

    @Test
    void choicesInAnyOrder_areSearchedForTheAnswer() {
        RecordingSink sink = send("data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"no\"}},"
                + "{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n"
                + STOP + END);

        sink.awaitDone();
        assertThat(sink.text()).isEqualTo("Hi");
    }

    @Test
    void otherChoices_areLeftOut() {
        RecordingSink sink = send(text("Hi")
                + "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"no\"},\"finish_reason\":\"stop\"}]}\n\n"
                + STOP + END);

        sink.awaitDone();
        assertThat(sink.text()).isEqualTo("Hi");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "data: {\"error\":{\"message\":\"words\",\"http_status_code\":422}} | REJECTED",
                "data: {\"error\":{\"message\":\"words\",\"code\":429}} | RATE_LIMITED",
                "data: {\"error\":{\"message\":\"words\",\"type\":\"invalid_request_error\"}} | REJECTED",
                "data: {\"error\":{\"message\":\"words\",\"code\":\"context_length_exceeded\"}} | TOO_LARGE",
                "data: {\"error\":\"words\"} | UNAVAILABLE",
                "data: {\"error\":\"words\",\"error_type\":\"overloaded\"} | OVERLOADED",
                "event: error~data: {\"message\":\"words\"} | UNAVAILABLE",
                "event: error~data: words | UNAVAILABLE"
            })
    void errorInsideTheStream_isOfItsKind(String event, FailureKind kind) {
        Failure failure = failure(text("Hi") + event.replace('~', '\n') + "\n\n" + END);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.message()).contains("words");
    }

    @Test
    void wholeAnswerInsteadOfAStream_isTaken() {
        RecordingSink sink = bench.send(
                Prompt.of("Hi"),
                "test/model",
                true,
                ScriptedReply.json(
                        200, "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}"));

        sink.awaitDone();
        assertThat(sink.text()).isEqualTo("Hi");
    }

    @Test
    void streamUnderAnotherName_isReadAsAskedFor() {
        ScriptedReply mislabelled =
                ScriptedReply.events(text("Hi") + STOP + END).with("Content-Type", "text/plain");
        RecordingSink sink = bench.send(Prompt.of("Hi"), "test/model", true, mislabelled);

        sink.awaitDone();
        assertThat(sink.text()).isEqualTo("Hi");
    }

    @Test
    void streamThatNobodyAskedFor_isTaken() {
        RecordingSink sink =
                bench.send(Prompt.of("Hi"), "test/model", false, ScriptedReply.events(text("Hi") + STOP + END));

        sink.awaitDone();
        assertThat(sink.text()).isEqualTo("Hi");
    }

    private RecordingSink send(String events) {
        RecordingSink sink = bench.send(ScriptedReply.events(events));
        assertThat(sink.violations()).isEmpty();
        return sink;
    }

    private Failure failure(String events) {
        return send(events).awaitFailure();
    }

    private static String text(String text) {
        return chunk("{\"role\":\"assistant\",\"content\":\"" + text + "\"}", "null");
    }

    private static String toolCall(String call) {
        return chunk("{\"content\":null,\"tool_calls\":[" + call + "]}", "null");
    }

    private static String chunk(String delta, String finishReason) {
        return "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":" + delta
                + ",\"finish_reason\":" + finishReason + "}],\"usage\":null}\n\n";
    }
}
