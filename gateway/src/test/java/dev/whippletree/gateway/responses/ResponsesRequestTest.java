package dev.whippletree.gateway.responses;

import static dev.whippletree.gateway.RunningGateway.quoted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.chat.ChatBody;
import dev.whippletree.chat.Fields;
import dev.whippletree.chat.WrongFieldException;
import dev.whippletree.gateway.protocol.PromptRequest;
import dev.whippletree.model.Message;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a Responses request asks, as a chat completion. */
final class ResponsesRequestTest {

    private static final String LOOK_UP = "{'type':'function','name':'look_up','description':'Finds a word',"
            + "'parameters':{'type':'object','properties':{'word':{'type':'string'}}},'strict':true}";
    private static final String CALL =
            "{'type':'function_call','id':'fc_7','call_id':'c1','name':'look_up','arguments':'{}','status':'completed'}";
    private static final String RESULT = "{'type':'function_call_output','call_id':'c1','output':'found'}";

    static PromptRequest read(String fields) {
        return ResponsesRequest.read(new Fields("", quoted("{" + fields + "}")));
    }

    private static List<Message> messages(String... items) {
        return read("'input':[" + String.join(",", items) + "]").body().messages();
    }

    private static Map<String, Object> extras(String fields) {
        return read("'input':'Hi'," + fields).body().parameters().extras();
    }

    /** Compares a request with the chat completion that asks the same. */
    private static void assertAsks(PromptRequest request, String chat) {
        ChatBody expected = ChatBody.read(new Fields("", quoted("{" + chat + "}")));
        assertThat(request.body()).isEqualTo(expected);
    }

    private static void assertMessages(String chat, String... items) {
        assertAsks(read("'input':[" + String.join(",", items) + "]"), "'messages':[" + chat + "]");
    }

    private static String calls(String... ids) {
        return Stream.of(ids)
                .map(id -> "{'id':'" + id + "','type':'function','function':{'name':'look_up','arguments':'{}'}}")
                .collect(Collectors.joining(",", "'tool_calls':[", "]"));
    }

    private static String result(String id, String text) {
        return "{'role':'tool','tool_call_id':'" + id + "','content':'" + text + "'}";
    }

    @Test
    void textAsInput_isAMessageOfTheUser_andInstructionsAreOneOfTheSystem() {
        assertAsks(
                read("'model':'m','input':'Hi','instructions':'Be brief','temperature':0.5,'top_p':0.9,"
                        + "'presence_penalty':1,'frequency_penalty':2,'service_tier':'flex',"
                        + "'max_output_tokens':70,'reasoning':{'effort':'low','summary':'auto'}"),
                "'model':'m','temperature':0.5,'top_p':0.9,'max_tokens':70,'reasoning_effort':'low',"
                        + "'presence_penalty':1,'frequency_penalty':2,'service_tier':'flex',"
                        + "'messages':[{'role':'system','content':'Be brief'},{'role':'user','content':'Hi'}]");
    }

    @Test
    void fieldsThatAreNullEmptyOrUnknown_addNothingToTheRequest() {
        PromptRequest request = read(
                "'input':'Hi','service_tier':'','store':true,'include':[],'prompt_cache_key':'k','metadata':{'a':'b'},"
                        + "'client_metadata':{'x':'y'},'truncation':'disabled','safety_identifier':'s','tools':[],'text':{},"
                        + "'reasoning':{},'user':'u','instructions':null,'max_output_tokens':null,'previous_response_id':null,"
                        + "'background':false,'tool_choice':'auto','parallel_tool_calls':true,'something_new':{'deep':[1]}");

        assertThat(request.streaming()).isFalse();
        assertAsks(request, "'messages':[{'role':'user','content':'Hi'}]");
    }

    @Test
    void instructionsInARow_areOneMessage_andPartsOfTextOneText() {
        assertMessages(
                "{'role':'system','content':'One\\nTwo\\n\\nThree'},{'role':'user','content':'Hi'}",
                "{'type':'message','role':'developer','content':[{'type':'input_text','text':'One'},"
                        + "{'type':'input_text','text':'Two'}]}",
                "{'role':'system','content':'Three'}",
                "{'role':'user','content':[{'type':'input_text','text':'Hi'}]}");
    }

