package dev.whippletree.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.ImageContent.DetailLevel;
import dev.langchain4j.data.message.PdfFileContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.message.VideoContent;
import dev.langchain4j.data.pdf.PdfFile;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.whippletree.Whippletree;
import dev.whippletree.chat.ChatBody;
import dev.whippletree.chat.Fields;
import dev.whippletree.model.CachePolicy;
import dev.whippletree.model.Message;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What becomes of a request. */
final class RequestsTest {

    private static final String WHO = "'messages':[{'role':'user','content':'Who are you?'}]";
    private static final ToolSpecification WEATHER = ToolSpecification.builder()
            .name("weather")
            .description("Tells the weather")
            .parameters(JsonObjectSchema.builder()
                    .addStringProperty("city")
                    .addEnumProperty("unit", List.of("C", "F"))
                    .required("city")
                    .build())
            .build();

    @AutoClose
    private final Whippletree whippletree = Whippletree.builder()
            .account(account("local-1"))
            .account(account("local-2"))
            .route(RouteSettings.builder("default")
                    .tier(new TargetSettings("local-1", "large"))
                    .build())
            .route(RouteSettings.builder("interviews")
                    .tier(new TargetSettings("local-1", "small"), new TargetSettings("local-2", "small"))
                    .aliases(List.of("gpt-4o-mini"))
                    .build())
            .build();

    private static AccountSettings account(String id) {
        return AccountSettings.builder(id, "openai")
                .token("sk-of-" + id)
                .setting("base-url", "http://127.0.0.1:1/v1")
                .build();
    }

    private Prompt prompt(boolean strictSchema, boolean strictTools, ChatRequestParameters parameters) {
        return new Requests(whippletree, strictSchema, strictTools, false, "")
                .prompt(ChatRequest.builder()
                        .messages(UserMessage.from("Who are you?"))
                        .parameters(parameters)
                        .build());
    }

    private Prompt prompt(ChatRequestParameters parameters) {
        return prompt(false, false, parameters);
    }

    private Message message(boolean sendThinking, ChatMessage message) {
        return new Requests(whippletree, false, false, sendThinking, "reasoning_content")
                .prompt(ChatRequest.builder().messages(message).build())
                .messages()
                .get(0);
    }

    /** Reads a chat completion with single quotes for double ones. */
    private static ChatBody chat(String quoted) {
        return ChatBody.read(new Fields("", new JsonMapper().readValue(quoted.replace('\'', '"'), Map.class)));
    }

    /** Compares a prompt with a chat completion that asks who you are. */
    private static void assertAsks(Prompt prompt, String parameters) {
        ChatBody chat = chat("{" + WHO + parameters + "}");
        assertThat(prompt.messages()).isEqualTo(chat.messages());
        assertThat(prompt.parameters()).isEqualTo(chat.parameters());
    }

    private void assertMessage(ChatMessage message, String expected) {
        assertThat(message(false, message))
                .isEqualTo(chat("{'messages':[" + expected + "]}").messages().get(0));
    }

    @Test
    void parametersOfLangChain4j_areThoseOfThePrompt() {
        Prompt prompt = prompt(ChatRequestParameters.builder()
                .temperature(0.5)
                .topP(0.9)
                .maxOutputTokens(100)
                .stopSequences("END")
                .frequencyPenalty(0.1)
                .presencePenalty(0.2)
                .toolChoice(ToolChoice.REQUIRED)
                .build());
        assertAsks(
                prompt,
                ",'temperature':0.5,'top_p':0.9,'max_tokens':100,'stop':['END'],'frequency_penalty':0.1,"
                        + "'presence_penalty':0.2,'tool_choice':'required'");
        assertThat(prompt.route()).isEmpty();
        assertThat(prompt.endsWhenStalled()).isTrue();
    }

