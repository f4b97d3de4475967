package dev.whippletree.gateway.responses;

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
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.ToolCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers in the Responses protocol, whole and as events. */
final class ResponsesWriterTest {

    private static final String STREAM = ",'stream':true";
    private static final String TOOLS = STREAM
            + ",'tools':[{'type':'function','name':'look_up'},{'type':'custom','name':'patch'},"
            + "{'type':'namespace','name':'clock','tools':[{'type':'function','name':'sleep'}]}]";

    private static AnswerWriter writer(String fields) {
        return ResponsesRequestTest.read("'model':'m','input':'Hi'" + fields).writer(Answers.info());
    }

    private static List<Map<String, Object>> read(List<ServerSentEvent> events) {
        List<Map<String, Object>> read = new ArrayList<>();
        for (ServerSentEvent event : events) {
            Map<String, Object> json = Answers.json(event);
            assertThat(json).containsEntry("type", event.name()).containsEntry("sequence_number", read.size());
            read.add(json);
        }
        return read;
    }

    private static List<Map<String, Object>> stream(FinishReason reason, Delta... pieces) {
        return read(Answers.stream(writer(TOOLS), reason, pieces));
    }

    private static String type(Map<String, Object> event) {
        return String.valueOf(event.get("type")).replace("response.", "");
    }

    private static String types(List<Map<String, Object>> events) {
        return events.stream().map(ResponsesWriterTest::type).collect(Collectors.joining(" "));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Map<String, Object> of, String field) {
        return (Map<String, Object>) of.get(field);
    }

    private static Map<String, Object> last(List<Map<String, Object>> events) {
        return object(events.get(events.size() - 1), "response");
    }

    /** Puts the items together as clients do, one after the other, and compares them with the response's. */
    private static void assertItems(List<Map<String, Object>> events, String... expected) {
        List<Map<String, Object>> items = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        Object id = null;
        for (Map<String, Object> event : events.subList(2, events.size() - 1)) {
            assertThat(event).containsEntry("output_index", items.size());
            String type = type(event);
            if (type.equals("output_item.added")) {
                id = object(event, "item").get("id");
                text.setLength(0);
            } else if (type.equals("output_item.done")) {
                items.add(object(event, "item"));
            } else {
                assertThat(event).containsEntry("item_id", id);
                if (type.endsWith(".delta")) {
                    text.append(event.get("delta"));
                } else if (type.endsWith(".done") && !type.contains("part")) {
                    assertThat(event).containsValue(text.toString());
                }
            }
        }
        assertThat(items)
                .isEqualTo(Stream.of(expected).map(RunningGateway::quoted).toList())
                .isEqualTo(last(events).get("output"));
    }

    private static String item(String id, String type, String more) {
        return "{'id':'" + id + "','type':'" + type + "'," + more + "}";
    }

    private static String text(String id, String status, String text) {
        return item(
                id,
                "message",
                "'status':'" + status + "','role':'assistant','content':[{'type':'output_text','text':'" + text
                        + "','annotations':[],'logprobs':[]}]");
    }

    private static String reasoning(String id) {
        return item(id, "reasoning", "'summary':[{'type':'summary_text','text':'Hm.'}]");
    }

    private static String call(String id, String callId, String name, String arguments) {
        return item(
                id,
                "function_call",
                "'status':'completed','call_id':'" + callId + "','name':" + name + ",'arguments':'"
                        + arguments.replace("\"", "\\\"") + "'");
    }

    private static String custom(String id, String callId, String input) {
        return item(
                id,
                "custom_tool_call",
                "'status':'completed','call_id':'" + callId + "','name':'patch','input':'" + input + "'");
    }