    @Test
    void whatTheModelSaidAndCalledInARow_isOneMessage_withTheReasoningBeforeIt() {
        assertMessages(
                "{'role':'user','content':'Look'},{'role':'assistant','content':'I look.','reasoning_content':'H\\n\\nm.',"
                        + calls("c1", "c2") + "}," + result("c1", "found") + "," + result("c2", "found")
                        + ",{'role':'assistant','content':'Done'}",
                "{'role':'user','content':'Look'}",
                "{'type':'reasoning','id':'rs_1','summary':[{'type':'summary_text','text':'H'}],"
                        + "'content':[{'type':'reasoning_text','text':'m.'}],"
                        + "'encrypted_content':'unencrypted'}",
                "{'type':'message','role':'assistant','id':'msg_1','status':'completed','phase':'commentary',"
                        + "'content':[{'type':'output_text','text':'I look.','annotations':[],'logprobs':[]}]}",
                CALL,
                CALL.replace("c1", "c2"),
                RESULT,
                RESULT.replace("c1", "c2"),
                "{'role':'assistant','content':[{'type':'refusal','refusal':'Done'}]}");
    }

    @Test
    void reasoningThatNobodyCanRead_orThatIsOnlyReferredTo_isDropped() {
        assertMessages(
                "{'role':'assistant','content':''," + calls("c1") + "}",
                "{'type':'reasoning','id':'rs_1','summary':[],'encrypted_content':'x'}",
                "{'type':'item_reference','id':'rs_2'}",
                "{'type':'web_search_call','id':'ws_1','status':'completed'}",
                "{'type':'file_search_call'}",
                "{'type':'code_interpreter_call'}",
                "{'type':'image_generation_call'}",
                "{'type':'mcp_call'}",
                "{'type':'mcp_list_tools'}",
                "{'type':'tool_search_call'}",
                "{'type':'tool_search_output'}",
                CALL);
    }

    @Test
    void imagesInAToolsResult_followIt_afterAllResultsInARow() {
        String image = "{'type':'input_image','image_url':'data:image/png;base64,aGk=','detail':'low'}";
        String shown = "{'type':'image_url','image_url':{'url':'data:image/png;base64,aGk=','detail':'low'}}";
        assertMessages(
                "{'role':'assistant','content':''," + calls("c1", "c2") + "}," + result("c1", "See") + ","
                        + result("c2", "The result follows in the user's next message.".replace("'", "\\u0027"))
                        + ",{'role':'user','content':[" + shown + "," + shown + "]},"
                        + "{'role':'user','content':'What is it?'}",
                CALL,
                CALL.replace("c1", "c2"),
                "{'type':'function_call_output','call_id':'c1','output':[{'type':'input_text','text':'See'}," + image
                        + "]}",
                "{'type':'function_call_output','call_id':'c2','output':[" + image + "]}",
                "{'role':'user','content':'What is it?'}");
    }

    /** Before what the model says or calls next, before instructions, and at the end. */
    @Test
    void imagesAndInstructions_standWhereTheyCame() {
        String seen = "{'type':'function_call_output','call_id':'c1','output':[{'type':'input_text','text':'See'},"
                + "{'type':'input_image','image_url':'u'}]}";
        String before = "{'role':'assistant','content':''," + calls("c1") + "}," + result("c1", "See")
                + ",{'role':'user','content':[{'type':'image_url','image_url':{'url':'u'}}]}";
        String called = "{'role':'assistant','content':''," + calls("c2") + "}";
        assertMessages(before, CALL, seen);
        assertMessages(before + "," + called, CALL, seen, CALL.replace("c1", "c2"));
        assertMessages(
                before + ",{'role':'system','content':'Be'},{'role':'assistant','content':'A cat'}",
                CALL,
                seen,
                "{'role':'developer','content':'Be'}",
                "{'role':'assistant','content':'A cat'}");
        assertMessages(
                "{'role':'system','content':'Be'}," + called,
                "{'role':'developer','content':'Be'}",
                CALL.replace("c1", "c2"));
    }

