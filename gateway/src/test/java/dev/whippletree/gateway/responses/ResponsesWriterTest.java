package dev.whippletree.gateway.responses;

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

/** Answers in the Responses protocol, whole and as events. */
final class ResponsesWriterTest {

    private static final Origin ORIGIN =
            new Origin(Origin.Source.CALL, "one", "served", 1, Duration.ofMillis(3), Optional.empty());
    private static final TokenUsage USAGE = new TokenUsage(20, 9, 16, 4);
    private static final String TOOLS =
            ",'tools':[{'type':'function','name':'look_up'},{'type':'custom','name':'patch'},"
                    + "{'type':'namespace','name':'clock','tools':[{'type':'function','name':'sleep'}]}]";

    private static AnswerWriter writer(String fields) {
        return ResponsesRequestTest.read("'model':'m','input':'Hi'" + fields)
                .writer(new AnswerInfo("a1", 1_700, "m", everythingShown()));
    }

    private static Disclosure everythingShown() {
        return new Disclosure(
                GatewaySettings.DEFAULT,
                new Configuration(List.of(), List.of(), List.of(), EngineSettings.DEFAULT, List.of()));
    }

    /** Streams deltas and an end, and returns the events, each with its name among its fields. */
    private static List<Map<String, Object>> stream(AnswerWriter writer, FinishReason reason, Delta... pieces) {
        List<ServerSentEvent> events = new ArrayList<>(writer.events(new Delta.Start("one", "served")));
        assertThat(events).isEmpty();
        Arrays.stream(pieces).forEach(piece -> events.addAll(writer.events(piece)));
        events.addAll(writer.events(
                new Delta.End(new Completion("", Optional.empty(), List.of(), reason, Optional.of(USAGE), ORIGIN))));
        return read(events);
    }

    private static List<Map<String, Object>> read(List<ServerSentEvent> events) {
        List<Map<String, Object>> read = new ArrayList<>();
        for (ServerSentEvent event : events) {
            Map<String, Object> json = GatewayJson.object(new ByteArrayInputStream(event.data()), values -> {})
                    .orElseThrow(() -> new AssertionError(new String(event.data(), UTF_8)));
            assertThat(json).containsEntry("type", event.name()).containsEntry("sequence_number", read.size());
            read.add(json);
        }
        return read;
    }

    private static List<String> types(List<Map<String, Object>> events) {
        return events.stream()
                .map(event -> String.valueOf(event.get("type")).replace("response.", ""))
                .toList();
    }

