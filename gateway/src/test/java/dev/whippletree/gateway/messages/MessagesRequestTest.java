package dev.whippletree.gateway.messages;

import static dev.whippletree.gateway.RunningGateway.quoted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.chat.Fields;
import dev.whippletree.chat.WrongFieldException;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.model.Message;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.util.AbstractList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request of Messages asks, as a chat completion. */
final class MessagesRequestTest {

    private static final String LOOK_UP = "{'name':'look_up','description':'Finds a word','input_schema':"
            + "{'type':'object','properties':{'word':{'type':'string'}}}}";
    private static final String CALL =
            "{'role':'assistant','content':[{'type':'tool_use','id':'t1','name':'look_up','input':{'word':'oak'}}]}";
    private static final String RESULT =
            "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t1','content':'a tree'}]}";
    private static final ToolCall CALLED = new ToolCall("t1", "look_up", "{\"word\":\"oak\"}");
    private static final String PICTURE =
            "{'type':'image','source':{'type':'base64','media_type':'image/png','data':'AAAA'}}";
    private static final Map<String, Object> PICTURE_PART =
            Map.of("type", "image_url", "image_url", Map.of("url", "data:image/png;base64,AAAA"));

    static MessagesRequest read(String fields) {
        return MessagesRequest.read(new Fields("", quoted("{" + fields + "}")));
    }

    /** Reads a request that asks "Hi" and has further fields. */
    static MessagesRequest hi(String more) {
        return read("'max_tokens':9,'messages':[{'role':'user','content':'Hi'}]" + more);
    }

    private static Map<String, Object> extras(String more) {
        return hi(more).body().parameters().extras();
    }

    private static List<Message> messages(String... messages) {
        return read("'max_tokens':9,'messages':[" + String.join(",", messages) + "]")
                .body()
                .messages();
    }

    private static Message user(List<Map<String, Object>> parts) {
        return new Message(Role.USER, "", parts, List.of(), Optional.empty());
    }

    private static Message assistant(String text, Map<String, Object> extras, ToolCall... calls) {
        return new Message(Role.ASSISTANT, text, List.of(), List.of(calls), Optional.empty(), extras);
    }

    private static Message result(String id, String text) {
        return new Message(Role.TOOL, text, List.of(), List.of(), Optional.of(id));
    }

    private static Map<String, Object> text(String text) {
        return Map.of("type", "text", "text", text);
    }

    @Test
    void systemPromptAndParameters_areAChatCompletions() {
        ChatBody body =
                hi(",'model':'m','system':[{'type':'text','text':'Be brief','cache_control':{'type':'ephemeral'}},"
                                + "{'type':'text','text':'Be kind'}],'temperature':0.5,'top_p':0.9,'top_k':40,"
                                + "'stop_sequences':['END']")
                        .body();

        assertThat(body.model()).contains("m");
        assertThat(body.messages()).containsExactly(Message.system("Be brief\n\nBe kind"), Message.user("Hi"));
        assertThat(body.parameters().temperature()).isEqualTo(OptionalDouble.of(0.5));
        assertThat(body.parameters().topP()).isEqualTo(OptionalDouble.of(0.9));
        assertThat(body.parameters().maxTokens()).isEqualTo(OptionalInt.of(9));
        assertThat(body.parameters().stop()).containsExactly("END");
        assertThat(body.parameters().extras()).isEqualTo(Map.of("top_k", 40L));
    }

    @Test
    void whatOnlyAnthropicsServersUnderstand_addsNothing() {
        MessagesRequest request = hi(
                ",'metadata':{'user_id':'u'},'context_management':{'edits':[]},'cache_control':{'type':'ephemeral'},"
                        + "'service_tier':'auto','betas':['x'],'thread':null,'container':null,'mcp_servers':[],'tools':[],"
                        + "'inference_geo':'eu','system':'x-anthropic-billing-header: cc_version=1;','something_new':{'a':1}");

        assertThat(request.streaming()).isFalse();
        assertThat(request.thoughts()).isFalse();
        assertThat(request.body().messages()).containsExactly(Message.user("Hi"));
        assertThat(request.body().parameters().extras()).isEmpty();
    }

