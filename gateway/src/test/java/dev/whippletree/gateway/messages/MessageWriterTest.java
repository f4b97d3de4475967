package dev.whippletree.gateway.messages;

import static dev.whippletree.gateway.RunningGateway.quoted;
import static dev.whippletree.gateway.protocol.Answers.completion;
import static dev.whippletree.gateway.protocol.Answers.part;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.gateway.RunningGateway;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.Answers;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.ToolCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers as messages, whole and as events. */
final class MessageWriterTest {

    private static final String THINKING = ",'thinking':{'type':'adaptive'}";
    private static final Delta.ToolCallPart CALLED = part(0, "c1", "look_up", "");

    private static AnswerWriter writer(String more) {
        return MessagesRequestTest.hi(more).writer(Answers.info());
    }

    private static Map<String, Object> whole(
            String more, String text, String refusal, FinishReason reason, ToolCall... calls) {
        AnswerExtras extras = new AnswerExtras(Map.of(), Map.of("stop_reason", "END"), Map.of());
        return Answers.read(writer(more).whole(completion(text, "Hm.", refusal, reason, extras, calls)));
    }

    private static Map<String, Object> calling(ToolCall... calls) {
        return whole("", "", "", FinishReason.TOOL_CALLS, calls);
    }

    private static List<Map<String, Object>> stream(AnswerWriter writer, FinishReason reason, Delta... pieces) {
        List<Map<String, Object>> read = new ArrayList<>();
        for (ServerSentEvent event : Answers.stream(writer, reason, pieces)) {
            Map<String, Object> json = Answers.json(event);
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
                        content.get(open).put("input", RunningGateway.json(input.toString()));
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
        assertThat(whole(
                        THINKING,
                        "I look.",
                        "",
                        FinishReason.TOOL_CALLS,
                        new ToolCall("c1", "look_up", "{\"word\":\"oak\"}")))
                .isEqualTo(quoted("{'id':'msg_a1','type':'message','role':'assistant','model':'served',"
                        + "'stop_reason':'tool_use','stop_sequence':null,'stop_details':null,'container':null,"
                        + "'content':[{'type':'thinking','thinking':'Hm.','signature':''},"
                        + "{'type':'text','text':'I look.','citations':null},{'type':'tool_use','id':'c1',"
                        + "'name':'look_up','input':{'word':'oak'},'caller':{'type':'direct'}}],"
                        + "'usage':{'input_tokens':4,'cache_read_input_tokens':16,'cache_creation_input_tokens':0,"
                        + "'cache_creation':null,'output_tokens':9,'output_tokens_details':{'thinking_tokens':4},"
                        + "'server_tool_use':null,'service_tier':null,'inference_geo':null},"
                        + "'whippletree':{'account':'one','attempts':1,'waited-ms':3,'cache':'miss'}}"));
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
        List<Delta> deltas = new ArrayList<>();
        if (refused) {
            deltas.add(new Delta.Refusal("No."));
        }
        Arrays.stream(calls).forEach(given -> deltas.add(part(0, given.id(), given.name(), given.arguments())));

        Map<String, Object> whole = whole("", "", refused ? "No." : "", reason, calls);
        Map<String, Object> streamed = joined(stream(writer(""), reason, deltas.toArray(Delta[]::new)));

        assertThat(whole).containsEntry("stop_reason", expected);
        assertThat(streamed).containsEntry("stop_reason", expected);
        assertThat(streamed.get("content")).isEqualTo(whole.get("content"));
        assertThat(whole.get("content").toString()).matches(refused ? ".*No\\..*" : "[^.]*");
    }

    @Test
    void stopSequence_isNamedIfTheServiceNamesIt() {
        assertThat(whole(",'stop_sequences':['X','END']", "So", "", FinishReason.STOP))
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
        Map<String, Object> whole = whole(THINKING, "I look.", "", FinishReason.TOOL_CALLS, oak, elm);
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
        assertThat(whole("", "Hi", "", FinishReason.STOP).get("content").toString())
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
        Map<String, Object> input = quoted(expected.replace("\\'", "\\\""));

        Map<String, Object> whole = calling(new ToolCall("c1", "look_up", arguments));
        Map<String, Object> streamed =
                joined(stream(writer(""), FinishReason.TOOL_CALLS, CALLED, part(0, "", "", arguments)));

        assertThat(object(((List<?>) whole.get("content")).get(0))).containsEntry("input", input);
        assertThat(streamed.get("content")).isEqualTo(whole.get("content"));
    }

    /** The result of a call that shares its id couldn't be sent. */
    @ParameterizedTest
    @CsvSource({"'', '', toolu_a1_0, toolu_a1_1", "c1, c1, c1, toolu_a1_1"})
    void callsWithoutIds_orWithThatOfAnother_getTheirOwn_theSameWholeAndStreamed(
            String one, String other, String first, String second) {
        Map<String, Object> whole = calling(new ToolCall(one, "f", "{}"), new ToolCall(other, "g", "{}"));
        assertThat(whole.get("content").toString()).contains("id=" + first + ",", "id=" + second + ",");
        Delta[] pieces = {part(0, one, "f", "{}"), part(1, other, "g", "{}")};
        assertThat(joined(stream(writer(""), FinishReason.TOOL_CALLS, pieces)).get("content"))
                .isEqualTo(whole.get("content"));
    }

    @Test
    void longInput_isNotSilentWhileItComes() {
        AnswerWriter writer = writer("");
        assertThat(writer.events(CALLED)).extracting(ServerSentEvent::name).containsExactly("message_start", "ping");
        int pings = 0;
        for (int piece = 0; piece < 100; piece++) {
            pings += writer.events(part(0, "", "", "x".repeat(100))).size();
        }
        assertThat(pings).isEqualTo(9);
    }

    @Test
    void brokenStream_endsWithAnError() {
        List<ServerSentEvent> events = writer("").broken(ApiError.of(503, ApiError.SERVER, "overloaded", "full"));
        assertThat(events).extracting(ServerSentEvent::name).containsExactly("error");
        assertThat(Answers.json(events.get(0)))
                .isEqualTo(quoted(
                        "{'type':'error','error':{'type':'overloaded_error','message':'full','code':'overloaded'},"
                                + "'request_id':'req_a1'}"));
    }
}