    private static Map<String, Object> last(List<Map<String, Object>> events) {
        return object(events.get(events.size() - 1).get("response"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    private static List<Map<String, Object>> output(Map<String, Object> response) {
        return ((List<?>) response.get("output"))
                .stream().map(ResponsesWriterTest::object).toList();
    }

    /** Returns what the deltas of a type add up to. */
    private static String joined(List<Map<String, Object>> events, String type, int item) {
        StringBuilder all = new StringBuilder();
        events.stream()
                .filter(event -> event.get("type").equals("response." + type))
                .filter(event -> event.get("output_index").equals(item))
                .forEach(event -> all.append(event.get("delta")));
        return all.toString();
    }

    private static Delta call(int index, String id, String name, String arguments) {
        return new Delta.ToolCallPart(index, Optional.of(id), Optional.of(name), arguments);
    }

    private static Delta more(int index, String arguments) {
        return new Delta.ToolCallPart(index, Optional.empty(), Optional.empty(), arguments);
    }

    @Test
    void wholeAnswer_hasEveryFieldOfAResponse_withWhatTheRequestSaid() {
        Map<String, Object> response = writer(",'max_output_tokens':9,'instructions':'Be','metadata':{'a':'b'},"
                        + "'tools':[{'type':'function','name':'f'}],'temperature':0,'reasoning':{'effort':'low'}")
                .whole(new Completion(
                        "Hello",
                        Optional.of("Hm."),
                        List.of(new ToolCall("c1", "f", "{}")),
                        FinishReason.TOOL_CALLS,
                        Optional.of(USAGE),
                        ORIGIN));

        Map<String, Object> read = GatewayJson.object(
                        new ByteArrayInputStream(GatewayJson.write(response)), values -> {})
                .orElseThrow();
        assertThat(read)
                .isEqualTo(ResponsesRequestTest.json("{'id':'resp_a1','object':'response','created_at':1700,"
                        + "'status':'completed','completed_at':null,'error':null,'incomplete_details':null,'model':'served',"
                        + "'background':false,'instructions':'Be','max_output_tokens':9,'max_tool_calls':null,"
                        + "'parallel_tool_calls':true,'previous_response_id':null,'prompt_cache_key':null,"
                        + "'reasoning':{'effort':'low','summary':null},'safety_identifier':null,'service_tier':'default',"
                        + "'store':false,'temperature':0,'text':{'format':{'type':'text'}},'tool_choice':'auto',"
                        + "'tools':[{'type':'function','name':'f','description':null,'parameters':null,'strict':null}],"
                        + "'top_logprobs':0,'top_p':1,'presence_penalty':0,'frequency_penalty':0,"
                        + "'truncation':'disabled','user':null,'metadata':{'a':'b'},"
                        + "'usage':{'input_tokens':20,'input_tokens_details':{'cached_tokens':16},'output_tokens':9,"
                        + "'output_tokens_details':{'reasoning_tokens':4},'total_tokens':29},"
                        + "'output':[{'id':'rs_a1_0','type':'reasoning','summary':[{'type':'summary_text','text':'Hm.'}]},"
                        + "{'id':'msg_a1_1','type':'message','status':'completed','role':'assistant','content':"
                        + "[{'type':'output_text','text':'Hello','annotations':[],'logprobs':[]}]},"
                        + "{'id':'fc_a1_2','type':'function_call','status':'completed','call_id':'c1','name':'f',"
                        + "'arguments':'{}'}],"
                        + "'whippletree':{'account':'one','attempts':1,'waited-ms':3,'cache':'miss'}}"));
    }

    @Test
    void text_comesInAllEventsThatClientsNeed_andReasoningInAnItemBefore() {
        List<Map<String, Object>> events = stream(
                writer(",'stream':true,'include':['reasoning.encrypted_content']"),
                FinishReason.STOP,
                new Delta.Reasoning("Hm"),
                new Delta.Reasoning("."),
                new Delta.Text("Hel"),
                new Delta.Text("lo"));

        assertThat(types(events))
                .containsExactly(
                        "created",
                        "in_progress",
                        "output_item.added",
                        "reasoning_summary_part.added",
                        "reasoning_summary_text.delta",
                        "reasoning_summary_text.delta",
                        "reasoning_summary_text.done",
                        "reasoning_summary_part.done",
                        "output_item.done",
                        "output_item.added",
                        "content_part.added",
                        "output_text.delta",
                        "output_text.delta",
                        "output_text.done",
                        "content_part.done",
                        "output_item.done",
                        "completed");
        assertThat(object(events.get(0).get("response"))).containsEntry("status", "in_progress");
        assertThat(object(events.get(9).get("item"))).containsEntry("content", List.of());
        assertThat(events.get(11)).containsEntry("item_id", "msg_a1_1").containsEntry("content_index", 0);
        assertThat(joined(events, "output_text.delta", 1)).isEqualTo("Hello");
        assertThat(output(last(events)))
                .containsExactly(
                        object(events.get(8).get("item")), object(events.get(15).get("item")));
        assertThat(output(last(events)).get(0)).containsEntry("encrypted_content", "unencrypted");
    }

    @Test
    void streamedAnswer_endsWithTheSameResponseAsAWholeOne() {
        List<Map<String, Object>> events = stream(
                writer(",'stream':true" + TOOLS),
                FinishReason.TOOL_CALLS,
                new Delta.Reasoning("Hm."),
                new Delta.Text("I look."),
                call(0, "c1", "clock__sleep", ""),
                more(0, "{}"),
                call(1, "c2", "patch", "{\"input\":"),
                more(1, "\"a\"}"));
        Map<String, Object> whole = writer(",'stream':false" + TOOLS)
                .whole(new Completion(
                        "I look.",
                        Optional.of("Hm."),
                        List.of(
                                new ToolCall("c1", "clock__sleep", "{}"),
                                new ToolCall("c2", "patch", "{\"input\":\"a\"}")),
                        FinishReason.TOOL_CALLS,
                        Optional.of(USAGE),
                        ORIGIN));

        assertThat(last(events))
                .isEqualTo(GatewayJson.object(new ByteArrayInputStream(GatewayJson.write(whole)), values -> {})
                        .orElseThrow());
        assertThat(output(last(events)).get(2))
                .containsEntry("name", "sleep")
                .containsEntry("namespace", "clock")
                .containsEntry("arguments", "{}");
        assertThat(output(last(events)).get(3))
                .containsEntry("type", "custom_tool_call")
                .containsEntry("name", "patch")
                .containsEntry("input", "a");
    }

    @Test
    void refusal_isAPartOfItsOwn_wholeAndInPieces() {
        List<Map<String, Object>> events = stream(
                writer(",'stream':true"), FinishReason.STOP, new Delta.Refusal("I "), new Delta.Refusal("won't"));
        Map<String, Object> whole = writer("")
                .whole(new Completion(
                        "",
                        Optional.empty(),
                        Optional.of("I won't"),
                        List.of(),
                        FinishReason.STOP,
                        Optional.of(USAGE),
                        AnswerExtras.NONE,
                        ORIGIN));

        assertThat(types(events))
                .contains("content_part.added", "refusal.delta", "refusal.done", "content_part.done")
                .doesNotContain("output_text.delta");
        assertThat(joined(events, "refusal.delta", 0)).isEqualTo("I won't");
        assertThat(output(last(events)).get(0))
                .containsEntry("content", List.of(Map.of("type", "refusal", "refusal", "I won't")));
        assertThat(output(whole)).isEqualTo(output(last(events)));
    }

    @Test
    void annotationsAndLogprobs_standInTheTextsPart_andTheServicesTierInTheResponse() {
        Map<String, Object> citation =
                Map.of("type", "url_citation", "url_citation", Map.of("url", "https://example.org/", "start_index", 0));
        Map<String, Object> flat = Map.of("type", "url_citation", "url", "https://example.org/", "start_index", 0);
        List<Map<String, Object>> probabilities = List.of(Map.of("token", "Hi", "logprob", -1));
        AnswerExtras extras = new AnswerExtras(
                Map.of("service_tier", "flex"),
                Map.of("logprobs", Map.of("content", probabilities)),
                Map.of("annotations", List.of(citation)));

        List<Map<String, Object>> events =
                stream(writer(",'stream':true"), FinishReason.STOP, new Delta.Text("Hi"), new Delta.ExtrasPart(extras));
        Map<String, Object> whole = writer("")
                .whole(new Completion(
                        "Hi",
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        FinishReason.STOP,
                        Optional.of(USAGE),
                        extras,
                        ORIGIN));

        assertThat(types(events)).contains("output_text.annotation.added");
        assertThat(last(events)).containsEntry("service_tier", "flex");
        assertThat(output(last(events)).get(0))
                .containsEntry(
                        "content",
                        List.of(Map.of(
                                "type",
                                "output_text",
                                "text",
                                "Hi",
                                "annotations",
                                List.of(flat),
                                "logprobs",
                                probabilities)));
        assertThat(output(whole)).isEqualTo(output(last(events)));
    }

    @Test
    void functionCall_comesPieceByPiece_andThenWhole() {
        List<Map<String, Object>> events = stream(
                writer(",'stream':true" + TOOLS),
                FinishReason.TOOL_CALLS,
                call(0, "c1", "look_up", ""),
                more(0, "{\"a\":"),
                more(0, "1}"));

        assertThat(types(events))
                .containsExactly(
                        "created",
                        "in_progress",
                        "output_item.added",
                        "function_call_arguments.delta",
                        "function_call_arguments.delta",
                        "function_call_arguments.done",
                        "output_item.done",
                        "completed");
        assertThat(object(events.get(2).get("item")))
                .containsEntry("name", "look_up")
                .containsEntry("arguments", "");
        assertThat(joined(events, "function_call_arguments.delta", 0)).isEqualTo("{\"a\":1}");
        assertThat(events.get(5)).containsEntry("arguments", "{\"a\":1}").containsEntry("name", "look_up");
    }

    @Test
    void customToolsInput_isToldOnceItIsWhole() {
        List<Map<String, Object>> events = stream(
                writer(",'stream':true" + TOOLS),
                FinishReason.TOOL_CALLS,
                call(0, "c1", "patch", "{\"input\":\"a\\n"),
                more(0, "b\"}"));

        assertThat(types(events))
                .containsExactly(
                        "created",
                        "in_progress",
                        "output_item.added",
                        "custom_tool_call_input.delta",
                        "custom_tool_call_input.done",
                        "output_item.done",
                        "completed");
        assertThat(events.get(3)).containsEntry("delta", "a\nb");
        assertThat(events.get(4)).containsEntry("input", "a\nb");
    }

    @Test
    void customToolsInput_thatIsntInAnArgument_isPassedAsItIs() {
        Map<String, Object> response = writer(TOOLS)
                .whole(new Completion(
                        "",
                        Optional.empty(),
                        List.of(new ToolCall("c1", "patch", "just text")),
                        FinishReason.TOOL_CALLS,
                        Optional.empty(),
                        ORIGIN));

        assertThat(output(response).get(0)).containsEntry("input", "just text");
    }

    @Test
    void callsWhosePiecesAlternate_comeOneAfterTheOther() {
        List<Map<String, Object>> events = stream(
                writer(",'stream':true" + TOOLS),
                FinishReason.TOOL_CALLS,
                call(0, "c1", "look_up", "{\"a\""),
                call(1, "c2", "look_up", "{\"b\""),
                more(0, ":1}"),
                more(1, ":2}"));

        List<String> types = types(events);
        assertThat(types.indexOf("output_item.done")).isLessThan(types.lastIndexOf("output_item.added"));
        assertThat(joined(events, "function_call_arguments.delta", 0)).isEqualTo("{\"a\":1}");
        assertThat(joined(events, "function_call_arguments.delta", 1)).isEqualTo("{\"b\":2}");
        assertThat(output(last(events))).extracting(item -> item.get("call_id")).containsExactly("c1", "c2");
    }

    @Test
    void textAfterAnUnfinishedCall_comesAfterIt() {
        List<Map<String, Object>> events = stream(
                writer(",'stream':true" + TOOLS),
                FinishReason.TOOL_CALLS,
                call(0, "c1", "look_up", "{"),
                new Delta.Text("One "),
                more(0, "}"),
                new Delta.Text("moment"));

        assertThat(joined(events, "function_call_arguments.delta", 0)).isEqualTo("{}");
        assertThat(joined(events, "output_text.delta", 1)).isEqualTo("One moment");
        assertThat(output(last(events)))
                .extracting(item -> item.get("type"))
                .containsExactly("function_call", "message");
    }

    @Test
    void callWithoutIdOrArguments_getsThem() {
        List<Map<String, Object>> events =
                stream(writer(",'stream':true" + TOOLS), FinishReason.TOOL_CALLS, call(0, "", "look_up", ""));

        Map<String, Object> call = output(last(events)).get(0);
        assertThat(call).containsEntry("call_id", "call_a1_0").containsEntry("arguments", "{}");
        assertThat(joined(events, "function_call_arguments.delta", 0)).isEqualTo("{}");
    }

    @Test
    void callWithTheIdOfAnother_getsOneOfItsOwn_sinceItsResultCouldNotBeSent() {
        List<Map<String, Object>> events = stream(
                writer(",'stream':true" + TOOLS),
                FinishReason.TOOL_CALLS,
                call(0, "c1", "look_up", "{}"),
                call(1, "c1", "look_up", "{}"));

        assertThat(output(last(events))).extracting(item -> item.get("call_id")).containsExactly("c1", "call_a1_1");
    }

    @Test
    void lineBreakAfterACallThatWasToldWhole_isNoFurtherCall() {
        List<Map<String, Object>> events = stream(
                writer(",'stream':true" + TOOLS),
                FinishReason.TOOL_CALLS,
                call(0, "c1", "look_up", "{}"),
                call(1, "c2", "look_up", "{"),
                more(0, "\n"),
                more(1, "}"));

        assertThat(output(last(events))).extracting(item -> item.get("call_id")).containsExactly("c1", "c2");
        assertThat(joined(events, "function_call_arguments.delta", 1)).isEqualTo("{}");
    }

    @Test
    void answerWithoutAnything_isAnEmptyText() {
        List<Map<String, Object>> events = stream(writer(",'stream':true"), FinishReason.STOP);

        assertThat(types(events)).startsWith("created", "in_progress", "output_item.added", "content_part.added");
        assertThat(types(events)).endsWith("output_item.done", "completed");
        assertThat(output(last(events))).hasSize(1);
    }

    @Test
    void usageThatNobodyCounted_isZero_sinceClientsNeedIt() {
        AnswerWriter writer = writer("");
        Map<String, Object> response = writer.whole(
                new Completion("Hi", Optional.empty(), List.of(), FinishReason.STOP, Optional.empty(), ORIGIN));

        assertThat(object(response.get("usage"))).containsEntry("total_tokens", 0L);
    }

    @Test
    void cutAnswer_isIncomplete_andSoIsItsLastItem() {
        List<Map<String, Object>> events = stream(
                writer(",'stream':true"), FinishReason.LENGTH, new Delta.Reasoning("Hm."), new Delta.Text("Hel"));

        assertThat(types(events)).endsWith("output_item.done", "incomplete");
        assertThat(last(events))
                .containsEntry("status", "incomplete")
                .containsEntry("incomplete_details", Map.of("reason", "max_output_tokens"));
        assertThat(output(last(events)).get(1)).containsEntry("status", "incomplete");
        assertThat(object(last(events).get("usage"))).containsEntry("output_tokens", 9);
    }

    @Test
    void withheldAnswer_isIncompleteForThatReason() {
        Map<String, Object> response = last(stream(writer(",'stream':true"), FinishReason.CONTENT_FILTER));

        assertThat(response).containsEntry("incomplete_details", Map.of("reason", "content_filter"));
    }

    @Test
    void brokenStream_endsWithAnErrorAndThenAFailedResponse() {
        AnswerWriter writer = writer(",'stream':true");
        List<ServerSentEvent> events = new ArrayList<>(writer.events(new Delta.Text("Hel")));
        events.addAll(writer.broken(ApiError.of(502, ApiError.SERVER, "stream_interrupted", "it broke")));

        List<Map<String, Object>> read = read(events);
        assertThat(types(read)).endsWith("output_text.delta", "error", "failed");
        Map<String, Object> error = read.get(read.size() - 2);
        assertThat(error).containsEntry("code", "stream_interrupted").containsEntry("message", "it broke");
        assertThat(object(error.get("error")))
                .containsEntry("type", "server_error")
                .containsEntry("code", "stream_interrupted")
                .containsEntry("message", "it broke");
        assertThat(last(read))
                .containsEntry("status", "failed")
                .containsEntry("error", Map.of("code", "stream_interrupted", "message", "it broke"));
        assertThat(output(last(read)).get(0)).containsEntry("status", "incomplete");
    }

    @Test
    void streamThatBreaksBeforeItBegan_isAResponseNevertheless_andSaysWhenToTryAgain() {
        List<Map<String, Object>> events = read(writer(",'stream':true")
                .broken(new ApiError(
                        429,
                        ApiError.LIMITED,
                        "rate_limit_exceeded",
                        Optional.empty(),
                        "no room",
                        Optional.of(Duration.ofSeconds(7)))));

        assertThat(types(events)).containsExactly("created", "in_progress", "error", "failed");
        assertThat(events.get(2)).containsEntry("message", "no room. Try again in 7s");
        assertThat(object(last(events).get("error"))).containsEntry("code", "rate_limit_exceeded");
    }
}