    @Test
    void textAlone_isOneText_howeverItIsDivided_soThatServicesFindItInTheirCache() {
        assertThat(messages("{'role':'user','content':[{'type':'text','text':'One'},{'type':'text','text':'Two'}]}"))
                .isEqualTo(messages("{'role':'user','content':'One\\n\\nTwo'}"));
    }

    @Test
    void picturesAndDocuments_areParts() {
        assertThat(messages("{'role':'user','content':[{'type':'text','text':'Look'}," + PICTURE
                        + ",{'type':'image','source':{'type':'url','url':'https://example.com/a.png'}},"
                        + "{'type':'document','title':'T','source':{'type':'base64','media_type':'application/pdf',"
                        + "'data':'AAAA'}},{'type':'document','source':{'type':'text','media_type':'text/plain',"
                        + "'data':'words'}},{'type':'document','context':'C','source':{'type':'content','content':'inner'}},"
                        + "{'type':'search_result','source':'S','title':'R','content':[{'type':'text','text':'found'}]},"
                        + "{'type':'tool_reference','tool_name':'f'}]}"))
                .containsExactly(user(List.of(
                        text("Look"),
                        PICTURE_PART,
                        Map.of("type", "image_url", "image_url", Map.of("url", "https://example.com/a.png")),
                        text("T"),
                        Map.of(
                                "type",
                                "file",
                                "file",
                                Map.of("filename", "document.pdf", "file_data", "data:application/pdf;base64,AAAA")),
                        text("words"),
                        text("C"),
                        text("inner"),
                        text("R"),
                        text("S"),
                        text("found"),
                        text("The tool f is available now."))));
    }

    @Test
    void callsAndResults_areMessagesOfTheirOwn_andThoughtsGoBackToTheService() {
        assertThat(messages(
                        "{'role':'user','content':'Look'}",
                        "{'role':'assistant','content':[{'type':'thinking','thinking':'Hm.','signature':''},"
                                + "{'type':'redacted_thinking','data':'x'},{'type':'web_search_tool_result','content':[]},"
                                + "{'type':'fallback'},{'type':'server_tool_use'},{'type':'mcp_tool_use'},{'type':'mcp_tool_listing'},"
                                + "{'type':'thinking'},{'type':'compaction','content':'Before. '},{'type':'text','text':'I '},"
                                + "{'type':'text','text':'look.'},{'type':'tool_use','id':'t1','name':'look_up',"
                                + "'input':{'word':'oak'},'caller':{'type':'direct'}},"
                                + "{'type':'tool_use','id':'t2','name':'look_up','input':{'word':null}}]}",
                        "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t1','content':[{'type':'text',"
                                + "'text':'a tree'}]},{'type':'tool_result','tool_use_id':'t2','is_error':true,"
                                + "'content':'no word'},{'type':'text','text':'Go on'}]}"))
                .containsExactly(
                        Message.user("Look"),
                        assistant(
                                "Before. I look.",
                                Map.of("reasoning_content", "Hm."),
                                CALLED,
                                new ToolCall("t2", "look_up", "{\"word\":null}")),
                        result("t1", "a tree"),
                        result("t2", "Error: no word"),
                        Message.user("Go on"));
    }

    @Test
    void pictureInAResult_followsInTheUsersMessage() {
        assertThat(messages(CALL, RESULT.replace("'a tree'", "[" + PICTURE + ",{'type':'text','text':'a tree'}]")))
                .containsExactly(
                        assistant("", Map.of(), CALLED),
                        result(
                                "t1",
                                "a tree\n\n(What this result consists of besides text follows in the next message.)"),
                        user(List.of(text("Of the result of tool call t1:"), PICTURE_PART)));
    }