    @Test
    void wholeAnswer_hasEveryFieldOfAResponse_withWhatTheRequestSaid() {
        Map<String, Object> response = writer(",'max_output_tokens':9,'instructions':'Be','metadata':{'a':'b'},"
                        + "'tools':[{'type':'function','name':'f'}],'temperature':0,'reasoning':{'effort':'low'}")
                .whole(completion("Hello", "Hm.", FinishReason.TOOL_CALLS, new ToolCall("c1", "f", "{}")));

        assertThat(Answers.read(response))
                .isEqualTo(quoted("{'id':'resp_a1','object':'response','created_at':1700,"
                        + "'status':'completed','completed_at':1705,'error':null,'incomplete_details':null,'model':'served',"
                        + "'background':false,'instructions':'Be','max_output_tokens':9,'max_tool_calls':null,"
                        + "'parallel_tool_calls':true,'previous_response_id':null,'prompt_cache_key':null,"
                        + "'reasoning':{'effort':'low','summary':null},'safety_identifier':null,'service_tier':'default',"
                        + "'store':false,'temperature':0,'text':{'format':{'type':'text'}},'tool_choice':'auto',"
                        + "'tools':[{'type':'function','name':'f','description':null,'parameters':null,'strict':null}],"
                        + "'top_logprobs':0,'top_p':1,'presence_penalty':0,'frequency_penalty':0,"
                        + "'truncation':'disabled','user':null,'metadata':{'a':'b'},"
                        + "'usage':{'input_tokens':20,'input_tokens_details':{'cached_tokens':16},'output_tokens':9,"
                        + "'output_tokens_details':{'reasoning_tokens':4},'total_tokens':29},"
                        + "'output':[" + reasoning("rs_a1_0") + "," + text("msg_a1_1", "completed", "Hello") + ","
                        + call("fc_a1_2", "c1", "'f'", "{}")
                        + "],'whippletree':{'account':'one','attempts':1,'waited-ms':3,'cache':'miss'}}"));
    }

    @Test
    void text_comesInAllEventsThatClientsNeed_andReasoningInAnItemBefore() {
        List<Map<String, Object>> events = read(Answers.stream(
                writer(STREAM + ",'include':['reasoning.encrypted_content']"),
                FinishReason.STOP,
                new Delta.Reasoning("H"),
                new Delta.Reasoning("m."),
                new Delta.Text("Hel"),
                new Delta.Text("lo")));

        assertThat(types(events))
                .isEqualTo("created in_progress output_item.added reasoning_summary_part.added "
                        + "reasoning_summary_text.delta reasoning_summary_text.delta "
                        + "reasoning_summary_text.done reasoning_summary_part.done output_item.done "
                        + "output_item.added content_part.added output_text.delta output_text.delta "
                        + "output_text.done content_part.done output_item.done completed");
        for (int begin = 0; begin < 2; begin++) {
            assertThat(object(events.get(begin), "response")).containsEntry("status", "in_progress");
        }
        assertThat(object(events.get(9), "item")).containsEntry("content", List.of());
        String place = "'sequence_number':SEQ,'item_id':'msg_a1_1','output_index':1,'content_index':0,";
        assertThat(events.get(11))
                .isEqualTo(quoted("{'type':'response.output_text.delta'," + place.replace("SEQ", "11")
                        + "'delta':'Hel','logprobs':[]}"));
        assertThat(events.get(13))
                .isEqualTo(quoted("{'type':'response.output_text.done'," + place.replace("SEQ", "13")
                        + "'text':'Hello','logprobs':[]}"));
        assertItems(
                events,
                reasoning("rs_a1_0").replace("]}", "],'encrypted_content':'unencrypted'}"),
                text("msg_a1_1", "completed", "Hello"));
    }

    @Test
    void streamedAnswer_endsWithTheSameResponseAsAWholeOne() {
        List<Map<String, Object>> events = stream(
                FinishReason.TOOL_CALLS,
                new Delta.Reasoning("Hm."),
                new Delta.Text("I look."),
                part(0, "c1", "clock__sleep", ""),
                part(0, "", "", "{}"),
                part(1, "c2", "patch", "{\"input\":"),
                part(1, "", "", "\"a\"}"));
        Map<String, Object> whole = writer(TOOLS)
                .whole(completion(
                        "I look.",
                        "Hm.",
                        FinishReason.TOOL_CALLS,
                        new ToolCall("c1", "clock__sleep", "{}"),
                        new ToolCall("c2", "patch", "{\"input\":\"a\"}")));

        assertThat(last(events)).isEqualTo(Answers.read(whole));
        assertItems(
                events,
                reasoning("rs_a1_0"),
                text("msg_a1_1", "completed", "I look."),
                call("fc_a1_2", "c1", "'sleep','namespace':'clock'", "{}"),
                custom("ctc_a1_3", "c2", "a"));
    }

