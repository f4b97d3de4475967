package dev.whippletree.gateway.chat;

import static dev.whippletree.gateway.RunningGateway.quoted;
import static dev.whippletree.gateway.protocol.Answers.completion;
import static dev.whippletree.gateway.protocol.Answers.part;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.chat.Fields;
import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.protocol.AnswerWriter;
import dev.whippletree.gateway.protocol.Answers;
import dev.whippletree.gateway.protocol.ServerSentEvent;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Answers as chat completions, whole and as chunks. */
final class ChatAnswerWriterTest {

    private static final String OWN = "'whippletree':{'account':'one','attempts':1,'waited-ms':3,'cache':'miss'}";
    private static final String USAGE = "'usage':{'prompt_tokens':20,'completion_tokens':9,'total_tokens':29,"
            + "'prompt_tokens_details':{'cached_tokens':16},'completion_tokens_details':{'reasoning_tokens':4}}";
    private static final AnswerExtras EXTRAS = new AnswerExtras(
            Map.of(
                    "service_tier",
                    "flex",
                    "citations",
                    List.of("c"),
                    "whippletree",
                    Map.of("account", "another's"),
                    "choices",
                    List.of(Map.of(
                            "index",
                            1,
                            "message",
                            Map.of(
                                    "reasoning_content",
                                    "Hm.",
                                    "content",
                                    "Other",
                                    "tool_calls",
                                    List.of(Map.of("id", "c9"))),
                            "finish_reason",
                            "stop"))),
            Map.of("logprobs", List.of("p"), "stop_reason", "END"),
            Map.of("annotations", List.of("there"), "role", "another"));

    private static AnswerWriter writer(String more) {
        return ChatRequest.read(new Fields("", quoted("{'messages':[{'role':'user','content':'Hi'}]" + more + "}")))
                .writer(Answers.info());
    }

    private static Map<String, Object> whole(String message, String more) {
        return quoted("{'id':'chatcmpl-a1','object':'chat.completion','created':1700,'model':'served','choices':["
                + "{'index':0,'message':{'role':'assistant'," + message + "}" + more + "," + USAGE + "," + OWN + "}");
    }

    /** Streams pieces, asserts that [DONE] ends them, and returns the chunks. */
    private static List<Map<String, Object>> stream(AnswerWriter writer, FinishReason reason, Delta... pieces) {
        List<ServerSentEvent> events = Answers.stream(writer, reason, pieces);
        assertThat(events).extracting(ServerSentEvent::name).containsOnly("");
        assertThat(new String(events.get(events.size() - 1).data(), UTF_8)).isEqualTo("[DONE]");
        return events.subList(0, events.size() - 1).stream().map(Answers::json).toList();
    }

    private static Map<String, Object> chunk(String delta, String finish, String... more) {
        return quoted("{'id':'chatcmpl-a1','object':'chat.completion.chunk','created':1700,'model':'served','choices':["
                + "{'index':0,'delta':{" + delta + "},'logprobs':null,'finish_reason':" + finish + "}]"
                + String.join("", more) + "}");
    }

    private static Map<String, Object> last(String delta, String finish) {
        return chunk(delta, finish, "," + OWN);
    }

    @Test
    void textReasoningAndRefusal_areTold_wholeAndInChunks() {
        assertThat(Answers.read(writer("").whole(completion("Hi", "Hm.", FinishReason.LENGTH))))
                .isEqualTo(whole(
                        "'content':'Hi','reasoning':'Hm.','reasoning_content':'Hm.','refusal':null",
                        ",'logprobs':null,'finish_reason':'length'}]"));
        assertThat(Answers.read(writer("").whole(completion("", "", "No.", FinishReason.STOP, AnswerExtras.NONE))))
                .isEqualTo(whole("'content':null,'refusal':'No.'", ",'logprobs':null,'finish_reason':'stop'}]"));
        assertThat(Answers.read(writer("").whole(completion("", "", FinishReason.STOP))))
                .isEqualTo(whole("'content':'','refusal':null", ",'logprobs':null,'finish_reason':'stop'}]"));

        assertThat(stream(
                        writer(""),
                        FinishReason.LENGTH,
                        new Delta.Reasoning("Hm."),
                        new Delta.Text("H"),
                        new Delta.Text("i"),
                        new Delta.Refusal("No.")))
                .containsExactly(
                        chunk("'role':'assistant','reasoning':'Hm.','reasoning_content':'Hm.'", "null"),
                        chunk("'content':'H'", "null"),
                        chunk("'content':'i'", "null"),
                        chunk("'refusal':'No.'", "null"),
                        last("", "'length'"));
        assertThat(stream(writer(""), FinishReason.STOP))
                .containsExactly(last("'role':'assistant','content':''", "'stop'"));
    }

    @Test
    void usage_isInAChunkOfItsOwn_ifTheClientAsks() {
        Map<String, Object> usage = chunk("", "null");
        usage.putAll(quoted("{'choices':[]," + USAGE + "}"));
        assertThat(stream(writer(",'stream_options':{'include_usage':true}"), FinishReason.STOP))
                .containsExactly(last("'role':'assistant','content':''", "'stop'"), usage);
        assertThat(stream(
                        writer(",'stream_options':{'include_usage':true}"),
                        FinishReason.STOP,
                        new Delta.ExtrasPart(new AnswerExtras(Map.of("service_tier", "flex"), Map.of(), Map.of()))))
                .last()
                .asString()
                .contains("service_tier=flex", "usage={");
        assertThat(stream(writer(",'stream_options':{'include_usage':false}"), FinishReason.STOP))
                .hasSize(1);
    }