    @Test
    void ownParameters_areThoseOfThePrompt() {
        Map<String, Object> custom = new HashMap<>(Map.of("reasoning_effort", "low"));
        custom.put("absent", null);
        WhippletreeChatRequestParameters parameters = WhippletreeChatRequestParameters.builder()
                .session("interview-7")
                .tenant("acme")
                .priority(Priority.BATCH)
                .deadline(Duration.ofSeconds(30))
                .cachePolicy(new CachePolicy(false, true, Optional.of(Duration.ofHours(1))))
                .question("Who are you?")
                .seed(7)
                .customParameters(custom)
                .build();
        Prompt expected = Prompt.builder()
                .user("Who are you?")
                .session("interview-7")
                .tenant("acme")
                .priority(Priority.BATCH)
                .deadline(Duration.ofSeconds(30))
                .noCache()
                .ttl(Duration.ofHours(1))
                .question("Who are you?")
                .seed(7)
                .extra("reasoning_effort", "low")
                .build();
        assertThat(prompt(parameters)).isEqualTo(expected);
        assertThat(prompt(WhippletreeChatRequestParameters.builder()
                        .cachePolicy(new CachePolicy(true, false, Optional.empty()))
                        .firstPieceWithin(Duration.ofSeconds(5))
                        .build()))
                .isEqualTo(Prompt.builder()
                        .user("Who are you?")
                        .noStore()
                        .firstPieceWithin(Duration.ofSeconds(5))
                        .build());
    }

    @Test
    void parametersOfARequest_replaceThoseOfTheModel_andTheRestStays() {
        CachePolicy policy = new CachePolicy(true, false, Optional.empty());
        WhippletreeChatRequestParameters models = WhippletreeChatRequestParameters.builder()
                .temperature(0.5)
                .session("model")
                .tenant("acme")
                .seed(1)
                .question("model")
                .cachePolicy(policy)
                .firstPieceWithin(Duration.ofSeconds(5))
                .customParameters(Map.of("a", 1))
                .build();
        WhippletreeChatRequestParameters requests = WhippletreeChatRequestParameters.builder()
                .topP(0.9)
                .session("request")
                .priority(Priority.BATCH)
                .build();
        WhippletreeChatRequestParameters both = WhippletreeChatRequestParameters.builder()
                .temperature(0.5)
                .topP(0.9)
                .session("request")
                .tenant("acme")
                .priority(Priority.BATCH)
                .seed(1)
                .question("model")
                .cachePolicy(policy)
                .firstPieceWithin(Duration.ofSeconds(5))
                .customParameters(Map.of("a", 1))
                .build();
        assertThat(models.overrideWith(requests))
                .isEqualTo(requests.defaultedBy(models))
                .isEqualTo(both)
                .hasSameHashCodeAs(both)
                .isNotEqualTo(models);
        WhippletreeChatRequestParameters other = WhippletreeChatRequestParameters.builder()
                .tenant("bolt")
                .seed(2)
                .question("request")
                .cachePolicy(new CachePolicy(false, false, Optional.empty()))
                .deadline(Duration.ofSeconds(9))
                .customParameters(Map.of("b", 2))
                .build();
        assertThat(models.overrideWith(other))
                .isEqualTo(WhippletreeChatRequestParameters.builder()
                        .overrideWith(other)
                        .temperature(0.5)
                        .session("model")
                        .build());
        assertThat(ChatRequestParameters.builder().topP(0.9).build().overrideWith(models))
                .isEqualTo(WhippletreeChatRequestParameters.builder()
                        .topP(0.9)
                        .overrideWith(models)
                        .build());
    }

    @Test
    void topK_andAnotherProvidersParameters_areRefusedByTheirName() {
        assertThatThrownBy(() -> prompt(ChatRequestParameters.builder().topK(40).build()))
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessageContaining("'topK' parameter is not supported")
                .hasMessageContaining("customParameters");
        class OllamaChatRequestParameters extends DefaultChatRequestParameters {
            OllamaChatRequestParameters() {
                super(DefaultChatRequestParameters.builder());
            }
        }
        assertThatThrownBy(() -> prompt(new OllamaChatRequestParameters()))
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessageContaining("OllamaChatRequestParameters is not supported");
    }