    @Test
    void refusalAnnotationsAndLogprobs_standInTheirParts_wholeAndInPieces() {
        AnswerExtras extras = new AnswerExtras(
                quoted("{'service_tier':'flex'}"),
                quoted("{'logprobs':{'content':[{'token':'Hi','logprob':-1}]}}"),
                quoted("{'annotations':[{'type':'url_citation','url_citation':{'url':'u','start_index':0}},"
                        + "{'type':'flat','url':'v'}]}"));
        List<Map<String, Object>> events = stream(
                FinishReason.STOP,
                new Delta.Text("Hi"),
                new Delta.ExtrasPart(extras),
                new Delta.Refusal("I "),
                new Delta.Refusal("won't"));

        assertThat(types(events))
                .contains("output_text.delta output_text.annotation.added output_text.annotation.added output_text.done"
                        + " content_part.done output_item.done output_item.added content_part.added refusal.delta"
                        + " refusal.delta refusal.done content_part.done output_item.done completed");
        assertThat(events.stream().filter(event -> type(event).contains("annotation")))
                .extracting(event -> event.get("annotation_index"))
                .containsExactly(0, 1);
        assertItems(
                events,
                text("msg_a1_0", "completed", "Hi")
                        .replace(
                                "'annotations':[],'logprobs':[]",
                                "'annotations':[{'type':'url_citation','url':'u','start_index':0},"
                                        + "{'type':'flat','url':'v'}],'logprobs':[{'token':'Hi','logprob':-1}]"),
                item(
                        "msg_a1_1",
                        "message",
                        "'status':'completed','role':'assistant','content':[{'type':'refusal','refusal':\"I won\\u0027t\"}]"));
        assertThat(last(events)).containsEntry("service_tier", "flex");
        assertThat(Answers.read(writer(TOOLS).whole(completion("Hi", "", "I won't", FinishReason.STOP, extras))))
                .isEqualTo(last(events));
    }

    @Test
    void annotationsAfterTheirText_standInTheResponseAlone() {
        List<Map<String, Object>> events = stream(
                FinishReason.STOP,
                new Delta.Text("Hi"),
                new Delta.Refusal("No"),
                new Delta.ExtrasPart(
                        new AnswerExtras(Map.of(), Map.of(), Map.of("annotations", List.of(Map.of("url", "late"))))));
        assertThat(types(events)).doesNotContain("annotation");
        assertThat(last(events).get("output")).asString().contains("url=late");
    }

    @Test
    void whatTheRequestSaid_isRepeated() {
        String said = "'top_p':0.5,'presence_penalty':1,'frequency_penalty':2,'service_tier':'flex','top_logprobs':3,"
                + "'parallel_tool_calls':false,'tool_choice':'required','max_tool_calls':4,'user':'u',"
                + "'text':{'verbosity':'low','format':{'type':'json_object'}},'reasoning':{'effort':null,'summary':'auto'},"
                + "'tools':[{'type':'function','name':'f','description':'d','parameters':{},'strict':true}],";
        Map<String, Object> response =
                writer("," + said + "'stream':false").whole(completion("Hi", "", FinishReason.STOP));
        assertThat(Answers.read(response)).containsAllEntriesOf(quoted("{" + said + "'truncation':'disabled'}"));
    }