    @Test
    void instructionsAmongTheMessages_stayWhereTheyAre_butNotBetweenACallAndItsResult() {
        String system = "{'role':'system','content':[{'type':'text','text':'Note','cache_control':{}}]}";
        assertThat(messages(CALL, RESULT, system))
                .containsExactly(assistant("", Map.of(), CALLED), result("t1", "a tree"), Message.system("Note"));
        assertThat(messages(CALL, system, RESULT))
                .containsExactly(assistant("", Map.of(), CALLED), result("t1", "a tree"), Message.system("Note"));
    }

    @Test
    void effortOfTheLatestMessage_countsMoreThanTheRequests() {
        assertThat(read("'max_tokens':9,'output_config':{'effort':'max'},'messages':[{'role':'user','content':'A'},"
                                + "{'role':'system','content':'Note','output_config':{'effort':'low'}},"
                                + "{'role':'system','content':[],'output_config':{}}]")
                        .body())
                .extracting(ChatBody::messages, body -> body.parameters().extras())
                .containsExactly(List.of(Message.user("A"), Message.system("Note")), Map.of("reasoning_effort", "low"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'enabled','budget_tokens':2000} | low | low | true",
                "{'type':'adaptive','display':'omitted'} | xhigh | high | true",
                "{'type':'adaptive'} | max | high | true",
                "{'type':'disabled'} | high | | false",
                "null | medium | medium | false",
            })
    void effort_isReasoningEffort_andThoughtsComeOnlyIfAskedFor(
            String thinking, String effort, String sent, boolean thoughts) {
        MessagesRequest request = hi(",'thinking':" + thinking + ",'output_config':{'effort':'" + effort + "'}");
        assertThat(request.body().parameters().extras().get("reasoning_effort")).isEqualTo(sent);
        assertThat(request.thoughts()).isEqualTo(thoughts);
    }

    @Test
    void toolsAreFunctions_andThoseOfAnthropicsServersAreDropped() {
        assertThat(extras(",'tools':[" + LOOK_UP.replace("'name'", "'defer_loading':true,'cache_control':{},'name'")
                        + ",{'type':'custom','name':'exact','strict':true,'input_schema':{'default':null}},"
                        + "{'type':'web_search_20250305','name':'web_search'}],"
                        + "'tool_choice':{'type':'any','disable_parallel_tool_use':true}"))
                .isEqualTo(
                        quoted("{'tools':[{'type':'function','function':{'name':'look_up','description':'Finds a word',"
                                + "'parameters':{'type':'object','properties':{'word':{'type':'string'}}}}},{'type':'function',"
                                + "'function':{'name':'exact','parameters':{'default':null},'strict':true}}],"
                                + "'tool_choice':'required','parallel_tool_calls':false}"));
        assertThat(extras(
                        ",'tools':[{'type':'web_search_20250305','name':'web_search'}],'tool_choice':{'type':'auto'}"))
                .isEmpty();
    }

    @Test
    void toolChoice_isThatOfAChatCompletion() {
        Map.of(
                        "{'type':'auto','disable_parallel_tool_use':false}",
                        "auto",
                        "{'type':'none'}",
                        "none",
                        "{'type':'any'}",
                        "required",
                        "{'type':'tool','name':'look_up'}",
                        Map.of("type", "function", "function", Map.of("name", "look_up")))
                .forEach((choice, expected) -> assertThat(extras(",'tools':[" + LOOK_UP + "],'tool_choice':" + choice))
                        .containsEntry("tool_choice", expected)
                        .doesNotContainKey("parallel_tool_calls"));
    }