    @ParameterizedTest
    @CsvSource({
        "default, default, ,",
        "interviews, interviews, ,",
        "gpt-4o-mini, interviews, ,",
        "large, default, large,",
        "small, interviews, small,",
        "local-2/small, interviews, small, local-2"
    })
    void modelName_isARouteOrAModelOrThatOfOneAccount(
            String name, String route, @Nullable String model, @Nullable String account) {
        Prompt prompt = prompt(ChatRequestParameters.builder().modelName(name).build());
        assertThat(prompt.route()).contains(route);
        assertThat(prompt.model()).isEqualTo(Optional.ofNullable(model));
        assertThat(prompt.account()).isEqualTo(Optional.ofNullable(account));
    }

    @Test
    void unknownModelName_isAnErrorThatSaysWhichThereAre() {
        assertThatThrownBy(() -> prompt(
                        ChatRequestParameters.builder().modelName("gpt-9").build()))
                .isExactlyInstanceOf(ModelNotFoundException.class)
                .hasMessageContaining("'gpt-9'")
                .hasMessageContaining("known: default, gpt-4o-mini, interviews, large, small");
    }

    /**
     * Strict tools require every property, and let optional ones be null; a tool without parameters takes no object.
     */
    @Test
    void tools_areDescribedAsTheProtocolHasIt_strictlyIfWanted() {
        ToolSpecification now = ToolSpecification.builder().name("now").build();
        ChatRequestParameters tools =
                ChatRequestParameters.builder().toolSpecifications(WEATHER, now).build();
        assertAsks(
                prompt(true, false, tools),
                ",'tools':[{'type':'function','function':{'name':'weather','description':'Tells the weather','parameters':"
                        + "{'type':'object','properties':{'city':{'type':'string'},'unit':{'type':'string','enum':"
                        + "['C','F']}},'required':['city']}}},{'type':'function','function':{'name':'now','parameters':"
                        + "{'type':'object','properties':{},'required':[]}}}]");
        assertThat(prompt(false, true, tools).parameters().extras().get("tools"))
                .asString()
                .contains("strict=true", "additionalProperties=false", "required=[city, unit]", "[string, null]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void responseFormat_isASchemaAsTheProtocolHasIt_orAnyObject_orNothingForText(boolean strict) {
        ResponseFormat format = ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder()
                        .name("Person")
                        .rootElement(JsonObjectSchema.builder()
                                .addStringProperty("name")
                                .required("name")
                                .build())
                        .build())
                .build();
        assertAsks(
                prompt(
                        strict,
                        !strict,
                        ChatRequestParameters.builder().responseFormat(format).build()),
                ",'response_format':{'type':'json_schema','json_schema':{'name':'Person','strict':" + strict
                        + ",'schema':{'type':'object','properties':{'name':{'type':'string'}},'required':['name']"
                        + (strict ? ",'additionalProperties':false" : "") + "}}}");
        assertThat(prompt(ChatRequestParameters.builder()
                                .responseFormat(ResponseFormat.builder()
                                        .type(ResponseFormatType.JSON)
                                        .jsonSchema(JsonSchema.builder()
                                                .rootElement(format.jsonSchema().rootElement())
                                                .build())
                                        .build())
                                .build())
                        .parameters()
                        .extras()
                        .get("response_format"))
                .asString()
                .contains("name=answer");
        assertAsks(
                prompt(ChatRequestParameters.builder()
                        .responseFormat(ResponseFormat.JSON)
                        .build()),
                ",'response_format':{'type':'json_object'}");
        assertAsks(
                prompt(ChatRequestParameters.builder()
                        .responseFormat(ResponseFormat.TEXT)
                        .build()),
                "");
    }

