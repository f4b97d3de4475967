package dev.whippletree.gateway.messages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.clients.Disclosure;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.protocol.AnswerInfo;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import dev.whippletree.settings.EngineSettings;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers as messages, whole and as events. */
final class MessageWriterTest {

    private static final Origin ORIGIN =
            new Origin(Origin.Source.CALL, "one", "served", 1, Duration.ofMillis(3), Optional.empty());
    private static final TokenUsage USAGE = new TokenUsage(20, 9, 16, 4);
    private static final String THINKING = ",'thinking':{'type':'adaptive'}";
    private static final Delta.ToolCallPart CALLED = part(0, "c1", "look_up", "");

    private static AnswerWriter writer(String more) {
        return MessagesRequestTest.hi(more)
                .writer(new AnswerInfo(
                        "a1",
                        1_700,
                        "m",
                        new Disclosure(
                                GatewaySettings.DEFAULT,
                                new Configuration(
                                        List.of(), List.of(), List.of(), EngineSettings.DEFAULT, List.of()))));
    }

    private static Delta.ToolCallPart part(int index, String id, String name, String arguments) {
        return new Delta.ToolCallPart(
                index,
                Optional.of(id).filter(text -> !text.isEmpty()),
                Optional.of(name).filter(text -> !text.isEmpty()),
                arguments);
    }

    private static Map<String, Object> whole(
            String more, String text, Optional<String> refusal, FinishReason reason, ToolCall... calls) {
        return read(writer(more)
                .whole(new Completion(
                        text,
                        Optional.of("Hm."),
                        refusal,
                        List.of(calls),
                        reason,
                        Optional.of(USAGE),
                        new AnswerExtras(Map.of(), Map.of("stop_reason", "END"), Map.of()),
                        ORIGIN)));
    }

    private static Map<String, Object> read(Map<String, Object> json) {
        return read(GatewayJson.write(json));
    }

    private static Map<String, Object> read(byte[] json) {
        return GatewayJson.object(new ByteArrayInputStream(json), values -> {})
                .orElseThrow(() -> new AssertionError(new String(json, UTF_8)));
    }

    /** Streams deltas and an end, and returns the events. */
    private static List<Map<String, Object>> stream(AnswerWriter writer, FinishReason reason, Delta... pieces) {
        List<ServerSentEvent> events = new ArrayList<>(writer.events(new Delta.Start("one", "served")));
        assertThat(events).isEmpty();
        Arrays.stream(pieces).forEach(piece -> events.addAll(writer.events(piece)));
        events.addAll(writer.events(
                new Delta.End(new Completion("", Optional.empty(), List.of(), reason, Optional.of(USAGE), ORIGIN))));
        List<Map<String, Object>> read = new ArrayList<>();
        for (ServerSentEvent event : events) {
            Map<String, Object> json = read(event.data());
            assertThat(json).containsEntry("type", event.name());
            read.add(json);
        }
        return read;
    }