    @Test
    void toolThatAMessageDefines_isOfferedToo() {
        Map<String, Object> extras = read("'max_tokens':9,'tools':[" + LOOK_UP
                        + "],'messages':[{'role':'user','content':'Hi'},"
                        + "{'role':'system','content':[{'type':'tool_removal','tool':{'type':'tool_reference',"
                        + "'name':'look_up'}},{'type':'tool_addition','tool':{'type':'tool_definition',"
                        + "'definition':{'name':'find','input_schema':{'type':'object'}}}}]}]")
                .body()
                .parameters()
                .extras();
        assertThat((List<?>) extras.get("tools")).hasSize(2).asString().contains("name=look_up", "name=find");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'object','properties':{'a':{'type':'string'}},'required':['a'],'additionalProperties':false} | true",
                "{'type':'object','properties':{'a':{'type':'string'}},'required':[],'additionalProperties':false} | false",
                "{'type':'object','properties':{'a':{'type':'string'}},'required':['a']} | false",
                "{'type':'array','items':{'type':'object','properties':{'a':{}}}} | false",
                "{'anyOf':[{'type':'string'},{'type':'object','properties':{'a':{}}}]} | false",
                "{'default':null,'anyOf':[{'type':'string'},{'const':null}]} | true",
            })
    void schemaOfTheAnswer_isAResponseFormat_strictWhereServicesTakeItSo(String schema, boolean strict) {
        String format = "'format':{'type':'json_schema','schema':" + schema + "}";
        Map<String, Object> expected = Map.of(
                "type",
                "json_schema",
                "json_schema",
                Map.of("name", "output", "strict", strict, "schema", quoted(schema)));
        assertThat(extras(",'output_config':{" + format + "}")).isEqualTo(Map.of("response_format", expected));
        assertThat(extras("," + format.replace("'format'", "'output_format'")))
                .isEqualTo(Map.of("response_format", expected));
    }

    /** To look through them for each property would take the square of their number, on an I/O thread. */
    @Test
    void requiredProperties_areReadAFewTimes_howeverManyThereAre() {
        int count = 100;
        AtomicInteger reads = new AtomicInteger();
        List<String> required = new AbstractList<>() {

            @Override
            public String get(int index) {
                reads.incrementAndGet();
                return "p" + index;
            }

            @Override
            public int size() {
                return count;
            }
        };
        Map<String, Object> properties = new LinkedHashMap<>();
        IntStream.range(0, count).forEach(index -> properties.put("p" + index, Map.of()));
        Map<String, Object> schema =
                Map.of("properties", properties, "additionalProperties", false, "required", required);
        Map<String, Object> request =
                new LinkedHashMap<>(quoted("{'max_tokens':9,'messages':[{'role':'user','content':'Hi'}]}"));
        request.put("output_config", Map.of("format", Map.of("type", "json_schema", "schema", schema)));

        MessagesRequest.read(new Fields("", request));

        assertThat(reads).hasValueLessThan(10 * count);
    }

    @Test
    void conversationKeptByAServer_isRefusedByTheCodesAtWhichClientsSendItWhole() {
        assertThat(refusal(",'thread':{'type':'create'}"))
                .isEqualTo(Map.of("error_code", "thread_unsupported_request", "unsupported", List.of("thread")));
        assertThat(refusal(",'thread':{'type':'continue','previous_message_id':'msg_1'}"))
                .isEqualTo(Map.of("error_code", "thread_not_found"));
    }

    private static Map<String, Object> refusal(String more) {
        return catchThrowableOfType(RequestException.class, () -> hi(more))
                .error()
                .details();
    }

    @Test
    void requestToCount_needsNoMaximum() {
        Map<String, Object> request = quoted("{'messages':[{'role':'user','content':'Hi'}]}");
        assertThat(MessagesRequest.readToCount(new Fields("", request)).body().messages())
                .containsExactly(Message.user("Hi"));
        assertThatThrownBy(() -> MessagesRequest.read(new Fields("", request))).hasMessage("'max_tokens' is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'messages':[] | messages",
                "'messages':'Hi' | messages",
                "'messages':[5] | messages[0]",
                "'messages':[{'content':'Hi'}] | messages[0].role",
                "'messages':[{'role':'robot','content':'Hi'}] | messages[0].role",
                "'messages':[{'role':'user','content':5}] | messages[0].content",
                "'messages':[{'role':'user','content':[{'text':'Hi'}]}] | messages[0].content[0].type",
                "'messages':[{'role':'user','content':[{'type':'text'}]}] | messages[0].content[0].text",
                "'messages':[{'role':'user','content':[{'type':'hologram'}]}] | messages[0].content[0].type",
                "'messages':[{'role':'assistant','content':[{'type':'hologram'}]}] | messages[0].content[0].type",
                "'messages':[{'role':'system','content':[{'type':'hologram'}]}] | messages[0].content[0].type",
                "'messages':[{'role':'user','content':[{'type':'image'}]}] | messages[0].content[0].source",
                "'messages':[{'role':'user','content':[{'type':'document','source':{'type':'url'}}]}]"
                        + " | messages[0].content[0].source.type",
                "'messages':[{'role':'user','content':'Hi'}],'tool_choice':{'type':'perhaps'} | tool_choice.type",
                "'messages':[{'role':'user','content':[{'type':'image','source':{'type':'file','file_id':'f'}}]}]"
                        + " | messages[0].content[0].source.type",
                "'messages':[{'role':'user','content':[{'type':'image','source':{'type':'base64',"
                        + "'media_type':'image/png','data':'AAAAA'}}]}] | messages[0].content[0].source.data",
                "'messages':[{'role':'user','content':[{'type':'tool_result','tool_use_id':'t9'}]}]"
                        + " | messages[0].content[0].tool_use_id",
                "'messages':[{'role':'user','content':'Hi'}],'max_tokens':'9' | max_tokens",
                "'messages':[{'role':'user','content':'Hi'}],'stream':'yes' | stream",
                "'messages':[{'role':'user','content':'Hi'}],'thinking':5 | thinking",
                "'messages':[{'role':'user','content':'Hi'}],'stop_sequences':[1] | stop_sequences",
                "'messages':[{'role':'user','content':'Hi'}],'stop_sequences':['a','b','c','d','e'] | stop_sequences",
                "'messages':[{'role':'user','content':'Hi'}],'max_tokens':0 | max_tokens",
                "'messages':[{'role':'user','content':'Hi'}],'tools':[{'name':'f'}] | tools[0].input_schema",
                "'messages':[{'role':'user','content':'Hi'}],'tool_choice':{'type':'any'} | tool_choice.type",
                "'messages':[{'role':'user','content':'Hi'}],'tool_choice':{'type':'tool','name':'f'} | tool_choice.name",
                "'messages':[{'role':'user','content':'Hi'}],'output_format':{'type':'xml'} | output_format.type",
                "'messages':[{'role':'user','content':'Hi'}],'compaction':{} | compaction",
            })
    void badField_isNamed(String fields, String field) {
        String more = fields.contains("max_tokens") ? fields : "'max_tokens':9," + fields;
        assertThatThrownBy(() -> read(more))
                .asInstanceOf(InstanceOfAssertFactories.type(WrongFieldException.class))
                .extracting(WrongFieldException::field)
                .isEqualTo(field);
    }

    @Test
    void oneIdForTwoCalls_orToolsThatShareAName_orTooMany_areRefused() {
        String second = CALL.replace("]}", ",{'type':'tool_use','id':'t1','name':'look_up','input':{}}]}");
        assertThatThrownBy(() -> messages(second)).hasMessageContaining("'messages[0].content[1].id' is 't1'");
        assertThatThrownBy(() -> hi(",'tools':[" + LOOK_UP + "," + LOOK_UP + "]"))
                .hasMessageContaining("'tools[1].name'");
        String most = IntStream.range(0, 1_000)
                .mapToObj(index -> LOOK_UP.replace("look_up", "f" + index))
                .collect(Collectors.joining(","));
        assertThat(extras(",'tools':[" + most + "]")).containsKey("tools");
        assertThatThrownBy(() -> hi(",'tools':[" + most + "," + LOOK_UP + "]")).hasMessageContaining("1001 tools");
    }
}