    /** A call without an id gets one, and none that comes too late; a service's own fields of a call are passed on. */
    @Test
    void toolCalls_areTold_wholeAndInChunks() {
        ToolCall weather = new ToolCall("c1", "weather", "{\"a\":1}");
        ToolCall patch = new ToolCall("", "patch", "all", ToolCall.Type.CUSTOM, Map.of("more", 1));
        assertThat(Answers.read(writer("").whole(completion("", "", FinishReason.TOOL_CALLS, weather, patch))))
                .isEqualTo(whole(
                        "'content':null,'refusal':null,'tool_calls':[{'id':'c1','type':'function','function':{'name':"
                                + "'weather','arguments':'{\\\"a\\\":1}'}},{'id':'call_a1_1','type':'custom','custom':"
                                + "{'name':'patch','input':'all'},'more':1}]",
                        ",'logprobs':null,'finish_reason':'tool_calls'}]"));

        assertThat(stream(
                        writer(""),
                        FinishReason.TOOL_CALLS,
                        part(0, "c1", "weather", ""),
                        part(0, "", "", "{}"),
                        new Delta.ToolCallPart(
                                1,
                                Optional.empty(),
                                Optional.of("patch"),
                                "all",
                                ToolCall.Type.CUSTOM,
                                Map.of("more", 1)),
                        part(1, "late", "", "")))
                .containsExactly(
                        chunk(
                                "'role':'assistant','tool_calls':[{'index':0,'id':'c1','type':'function',"
                                        + "'function':{'name':'weather','arguments':''}}]",
                                "null"),
                        chunk("'tool_calls':[{'index':0,'function':{'arguments':'{}'}}]", "null"),
                        chunk(
                                "'tool_calls':[{'index':1,'id':'call_a1_1','type':'custom',"
                                        + "'custom':{'name':'patch','input':'all'},'more':1}]",
                                "null"),
                        chunk("'tool_calls':[{'index':1,'function':{'arguments':''}}]", "null"),
                        last("", "'tool_calls'"));
    }

    @Test
    void requestWithFunctions_isAnsweredWithACallOfOne_unlessItHasToolsOrThereAreTwo() {
        String functions = ",'functions':[{'name':'f'}]";
        ToolCall call = new ToolCall("c1", "f", "{}");
        assertThat(Answers.read(writer(functions).whole(completion("", "", FinishReason.TOOL_CALLS, call))))
                .isEqualTo(whole(
                        "'content':null,'refusal':null,'function_call':{'name':'f','arguments':'{}'}",
                        ",'logprobs':null,'finish_reason':'function_call'}]"));
        assertThat(stream(writer(functions), FinishReason.TOOL_CALLS, part(0, "c1", "f", "{}")))
                .containsExactly(
                        chunk("'role':'assistant','function_call':{'name':'f','arguments':'{}'}", "null"),
                        last("", "'function_call'"));
        assertThat(stream(writer(functions), FinishReason.STOP))
                .last()
                .asString()
                .contains("finish_reason=stop");
        assertThat(writer(functions)
                        .whole(completion("", "", FinishReason.TOOL_CALLS, call, call))
                        .toString())
                .contains("tool_calls=[", "finish_reason=tool_calls");
        assertThat(writer(functions + ",'tools':[{'type':'function','function':{'name':'f'}}]")
                        .whole(completion("", "", FinishReason.TOOL_CALLS, call))
                        .toString())
                .contains("tool_calls=[", "finish_reason=tool_calls");
    }

    /** Another gateway's own field is not ours; a further choice's message is a delta in a stream. */
    @Test
    void furtherFieldsAndChoices_arePassedOn_wholeAndInChunks() {
        assertThat(Answers.read(writer("").whole(completion("Hi", "", "", FinishReason.STOP, EXTRAS))))
                .isEqualTo(
                        whole(
                                "'content':'Hi','refusal':null,'annotations':['there']",
                                ",'logprobs':['p'],'finish_reason':'stop','stop_reason':'END'},{'index':1,'message':{'content':'Other','tool_calls':"
                                        + "[{'id':'c9'}],'reasoning':'Hm.','reasoning_content':'Hm.','refusal':null},'finish_reason':'stop','logprobs':null}],'service_tier':'flex','citations':['c']"));

        Map<String, Object> extras = chunk(
                "'role':'assistant','content':'','annotations':['there']",
                "null,'logprobs':['p'],'stop_reason':'END'",
                ",'service_tier':'flex','citations':['c']");
        Map<String, Object> further = chunk("", "null", ",'service_tier':'flex'");
        further.put(
                "choices",
                quoted("{'c':[{'index':1,'delta':{'content':'Other','tool_calls':[{'index':0,'id':'c9'}],"
                                + "'reasoning':'Hm.','reasoning_content':'Hm.','refusal':null},"
                                + "'finish_reason':'stop','logprobs':null}]}")
                        .get("c"));
        assertThat(stream(
                        writer(""),
                        FinishReason.STOP,
                        new Delta.ExtrasPart(EXTRAS),
                        new Delta.ExtrasPart(new AnswerExtras(Map.of("usage", Map.of()), Map.of(), Map.of())),
                        new Delta.Text("Hi")))
                .containsExactly(
                        extras,
                        further,
                        chunk("'content':'Hi'", "null", ",'service_tier':'flex'"),
                        chunk("", "'stop'", "," + OWN + ",'service_tier':'flex'"));
    }

    @Test
    void brokenStream_endsWithANamedError() {
        ApiError error =
                ApiError.of(502, ApiError.SERVER, "upstream_failed", "down").about("model");
        assertThat(writer("").broken(error)).singleElement().satisfies(event -> {
            assertThat(event.name()).isEqualTo("error");
            assertThat(Answers.json(event))
                    .isEqualTo(quoted("{'error':{'message':'down','type':'server_error','param':'model',"
                            + "'code':'upstream_failed'}}"));
        });
    }
}