    @Test
    void filesImagesAndSound_areParts() {
        assertMessages(
                "{'role':'user','content':[{'type':'text','text':'Read'},{'type':'file','file':{'filename':'a.pdf',"
                        + "'file_data':'data:application/pdf;base64,aGk='}},{'type':'image_url','image_url':"
                        + "{'url':'https://example.org/a.png'}},{'type':'input_audio','input_audio':"
                        + "{'data':'aGk=','format':'wav'}}]}",
                "{'role':'user','content':[{'type':'input_text','text':'Read'},"
                        + "{'type':'input_file','filename':'a.pdf','file_data':'data:application/pdf;base64,aGk='},"
                        + "{'type':'input_image','image_url':'https://example.org/a.png'},"
                        + "{'type':'input_audio','input_audio':{'data':'aGk=','format':'wav'}}]}");
    }

    @Test
    void functionsAreNested_andWhatIsntSaidOfThemIsLeftOut() {
        assertThat(extras("'tools':[" + LOOK_UP + ",{'type':'function','name':'now','strict':null},"
                        + "{'type':'function','name':'off','parameters':{'default':null},'strict':false}],"
                        + "'tool_choice':{'type':'function','name':'now'},'parallel_tool_calls':false"))
                .isEqualTo(quoted("{'tools':[{'type':'function','function':{'name':'look_up','description':"
                        + "'Finds a word','parameters':{'type':'object','properties':{'word':{'type':'string'}}},"
                        + "'strict':true}},{'type':'function','function':{'name':'now','parameters':{'type':'object',"
                        + "'properties':{}}}},{'type':'function','function':{'name':'off','parameters':"
                        + "{'default':null}}}],'tool_choice':{'type':'function','function':{'name':'now'}},"
                        + "'parallel_tool_calls':false}"));
    }

    @Test
    void toolsOfNamespaces_getNamesOfTheirOwn_alsoIfTheyStandInTheInput() {
        String tool = "{'type':'function','name':'sleep','parameters':{'type':'object'}}";
        List<Message> messages = read("'tools':[{'type':'function','name':'clock__sleep'}],'input':["
                        + "{'type':'function_call','namespace':'clock','name':'sleep','call_id':'c1','arguments':'{}'},"
                        + RESULT + ",{'type':'additional_tools','role':'developer','tools':["
                        + "{'type':'namespace','name':'clock','description':'Time','tools':[" + tool + "]},"
                        + "{'type':'namespace','name':'bed.room','tools':[" + tool + "]}]}]")
                .body()
                .messages();

        assertThat(messages.get(0).toolCalls()).containsExactly(new ToolCall("c1", "clock__sleep_2", "{}"));
        assertThat(names(read("'input':'Hi','tools':[{'type':'namespace','name':'bed.room','tools':[" + tool + "]},"
                        + "{'type':'namespace','name':'" + "n".repeat(70) + "','tools':[" + tool + ","
                        + tool.replace("sleep", "wake")
                        + "," + tool.replace("sleep", "nap") + "]}]")))
                .containsExactly("bed_room__sleep", "n".repeat(64), "n".repeat(62) + "_2", "n".repeat(62) + "_3");
    }

