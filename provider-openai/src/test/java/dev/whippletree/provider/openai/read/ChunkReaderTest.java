package dev.whippletree.provider.openai.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.verify;

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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ChunkReaderTest {

    private static final String HI = text("Hi");
    private static final String STOP = chunk("{}", "\"stop\"");
    private static final String USAGE = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":4},\"completion_tokens_details\":{\"reasoning_tokens\":2}}}\n\n";
    private static final String END = "data: [DONE]\n\n";

    @AutoClose
    private final ProviderBench bench = Bench.open(Map.of());

    @Test
    void usageModelAndId_areThoseTheServiceNames() {
        AnswerEnd end = send("data: {\"id\":\"chatcmpl-1\",\"model\":\"served/model\",\"choices\":[]}\n\n" + text("Hi")
                        + STOP + USAGE + "data: {\"choices\":[],\"usage\":{\"total_tokens\":\"many\"}}\n\n" + END)
                .awaitDone();

        assertThat(end)
                .isEqualTo(new AnswerEnd(
                        FinishReason.STOP,
                        Optional.of(new TokenUsage(9, 3, 4, 2)),
                        "served/model",
                        Optional.of("chatcmpl-1")));
    }

    /** However much the service goes on sending. */
    @Test
    void restOfAStream_hasItsTimeFromTheFinishReasonOn() throws Exception {
        EventStream events = spy(new EventStream(Reading.source(HI + STOP + USAGE + USAGE, false, 1)));

        Reading.chunks(events, piece -> {});

        verify(events).hurry(Reading.PATIENCE);
    }

    static Stream<String> wholeStreams() {
        return Stream.of(
                HI + STOP + END,
                HI + STOP,
                HI + STOP + "data: [DO",
                HI + STOP + "data: {\"choices\":[],\"usage\":{\"prompt_tok",
                HI + STOP + "data: {\"choices\":[],\n",
                HI + STOP + chunk("{}", "null") + END,
                "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}},{\"delta\":{\"content\":\"no\"}}]}\n\n" + STOP,
                "data: null\n\n" + text("H") + "data: null\n\n" + text("i") + STOP + "data: null\n\n" + END,
                HI.replace("delta", "message") + STOP + END,
                HI.replace("\"delta\":", "\"delta\":{},\"message\":") + STOP + END,
                // Beside pieces, a whole message only repeats them.
                HI + HI.replace("delta", "message") + STOP + END,
                HI.replace("[{\"index\":0", "[{\"index\":1,\"delta\":{\"content\":\"no\"}},{\"index\":0") + STOP + END,
                HI + STOP + chunk("{\"content\":\"no\"}", "\"length\"").replace("\"index\":0", "\"index\":1") + END);
    }

    @ParameterizedTest
    @MethodSource("wholeStreams")
    void streamWithAFinishReason_isWhole_andChoiceZeroIsTheAnswer(String events) {
        RecordingSink sink = send(events);

        assertThat(sink.awaitDone()).isEqualTo(new AnswerEnd(FinishReason.STOP, Optional.empty(), "test/model"));
        assertThat(sink.text()).isEqualTo("Hi");
    }

    @Test
    void connectionLostAfterTheFinishReason_isNoMatter() {
        RecordingSink sink = bench.send(ScriptedReply.events(HI + STOP).ending(Ending.CUT));

        sink.awaitDone();
        assertThat(sink.text()).isEqualTo("Hi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", END, "data: {\"choices\":[{\"del"})
    void endWithoutFinishReason_isUnavailable_asInAnOutage(String end) {
        Failure failure = send(HI + end).awaitFailure();

        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(failure.message()).contains("ended before the answer did");
        assertThat(failure.code()).contains(Failure.ENDED_EARLY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "data: {\"choices\":[{ | isn't JSON",
                "data: [1] | isn't JSON",
                "data: {\"choices\":\"Hi\"} | choices",
                "data: {\"choices\":{\"delta\":{\"content\":\"Hi\"}}} | choices",
                "data: {\"choices\":[\"Hi\"]} | choices",
                "data: {\"choices\":[null]} | choices",
                "data: {\"choices\":[{\"finish_reason\":\"error\"}]} | unknown reason: error"
            })
    void chunkThatCannotBeRead_isNoAnswer_thoughOthersFollow(String chunk, String words) {
        Failure failure = send(HI + chunk + "\n\n" + (chunk.contains("reason") ? "" : STOP) + END)
                .awaitFailure();

        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(failure.code()).contains(Failure.DAMAGED);
        assertThat(failure.message()).contains(words);
    }

    @Test
    void firstChunkThatCannotBeRead_isDamaged_oneThatIsCutOffIsNot() {
        assertThat(send("data: {\"choices\":[{\n\n").awaitFailure().code()).contains(Failure.DAMAGED);
        assertThat(send("data: {\"choices\":[{").awaitFailure().code()).contains(Failure.ENDED_EARLY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"Hi\"",
                "{\"content\":5}",
                "{\"content\":{\"text\":\"Hi\"}}",
                "{\"content\":[{\"text\":5}]}",
                "{\"content\":[{\"refusal\":5}]}",
                "{\"refusal\":5}",
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
        assertThat(send(HI + chunk(delta, "null") + STOP + END).awaitFailure().code())
                .contains(Failure.DAMAGED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: null\n\n", "data: null\n\ndata: [DONE]\n\n", "event: error\ndata: null\n\n"})
    void nullAlone_isNoAnswer(String events) {
        assertThat(send(events).awaitFailure().kind()).isEqualTo(FailureKind.UNAVAILABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "stop STOP eos eos_token stop_sequence end_turn, STOP",
        "length max_tokens model_length, LENGTH",
        "tool_calls function_call, TOOL_CALLS"
    })
    void finishReason_isTranslated(String wire, FinishReason reason) {
        for (String word : wire.split(" ")) {
            assertThat(send(HI + chunk("{}", "\"" + word + "\"")).awaitDone().finishReason())
                    .isEqualTo(reason);
        }
    }

    @Test
    void reasoningAndRefusal_areToldApart() {
        RecordingSink sink = send(chunk("{\"content\":\"\",\"reasoning\":\"Hm\",\"refusal\":null}", "null")
                + chunk("{\"reasoning_content\":\"m.\"}", "null")
                + HI
                + chunk("{\"content\":null,\"refusal\":\"No.\"}", "null")
                + STOP
                + END);

        sink.awaitDone();
        assertThat(sink.deltas())
                .containsExactly(
                        new Delta.Reasoning("Hm"),
                        new Delta.Reasoning("m."),
                        new Delta.Text("Hi"),
                        new Delta.Refusal("No."));
    }

    /** Index, id, name and arguments of each piece; {@code _} is a field that isn't there. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                // Merged by index.
                "0 a f {; 1 b g _; 0 _ _ }; 1 _ _ '' | 0 a f {; 1 b g ''; 0 _ _ }",
                // Numbered from 0, and named once.
                "3 x f 1; 3 x f 2; 5 y g 3 | 0 x f 1; 0 _ _ 2; 1 y g 3",
                // Calls of one number are told apart by name and id together.
                "0 x f ''; 0 '' null 1; 0 y f 2; 0 z _ 3 | 0 x f ''; 0 _ _ 1; 1 y f 2; 1 _ _ 3",
                // What says nothing takes no number.
                "1 _ _ _; 0 x f _ | 0 x f ''",
                // A call is told once its name has come, with what came before.
                "0 x _ {; 1 y g {}; 0 _ f _; 0 _ _ } | 0 y g {}; 1 x f {; 1 _ _ }",
                // An id may come late.
                "0 _ f {; 0 x _ } | 0 _ f {; 0 x _ }",
                // And with it the name again.
                "0 _ f {; 0 x f } | 0 _ f {; 0 x _ }"
            })
    void toolCalls_areMerged(String pieces, String told) {
        RecordingSink sink = send(toolCalls(pieces) + chunk("{}", "\"tool_calls\"") + END);

        assertThat(sink.awaitDone().finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(sink.deltas().stream().map(ChunkReaderTest::inWords)).containsExactly(told.split("; "));
    }

    private static String inWords(Delta delta) {
        Delta.ToolCallPart part = (Delta.ToolCallPart) delta;
        assertThat(part.type()).isEqualTo(ToolCall.Type.FUNCTION);
        return part.index() + " " + part.id().orElse("_") + " " + part.name().orElse("_") + " "
                + (part.arguments().isEmpty() ? "''" : part.arguments());
    }

    private static String toolCalls(String pieces) {
        return Stream.of(pieces.split("; ")).map(ChunkReaderTest::piece).collect(Collectors.joining());
    }

    private static String piece(String words) {
        String[] fields = words.split(" ");
        return toolCall("{\"index\":" + fields[0] + field("id", fields[1]) + ",\"function\":{\"x\":0"
                + field("name", fields[2]) + field("arguments", fields[3]) + "}}");
    }

    private static String field(String name, String value) {
        String json = value.equals("null") ? value : "\"" + value.replace("''", "") + "\"";
        return value.equals("_") ? "" : ",\"" + name + "\":" + json;
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 x _ {}", "0 x '' {}", "0 x null _", "0 x f {}; 1 y _ {}"})
    void toolCallWithoutAName_isNoAnswer_andIsNotTold(String pieces) {
        RecordingSink sink = send(HI + toolCalls(pieces) + chunk("{}", "\"tool_calls\"") + END);

        assertThat(sink.awaitFailure().message()).contains("tool call", "no name");
        assertThat(sink.awaitFailure().code()).contains(Failure.DAMAGED);
        assertThat(sink.deltas()).hasSize(pieces.contains(";") ? 2 : 1);
    }

    @Test
    void customTool_isMergedByIndex() {
        RecordingSink sink = send(
                toolCall("{\"index\":0,\"id\":\"c\",\"type\":\"custom\",\"custom\":{\"name\":\"exec\",\"input\":\"\"}}")
                        + toolCall("{\"index\":0,\"custom\":{\"input\":\"print\"}}")
                        + toolCall("{\"index\":0,\"custom\":{\"input\":\"(1)\"}}")
                        + toolCall("{\"index\":0,\"a\":1}")
                        + chunk("{}", "\"tool_calls\"")
                        + END);

        sink.awaitDone();
        assertThat(sink.deltas())
                .containsExactly(
                        new Delta.ToolCallPart(0, Optional.of("c"), Optional.of("exec"), "", ToolCall.Type.CUSTOM),
                        new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), "print", ToolCall.Type.CUSTOM),
                        new Delta.ToolCallPart(0, Optional.empty(), Optional.empty(), "(1)", ToolCall.Type.CUSTOM),
                        new Delta.ToolCallPart(
                                0, Optional.empty(), Optional.empty(), "", ToolCall.Type.CUSTOM, Map.of("a", 1L)));
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
                "event: error;data: {\"message\":\"words\"} | UNAVAILABLE",
                "event: error;data: words | UNAVAILABLE"
            })
    void errorInsideTheStream_isOfItsKind(String event, FailureKind kind) {
        Failure failure = send(HI + event.replace(';', '\n') + "\n\n" + END).awaitFailure();

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.message()).contains("words");
    }

    /** The content type says which it is; where it names neither, the service is taken to send what was asked for. */
    @ParameterizedTest
    @CsvSource({
        "false, text/event-stream, true",
        "true, application/json, false",
        "true, text/plain, true",
        "false, text/plain, false"
    })
    void streamOrWhole_isReadAsItsTypeSays_elseAsAskedFor(boolean asked, String type, boolean streamed) {
        String body = streamed
                ? HI + STOP + END
                : "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}";
        RecordingSink sink = bench.send(
                Prompt.of("Hi"), "test/model", asked, ScriptedReply.events(body).with("Content-Type", type));

        sink.awaitDone();
        assertThat(sink.text()).isEqualTo("Hi");
    }

    private RecordingSink send(String events) {
        RecordingSink sink = bench.send(ScriptedReply.events(events));
        assertThat(sink.violations()).isEmpty();
        return sink;
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