    @Test
    void functionCall_comesPieceByPiece_andThenWhole_butACustomToolsInputOnceItIsWhole() {
        List<Map<String, Object>> events = stream(
                FinishReason.TOOL_CALLS,
                part(0, "c1", "look_up", ""),
                part(0, "", "", "{\"a\":"),
                part(0, "", "", "1}"),
                part(1, "c2", "patch", "{\"input\":\"a\\n"),
                part(1, "", "", "b\"}"));

        assertThat(types(events))
                .isEqualTo("created in_progress output_item.added function_call_arguments.delta "
                        + "function_call_arguments.delta function_call_arguments.done output_item.done "
                        + "output_item.added custom_tool_call_input.delta custom_tool_call_input.done "
                        + "output_item.done completed");
        assertThat(object(events.get(2), "item")).containsEntry("arguments", "").containsEntry("status", "in_progress");
        assertThat(events.get(5)).containsEntry("name", "look_up");
        assertItems(events, call("fc_a1_0", "c1", "'look_up'", "{\"a\":1}"), custom("ctc_a1_1", "c2", "a\\nb"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "just text | just text",
                "{\"input\":{\"a\":1}} | {\\\"a\\\":1}",
                "{\"other\":1} | {\\\"other\\\":1}"
            })
    void customToolsInput_thatIsntATextInAnArgument_isPassedAsItIs(String arguments, String input) {
        assertItems(
                stream(FinishReason.TOOL_CALLS, part(0, "c1", "patch", arguments)), custom("ctc_a1_0", "c1", input));
    }

    /** Text and calls between the pieces of others wait for these; what follows whole arguments is none of theirs. */
    @Test
    void itemsWhosePiecesAlternate_comeOneAfterTheOther() {
        assertItems(
                stream(
                        FinishReason.TOOL_CALLS,
                        part(0, "c1", "look_up", "{\"a\""),
                        part(1, "c2", "look_up", "{\"b\""),
                        part(0, "", "", ":1}"),
                        new Delta.Text("One "),
                        part(1, "", "", ":2}"),
                        new Delta.Text("moment")),
                call("fc_a1_0", "c1", "'look_up'", "{\"a\":1}"),
                call("fc_a1_1", "c2", "'look_up'", "{\"b\":2}"),
                text("msg_a1_2", "completed", "One moment"));
        assertItems(
                stream(
                        FinishReason.TOOL_CALLS,
                        part(0, "c1", "look_up", "{}"),
                        part(1, "c2", "look_up", "{"),
                        part(0, "", "", "\n"),
                        part(1, "", "", "}")),
                call("fc_a1_0", "c1", "'look_up'", "{}"),
                call("fc_a1_1", "c2", "'look_up'", "{}"));
    }

    /** A result couldn't be sent for a call with the id of another. */
    @Test
    void callWithoutIdOrArguments_orWithTheIdOfAnother_getsItsOwn() {
        assertItems(
                stream(
                        FinishReason.TOOL_CALLS,
                        part(0, "", "look_up", ""),
                        part(1, "c1", "look_up", "{}"),
                        part(2, "c1", "look_up", "{}")),
                call("fc_a1_0", "call_a1_0", "'look_up'", "{}"),
                call("fc_a1_1", "c1", "'look_up'", "{}"),
                call("fc_a1_2", "call_a1_2", "'look_up'", "{}"));
    }

    @Test
    void answerWithoutAnything_isAnEmptyText() {
        assertItems(stream(FinishReason.STOP), text("msg_a1_0", "completed", ""));
    }

    @Test
    void usageThatNobodyCounted_isZero_sinceClientsNeedIt() {
        Completion counted = completion("Hi", "", FinishReason.STOP);
        assertThat(writer("")
                        .whole(new Completion(
                                "Hi",
                                Optional.empty(),
                                List.of(),
                                FinishReason.STOP,
                                Optional.empty(),
                                counted.origin()))
                        .get("usage"))
                .asString()
                .contains("total_tokens=0");
    }

    @ParameterizedTest
    @CsvSource({"LENGTH, max_output_tokens", "CONTENT_FILTER, content_filter"})
    void cutAnswer_isIncompleteForItsReason_andSoIsItsLastItem(FinishReason reason, String told) {
        List<Map<String, Object>> events = stream(reason, new Delta.Reasoning("Hm."), new Delta.Text("Hel"));

        assertThat(types(events)).endsWith("output_item.done incomplete");
        assertThat(last(events))
                .containsEntry("status", "incomplete")
                .containsEntry("completed_at", null)
                .containsEntry("incomplete_details", Map.of("reason", told));
        assertItems(events, reasoning("rs_a1_0"), text("msg_a1_1", "incomplete", "Hel"));
    }

    @Test
    void brokenStream_endsWithAnErrorAndThenAFailedResponse() {
        AnswerWriter writer = writer(STREAM);
        List<ServerSentEvent> events = new ArrayList<>(writer.events(new Delta.Text("Hel")));
        events.addAll(writer.broken(ApiError.of(502, ApiError.SERVER, "stream_interrupted", "it broke")));

        List<Map<String, Object>> read = read(events);
        assertThat(types(read)).endsWith("output_text.delta error failed");
        String error = "'code':'stream_interrupted','message':'it broke'";
        assertThat(read.get(read.size() - 2))
                .isEqualTo(quoted("{'type':'error','sequence_number':" + (read.size() - 2) + "," + error
                        + ",'param':null,'error':{'type':'server_error','param':null," + error + "}}"));
        assertThat(last(read))
                .containsEntry("status", "failed")
                .containsEntry("error", quoted("{" + error + "}"))
                .containsEntry("output", List.of(quoted(text("msg_a1_0", "incomplete", "Hel"))));
    }

    @ParameterizedTest
    @CsvSource({"PT7.9S, 7", "PT0.2S, 1"})
    void streamThatBreaksBeforeItBegan_isAResponseNevertheless_andSaysWhenToTryAgain(Duration wait, int seconds) {
        List<Map<String, Object>> events = read(writer(STREAM)
                .broken(ApiError.of(429, ApiError.LIMITED, "too_many", "no room")
                        .retryIn(wait)));

        assertThat(types(events)).isEqualTo("created in_progress error failed");
        assertThat(events.get(2)).containsEntry("message", "no room. Try again in " + seconds + "s");
        assertThat(object(last(events), "error")).containsEntry("code", "too_many");
    }
}