    @Test
    void customTool_isAFunctionWithItsInput_andTheGrammarIsTold() {
        PromptRequest request = read("'tools':[{'type':'custom','name':'patch','description':'Edits.',"
                + "'format':{'type':'grammar','syntax':'lark','definition':'start: line+'}}],"
                + "'tool_choice':{'type':'custom','name':'patch'},'input':["
                + "{'type':'custom_tool_call','id':'ctc_1','call_id':'c1','name':'patch','input':'say \\'hi\\''},"
                + "{'type':'custom_tool_call_output','call_id':'c1','output':'done'}]");

        assertThat(request.body().messages())
                .containsExactly(
                        new Message(
                                Role.ASSISTANT,
                                "",
                                List.of(),
                                List.of(new ToolCall("c1", "patch", "{\"input\":\"say \\\"hi\\\"\"}")),
                                Optional.empty()),
                        Message.tool("c1", "done"));
        Map<?, ?> function = function(request, 0);
        assertThat(String.valueOf(function.get("description")))
                .startsWith("Edits.")
                .endsWith("(lark):\nstart: line+");
        assertThat(function.get("parameters"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("required", List.of("input"));
        assertThat(request.body().parameters().extras().get("tool_choice"))
                .isEqualTo(Map.of("type", "function", "function", Map.of("name", "patch")));
    }

    private static Map<?, ?> function(PromptRequest request, int index) {
        List<?> tools = (List<?>) request.body().parameters().extras().get("tools");
        return (Map<?, ?>) ((Map<?, ?>) tools.get(index)).get("function");
    }

    private static List<Object> names(PromptRequest request) {
        List<?> tools = (List<?>) request.body().parameters().extras().get("tools");
        return IntStream.range(0, tools.size())
                .<Object>mapToObj(index -> function(request, index).get("name"))
                .toList();
    }

    @Test
    void hostedTools_areDropped_andLeaveNothingBehindIfTheyWereAll() {
        assertThat(extras("'tools':[{'type':'web_search'},{'type':'tool_search','execution':'client'}],"
                        + "'tool_choice':'auto','parallel_tool_calls':true"))
                .isEmpty();
        assertThat(names(read("'input':'Hi','tools':[{'type':'web_search'}," + LOOK_UP + "],'tool_choice':'required'")))
                .containsExactly("look_up");
    }

    @Test
    void allowedTools_areTheOnlyOnesOffered() {
        PromptRequest request = read(
                "'input':'Hi','tools':[" + LOOK_UP + ",{'type':'function','name':'now'},{'type':'web_search'}],"
                        + "'tool_choice':{'type':'allowed_tools','mode':'required','tools':[{'type':'function','name':'now'},{'type':'web_search'}]}");

        assertThat(names(request)).containsExactly("now");
        assertThat(request.body().parameters().extras()).containsEntry("tool_choice", "required");
    }

    @Test
    void textFormatAndVerbosity_areResponseFormatAndVerbosity() {
        assertThat(extras("'text':{'verbosity':'low','format':{'type':'json_schema','name':'city','strict':true,"
                        + "'schema':{'type':'object'}}}"))
                .isEqualTo(quoted("{'verbosity':'low','response_format':{'type':'json_schema','json_schema':"
                        + "{'name':'city','strict':true,'schema':{'type':'object'}}}}"));
        assertThat(extras("'text':{'format':{'type':'json_object'}}"))
                .isEqualTo(quoted("{'response_format':{'type':'json_object'}}"));
        assertThat(extras("'text':{'format':{'type':'text'}}")).isEmpty();
    }

    @Test
    void logprobs_areAskedFor_byTheirNumberOrByInclude() {
        assertThat(extras("'top_logprobs':3")).isEqualTo(Map.of("logprobs", true, "top_logprobs", 3L));
        assertThat(extras("'include':['message.output_text.logprobs']")).isEqualTo(Map.of("logprobs", true));
        assertThat(extras("'top_logprobs':0")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'input':'Hi','previous_response_id':'resp_1' | previous_response_id | send all of it",
                "'input':'Hi','conversation':'conv_1' | conversation | send all of it",
                "'input':'Hi','conversation':{'id':'conv_1'} | conversation | send all of it",
                "'input':'Hi','prompt':{'id':'pmpt_1'} | prompt | send all of it",
                "'input':'Hi','background':true | background | stream it",
                "'model':'m' | input | is missing",
                "'input':[] | input | at least one item",
                "'input':7 | input | a string or a list",
                "'input':'Hi','stream':'yes' | stream | true or false",
                "'input':'Hi','model':5 | model | must be a string",
                "'input':'Hi','max_output_tokens':'many' | max_output_tokens | whole number",
                "'input':'Hi','max_output_tokens':0 | max_output_tokens | 1 or more, not 0",
                "'input':'Hi','temperature':3 | temperature | must be 0 to 2",
                "'input':['Hi'] | input[0] | must be an object",
                "'input':[{'role':'robot','content':'Hi'}] | input[0].role | not 'robot'",
                "'input':[{'content':'Hi'}] | input[0].role | is missing",
                "'input':[{'role':'user'}] | input[0].content | is missing",
                "'input':[{'role':'assistant','content':[{'type':'input_image','image_url':'u'}]}] | input[0].content | must be text",
                "'input':[{'type':'dream'}] | input[0].type | 'dream'",
                "'input':[{'role':'user','content':[{'type':'smell'}]}] | input[0].content[0].type | 'smell'",
                "'input':[{'role':'user','content':[{'type':'input_image','image_url':'data:image/png;base64,a*b'}]}] | input[0].content[0].image_url | isn't Base64",
                "'input':[{'role':'user','content':[{'type':'input_image','image_url':'data:image/png;base64,'}]}] | input[0].content[0].image_url | isn't Base64",
                "'input':[{'role':'user','content':[{'type':'input_image','image_url':'data:image/png;base64,AAAAA'}]}] | input[0].content[0].image_url | isn't Base64",
                "'input':[{'role':'user','content':[{'type':'input_image','file_id':'f'}]}] | input[0].content[0].file_id | send the data itself",
                "'input':[{'role':'user','content':[{'type':'input_file','file_url':'https://example.org/'}]}] | input[0].content[0].file_url | file_data",
                "'input':[{'type':'item_reference','id':'msg_1'}] | input[0].id | send the item",
                "'input':[{'type':'function_call_output','call_id':'c9','output':'x'}] | input[0].call_id | 'c9'",
                "'input':[{'type':'function_call','call_id':'c1','name':'f'}] | input[0].arguments | is missing",
                "'input':[{'type':'function_call','name':'f','arguments':'{}'}] | input[0].call_id | is missing",
                "'input':'Hi','tools':[{'type':'function'}] | tools[0].name | is missing",
                "'input':'Hi','tools':[{'type':'function','name':'f','parameters':'none'}] | tools[0].parameters | an object",
                "'input':'Hi','tools':[{'type':'web_search'}],'tool_choice':'required' | tool_choice | can't run web_search",
                "'input':'Hi','tools':[{'type':'web_search'}],'tool_choice':{'type':'web_search'} | tool_choice.type | can't run web_search",
                "'input':'Hi','tool_choice':{'type':'function','name':'f'} | tool_choice.name | doesn't offer: 'f'",
                "'input':'Hi','tool_choice':'perhaps' | tool_choice | 'perhaps'",
                "'input':'Hi','text':{'format':{'type':'xml'}} | text.format.type | 'xml'",
                "'input':'Hi','text':{'format':{'type':'json_schema','name':'n'}} | text.format.schema | is missing",
            })
    void wrongRequest_isRefused_namingTheFieldAndWhatToDo(String fields, String field, String words) {
        assertThatThrownBy(() -> read(fields))
                .isInstanceOfSatisfying(
                        WrongFieldException.class,
                        wrong -> assertThat(wrong.field()).isEqualTo(field))
                .hasMessageContaining(words);
    }

    @Test
    void oneCallIdTwice_isRefused_unlessItsCallHasAResult() {
        assertThatThrownBy(() -> messages(CALL, CALL, RESULT))
                .isInstanceOfSatisfying(
                        WrongFieldException.class,
                        wrong -> assertThat(wrong.field()).isEqualTo("input[1].call_id"));
        assertThatThrownBy(() -> messages(CALL, RESULT, RESULT))
                .isInstanceOfSatisfying(
                        WrongFieldException.class,
                        wrong -> assertThat(wrong.field()).isEqualTo("input[2].call_id"));
        assertThat(messages(CALL, RESULT, CALL, RESULT)).hasSize(4);
    }

    @Test
    void moreThanAThousandTools_areRefused() {
        assertThat(names(read("'input':'Hi','tools':[" + functions(1_000) + "]")))
                .hasSize(1_000);
        assertThatThrownBy(() -> read("'input':'Hi','tools':[" + functions(1_001) + "]"))
                .isInstanceOf(WrongFieldException.class)
                .hasMessageContaining("1000");
    }

    private static String functions(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> "{'type':'function','name':'f" + number + "'}")
                .collect(Collectors.joining(","));
    }
}