    @Test
    void messages_haveTheirRolesAndIds_andThinkingIfWanted() {
        assertMessage(SystemMessage.from("Be brief."), "{'role':'system','content':'Be brief.'}");
        assertMessage(AiMessage.from("I am."), "{'role':'assistant','content':'I am.'}");
        assertMessage(UserMessage.from("ann", "Hello"), "{'role':'user','content':'Hello','name':'ann'}");
        ToolExecutionRequest call =
                ToolExecutionRequest.builder().id("call-1").name("weather").build();
        assertMessage(
                AiMessage.from(call),
                "{'role':'assistant','content':null,'tool_calls':[{'id':'call-1','type':'function',"
                        + "'function':{'name':'weather','arguments':'{}'}}]}");
        assertMessage(
                ToolExecutionResultMessage.from(call, "sunny"),
                "{'role':'tool','tool_call_id':'call-1','content':'sunny'}");

        AiMessage thought = AiMessage.builder().text("Yes.").thinking("Hm.").build();
        assertThat(message(true, thought).extras()).isEqualTo(Map.of("reasoning_content", "Hm."));
        assertThat(message(false, thought).extras()).isEmpty();
    }

    @Test
    void contents_arePartsAsTheProtocolHasThem() {
        assertMessage(
                UserMessage.from(
                        "ann",
                        TextContent.from("Look:"),
                        ImageContent.from("https://example.com/cat.jpg", DetailLevel.HIGH),
                        ImageContent.from("AAAA", "image/png"),
                        AudioContent.from("AAAA", "audio/wav"),
                        PdfFileContent.from("AAAA", "application/pdf")),
                "{'role':'user','name':'ann','content':[{'type':'text','text':'Look:'},{'type':'image_url','image_url':"
                        + "{'url':'https://example.com/cat.jpg','detail':'high'}},{'type':'image_url','image_url':"
                        + "{'url':'data:image/png;base64,AAAA','detail':'low'}},{'type':'input_audio','input_audio':"
                        + "{'data':'AAAA','format':'wav'}},{'type':'file','file':{'filename':'file.pdf','file_data':"
                        + "'data:application/pdf;base64,AAAA'}}]}");
    }

    @ParameterizedTest
    @CsvSource({"mpeg, mp3", "mp3, mp3", "x-wav, wav", "flac, flac"})
    void audio_hasItsOwnFormat(String type, String format) {
        assertThat(message(false, UserMessage.from(AudioContent.from("AAAA", "audio/" + type)))
                        .parts())
                .containsExactly(
                        Map.of("type", "input_audio", "input_audio", Map.of("data", "AAAA", "format", format)));
    }

    @ParameterizedTest
    @MethodSource
    void whatTheProtocolDoesNotHave_isRefusedByItsName(ChatMessage message, String name) {
        assertThatThrownBy(() -> message(false, message))
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("not supported");
    }

    static Stream<Arguments> whatTheProtocolDoesNotHave_isRefusedByItsName() {
        return Stream.of(
                Arguments.of(UserMessage.from(VideoContent.from("https://example.com/cat.mp4")), "VIDEO"),
                Arguments.of(
                        UserMessage.from(ImageContent.from("https://example.com/cat.jpg", DetailLevel.ULTRA_HIGH)),
                        "ULTRA_HIGH"),
                Arguments.of(UserMessage.from(AudioContent.from("https://example.com/cat.mp3")), "audio"),
                Arguments.of(
                        UserMessage.from(ImageContent.from(
                                Image.builder().base64Data("AAAA").build())),
                        "an image without a URL, or data in Base64 and a MIME type,"),
                Arguments.of(
                        UserMessage.from(PdfFileContent.from(PdfFile.builder().build())), "a PDF file without a URL"),
                Arguments.of(CustomMessage.from(Map.of("a", 1)), "CUSTOM"),
                Arguments.of(
                        ToolExecutionResultMessage.builder()
                                .id("call-1")
                                .toolName("camera")
                                .contents(ImageContent.from("AAAA", "image/png"))
                                .build(),
                        "tool's result"));
    }
}