    /** Puts a message together from its events, as clients do; its blocks have to follow one another. */
    private static Map<String, Object> joined(List<Map<String, Object>> events) {
        assertThat(events.get(0)).containsEntry("type", "message_start");
        assertThat(events.get(events.size() - 1)).containsEntry("type", "message_stop");
        Map<String, Object> message = object(events.get(0).get("message"));
        List<Map<String, Object>> content = new ArrayList<>();
        int open = -1;
        StringBuilder input = new StringBuilder();
        for (Map<String, Object> event : events.subList(1, events.size() - 1)) {
            switch (String.valueOf(event.get("type"))) {
                case "content_block_start" -> {
                    assertThat(open).isEqualTo(-1);
                    open = content.size();
                    assertThat(event).containsEntry("index", open);
                    content.add(object(event.get("content_block")));
                }
                case "content_block_delta" -> {
                    assertThat(event).containsEntry("index", open);
                    Map<String, Object> delta = object(event.get("delta"));
                    Map<String, Object> block = content.get(open);
                    switch (String.valueOf(delta.get("type"))) {
                        case "text_delta" -> block.merge("text", delta.get("text"), (one, two) -> one + "" + two);
                        case "thinking_delta" ->
                            block.merge("thinking", delta.get("thinking"), (one, two) -> one + "" + two);
                        case "signature_delta" -> block.put("signature", delta.get("signature"));
                        default -> input.append(delta.get("partial_json"));
                    }
                }
                case "content_block_stop" -> {
                    assertThat(event).containsEntry("index", open);
                    if (!input.isEmpty()) {
                        content.get(open).put("input", read(input.toString().getBytes(UTF_8)));
                        input.setLength(0);
                    }
                    open = -1;
                }
                case "message_delta" -> {
                    message.putAll(object(event.get("delta")));
                    message.put("usage", event.get("usage"));
                    message.put("whippletree", event.get("whippletree"));
                }
                default -> assertThat(event).isEqualTo(Map.of("type", "ping"));
            }
        }
        assertThat(open).isEqualTo(-1);
        message.put("content", content);
        return message;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    @Test
    void wholeAnswer_hasThoughtsTextAndCalls_andTheUsageWithoutWhatWasCached() {
        Map<String, Object> message = whole(
                THINKING,
                "I look.",
                Optional.empty(),
                FinishReason.TOOL_CALLS,
                new ToolCall("c1", "look_up", "{\"word\":\"oak\"}"));

        assertThat(message)
                .containsEntry("id", "msg_a1")
                .containsEntry("type", "message")
                .containsEntry("role", "assistant")
                .containsEntry("model", "served")
                .containsEntry("stop_reason", "tool_use");
        assertThat(message.get("content"))
                .isEqualTo(MessagesRequestTest.json("{'c':[{'type':'thinking','thinking':'Hm.','signature':''},"
                                + "{'type':'text','text':'I look.','citations':null},{'type':'tool_use','id':'c1',"
                                + "'name':'look_up','input':{'word':'oak'},'caller':{'type':'direct'}}]}")
                        .get("c"));
        assertThat(object(message.get("usage")))
                .containsEntry("input_tokens", 4)
                .containsEntry("cache_read_input_tokens", 16)
                .containsEntry("cache_creation_input_tokens", 0)
                .containsEntry("output_tokens", 9)
                .containsEntry("output_tokens_details", Map.of("thinking_tokens", 4));
        assertThat(object(message.get("whippletree"))).containsEntry("account", "one");
    }

    @ParameterizedTest
    @CsvSource({
        "STOP, '', false, end_turn",
        "STOP, call, false, tool_use",
        "TOOL_CALLS, '', false, end_turn",
        "LENGTH, '', false, max_tokens",
        "LENGTH, call, false, max_tokens",
        "CONTENT_FILTER, '', false, refusal",
        "STOP, '', true, refusal",
    })
    void stopReason_isTheProtocols_wholeAndStreamed(
            FinishReason reason, String call, boolean refused, String expected) {
        ToolCall[] calls = call.isEmpty() ? new ToolCall[0] : new ToolCall[] {new ToolCall("c1", "f", "{}")};
        Optional<String> refusal = Optional.of("No.").filter(text -> refused);
        List<Delta> deltas = new ArrayList<>();
        refusal.ifPresent(text -> deltas.add(new Delta.Refusal(text)));
        Arrays.stream(calls).forEach(given -> deltas.add(part(0, given.id(), given.name(), given.arguments())));

        Map<String, Object> whole = whole("", "", refusal, reason, calls);
        Map<String, Object> streamed = joined(stream(writer(""), reason, deltas.toArray(Delta[]::new)));

        assertThat(whole).containsEntry("stop_reason", expected);
        assertThat(streamed).containsEntry("stop_reason", expected);
        assertThat(streamed.get("content")).isEqualTo(whole.get("content"));
        assertThat(whole.get("content").toString()).matches(refused ? ".*No\\..*" : "[^.]*");
    }

    @Test
    void stopSequence_isNamedIfTheServiceNamesIt() {
        assertThat(whole(",'stop_sequences':['X','END']", "So", Optional.empty(), FinishReason.STOP))
                .containsEntry("stop_reason", "stop_sequence")
                .containsEntry("stop_sequence", "END");
        Delta extras = new Delta.ExtrasPart(new AnswerExtras(Map.of(), Map.of("stop_reason", "END"), Map.of()));
        assertThat(joined(stream(writer(",'stop_sequences':['END']"), FinishReason.STOP, new Delta.Text("So"), extras)))
                .containsEntry("stop_reason", "stop_sequence")
                .containsEntry("stop_sequence", "END");
    }

    @Test
    void streamedAnswer_isTheWholeOne_inBlocksOneAfterTheOther() {
        ToolCall oak = new ToolCall("c1", "look_up", "{\"word\":\"oak\"}");
        ToolCall elm = new ToolCall("c2", "look_up", "{\"word\":\"elm\"}");
        List<Map<String, Object>> events = stream(
                writer(THINKING),
                FinishReason.TOOL_CALLS,
                new Delta.Reasoning("H"),
                new Delta.Reasoning("m."),
                new Delta.Text("I "),
                new Delta.Text("look."),
                CALLED,
                part(0, "", "", "{\"word\":"),
                part(1, "c2", "look_up", "{\"word\":\"e"),
                part(0, "", "", "\"oak\"}"),
                part(1, "", "", "lm\"}"));

        Map<String, Object> streamed = joined(events);
        Map<String, Object> whole = whole(THINKING, "I look.", Optional.empty(), FinishReason.TOOL_CALLS, oak, elm);
        assertThat(streamed).isEqualTo(whole);
        assertThat(events.stream().map(event -> event.get("type")).distinct())
                .containsExactly(
                        "message_start",
                        "ping",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
    }

    @Test
    void thoughtsThatNobodyAskedFor_areLeftOut_andBeginNoStream() {
        assertThat(whole("", "Hi", Optional.empty(), FinishReason.STOP)
                        .get("content")
                        .toString())
                .doesNotContain("thinking");
        assertThat(writer("").events(new Delta.Reasoning("Hm."))).isEmpty();
    }

    @Test
    void emptyAnswer_isAMessageWithoutContent() {
        assertThat(joined(stream(writer(""), FinishReason.STOP)))
                .containsEntry("content", List.of())
                .containsEntry("stop_reason", "end_turn");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a':1} | {'a':1}",
                "'' | {}",
                "null | {}",
                "{'a': Oslo} | {'INVALID_JSON':'{\\'a\\': Oslo}'}",
                "[1] | {'INVALID_JSON':'[1]'}",
                "{'a':1} and more | {'INVALID_JSON':'{\\'a\\':1} and more'}",
            })
    void argumentsThatAreNoObject_comeAsTextInOne_wholeAndStreamed(String quoted, String expected) {
        String arguments = quoted.equals("''") ? "" : quoted.replace('\'', '"');
        Map<String, Object> input =
                read(expected.replace("\\'", "\\\"").replace('\'', '"').getBytes(UTF_8));

        Map<String, Object> whole =
                whole("", "", Optional.empty(), FinishReason.TOOL_CALLS, new ToolCall("c1", "look_up", arguments));
        Map<String, Object> streamed =
                joined(stream(writer(""), FinishReason.TOOL_CALLS, CALLED, part(0, "", "", arguments)));

        assertThat(object(((List<?>) whole.get("content")).get(0))).containsEntry("input", input);
        assertThat(streamed.get("content")).isEqualTo(whole.get("content"));
    }

    @Test
    void callsWithoutIds_getDifferentOnes_theSameWholeAndStreamed() {
        Map<String, Object> whole = whole(
                "",
                "",
                Optional.empty(),
                FinishReason.TOOL_CALLS,
                new ToolCall("", "f", "{}"),
                new ToolCall("", "f", "{}"));
        assertThat(whole.get("content").toString()).contains("id=toolu_a1_0", "id=toolu_a1_1");
        assertThat(joined(stream(writer(""), FinishReason.TOOL_CALLS, part(0, "", "f", "{}"), part(1, "", "f", "{}")))
                        .get("content"))
                .isEqualTo(whole.get("content"));
    }

    @Test
    void callWithTheIdOfAnother_getsOneOfItsOwn_sinceItsResultCouldNotBeSent() {
        Map<String, Object> whole = whole(
                "",
                "",
                Optional.empty(),
                FinishReason.TOOL_CALLS,
                new ToolCall("c1", "f", "{}"),
                new ToolCall("c1", "g", "{}"));
        assertThat(whole.get("content").toString()).contains("id=c1", "id=toolu_a1_1");
        assertThat(joined(stream(
                                writer(""),
                                FinishReason.TOOL_CALLS,
                                part(0, "c1", "f", "{}"),
                                part(1, "c1", "g", "{}")))
                        .get("content"))
                .isEqualTo(whole.get("content"));
    }

    @Test
    void longInput_isNotSilentWhileItComes() {
        AnswerWriter writer = writer("");
        writer.events(CALLED);
        int pings = 0;
        for (int piece = 0; piece < 100; piece++) {
            pings += writer.events(part(0, "", "", "x".repeat(100))).size();
        }
        assertThat(pings).isBetween(5, 10);
    }

    @Test
    void brokenStream_endsWithAnError() {
        List<ServerSentEvent> events = writer("").broken(ApiError.of(503, ApiError.SERVER, "overloaded", "full"));
        assertThat(events).extracting(ServerSentEvent::name).containsExactly("error");
        assertThat(read(events.get(0).data()))
                .isEqualTo(MessagesRequestTest.json(
                        "{'type':'error','error':{'type':'overloaded_error','message':'full','code':'overloaded'},"
                                + "'request_id':'req_a1'}"));
    }
}
