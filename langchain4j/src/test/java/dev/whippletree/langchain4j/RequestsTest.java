package dev.whippletree.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.ImageContent.DetailLevel;
import dev.langchain4j.data.message.PdfFileContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.message.VideoContent;
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
import dev.whippletree.model.CachePolicy;
import dev.whippletree.model.Message;
import dev.whippletree.model.Parameters;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a request. */
final class RequestsTest {

    private static final UserMessage QUESTION = UserMessage.from("Who are you?");
    private static final ToolSpecification WEATHER = ToolSpecification.builder()
            .name("weather")
            .description("Tells the weather")
            .parameters(JsonObjectSchema.builder()
                    .addStringProperty("city")
                    .addEnumProperty("unit", List.of("C", "F"))
                    .required("city")
                    .build())
            .build();

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

    @AfterEach
    void close() {
        whippletree.close();
    }

    private static AccountSettings account(String id) {
        return AccountSettings.builder(id, "openai")
                .token("sk-of-" + id)
                .setting("base-url", "http://127.0.0.1:1/v1")
                .build();
    }

    private Requests requests(boolean strict, boolean sendThinking) {
        return new Requests(whippletree, strict, strict, sendThinking, "reasoning_content");
    }

    private Prompt prompt(ChatRequestParameters parameters) {
        return requests(false, false)
                .prompt(ChatRequest.builder()
                        .messages(QUESTION)
                        .parameters(parameters)
                        .build());
    }

    private Message message(boolean sendThinking, ChatMessage message) {
        return requests(false, sendThinking)
                .prompt(ChatRequest.builder().messages(message).build())
                .messages()
                .get(0);
    }

    private Map<String, Object> part(Content content) {
        return message(false, UserMessage.from(TextContent.from("Look:"), content))
                .parts()
                .get(1);
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
        assertThat(prompt.parameters())
                .isEqualTo(new Parameters(
                        OptionalDouble.of(0.5),
                        OptionalDouble.of(0.9),
                        OptionalInt.of(100),
                        OptionalLong.empty(),
                        List.of("END"),
                        Map.of("frequency_penalty", 0.1, "presence_penalty", 0.2, "tool_choice", "required")));
        assertThat(prompt.route()).isEmpty();
    }

    @Test
    void ownParameters_areThoseOfThePrompt() {
        Prompt prompt = prompt(WhippletreeChatRequestParameters.builder()
                .session("interview-7")
                .tenant("acme")
                .priority(Priority.BATCH)
                .deadline(Duration.ofSeconds(30))
                .cachePolicy(new CachePolicy(false, true, Optional.of(Duration.ofHours(1))))
                .question("Who are you?")
                .seed(7)
                .customParameters(Map.of("reasoning_effort", "low"))
                .build());
        assertThat(prompt)
                .isEqualTo(Prompt.builder()
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
                        .build());
    }

    @Test
    void promptWithoutADeadline_endsWhenItsRouteIsStalled() {
        assertThat(prompt(WhippletreeChatRequestParameters.builder()
                                .session("interview-7")
                                .build())
                        .endsWhenStalled())
                .isTrue();
    }

    @Test
    void customParameterWithoutAValue_isAbsent() {
        Map<String, Object> custom = new HashMap<>(Map.of("a", 1));
        custom.put("b", null);
        assertThat(prompt(WhippletreeChatRequestParameters.builder()
                                .customParameters(custom)
                                .build())
                        .parameters()
                        .extras())
                .isEqualTo(Map.of("a", 1));
    }

    @Test
    void firstPieceWithin_isADeadlineForTheFirstPiece() {
        assertThat(prompt(WhippletreeChatRequestParameters.builder()
                        .firstPieceWithin(Duration.ofSeconds(5))
                        .build()))
                .isEqualTo(Prompt.builder()
                        .user("Who are you?")
                        .firstPieceWithin(Duration.ofSeconds(5))
                        .build());
    }

    @Test
    void parametersOfARequest_replaceThoseOfTheModel_andTheRestStays() {
        WhippletreeChatRequestParameters models = WhippletreeChatRequestParameters.builder()
                .temperature(0.5)
                .session("model")
                .tenant("acme")
                .seed(1)
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
                .firstPieceWithin(Duration.ofSeconds(5))
                .customParameters(Map.of("a", 1))
                .build();
        assertThat(models.overrideWith(requests))
                .isEqualTo(requests.defaultedBy(models))
                .isEqualTo(both)
                .hasSameHashCodeAs(both);
        assertThat(models.overrideWith(
                        ChatRequestParameters.builder().modelName("small").build()))
                .isEqualTo(WhippletreeChatRequestParameters.builder()
                        .overrideWith(models)
                        .modelName("small")
                        .build());
        assertThat(ChatRequestParameters.builder().topP(0.9).build().overrideWith(models))
                .isEqualTo(WhippletreeChatRequestParameters.builder()
                        .topP(0.9)
                        .overrideWith(models)
                        .build());
    }

    @Test
    void topK_isRefusedByItsName() {
        assertThatThrownBy(() -> prompt(ChatRequestParameters.builder().topK(40).build()))
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessageContaining("'topK' parameter is not supported")
                .hasMessageContaining("customParameters");
    }

    @Test
    void anotherProvidersParameters_areRefusedByTheirName() {
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

    @Test
    void tools_areDescribedAsTheProtocolHasIt() {
        Prompt prompt = prompt(
                ChatRequestParameters.builder().toolSpecifications(WEATHER).build());
        assertThat(prompt.parameters().extras())
                .isEqualTo(Map.of(
                        "tools",
                        List.of(Map.of(
                                "type",
                                "function",
                                "function",
                                Map.of(
                                        "name",
                                        "weather",
                                        "description",
                                        "Tells the weather",
                                        "parameters",
                                        Map.of(
                                                "type",
                                                "object",
                                                "properties",
                                                Map.of(
                                                        "city",
                                                        Map.of("type", "string"),
                                                        "unit",
                                                        Map.of("type", "string", "enum", List.of("C", "F"))),
                                                "required",
                                                List.of("city")))))));
    }

    @Test
    void strictTools_requireEveryProperty_andLetOptionalOnesBeNull() {
        Prompt prompt = requests(true, false)
                .prompt(ChatRequest.builder()
                        .messages(QUESTION)
                        .toolSpecifications(WEATHER)
                        .build());
        assertThat(prompt.parameters().extras().get("tools"))
                .asString()
                .contains("strict=true", "additionalProperties=false", "required=[city, unit]", "[string, null]");
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void responseFormat_isASchemaAsTheProtocolHasIt(boolean strict) {
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
        Prompt prompt = requests(strict, false)
                .prompt(ChatRequest.builder()
                        .messages(QUESTION)
                        .responseFormat(format)
                        .build());
        assertThat(prompt.parameters().extras().get("response_format"))
                .asString()
                .contains("type=json_schema", "name=Person", "strict=" + strict, "required=[name]");
    }

    @Test
    void responseFormat_isAnyObject_orNothingForText() {
        assertThat(prompt(ChatRequestParameters.builder()
                                .responseFormat(ResponseFormat.JSON)
                                .build())
                        .parameters()
                        .extras())
                .isEqualTo(Map.of("response_format", Map.of("type", "json_object")));
        assertThat(prompt(ChatRequestParameters.builder()
                                .responseFormat(ResponseFormat.TEXT)
                                .build())
                        .parameters())
                .isEqualTo(Parameters.NONE);
    }

    @Test
    void messagesOfText_haveTheirRoles() {
        assertThat(message(false, SystemMessage.from("Be brief."))).isEqualTo(Message.system("Be brief."));
        assertThat(message(false, AiMessage.from("I am."))).isEqualTo(Message.assistant("I am."));
        assertThat(message(false, UserMessage.from("ann", "Hello")))
                .isEqualTo(
                        new Message(Role.USER, "Hello", List.of(), List.of(), Optional.empty(), Map.of("name", "ann")));
    }

    @Test
    void toolCallsAndResults_keepTheirIds() {
        ToolExecutionRequest call =
                ToolExecutionRequest.builder().id("call-1").name("weather").build();
        assertThat(message(false, AiMessage.from(call)))
                .isEqualTo(new Message(
                        Role.ASSISTANT,
                        "",
                        List.of(),
                        List.of(new ToolCall("call-1", "weather", "{}")),
                        Optional.empty()));
        assertThat(message(false, ToolExecutionResultMessage.from(call, "sunny")))
                .isEqualTo(new Message(Role.TOOL, "sunny", List.of(), List.of(), Optional.of("call-1")));
    }

    @Test
    void thinking_isSentIfWanted() {
        AiMessage message = AiMessage.builder().text("Yes.").thinking("Hm.").build();
        assertThat(message(true, message).extras()).isEqualTo(Map.of("reasoning_content", "Hm."));
        assertThat(message(false, message).extras()).isEmpty();
    }

    @Test
    void contents_arePartsAsTheProtocolHasThem() {
        assertThat(part(ImageContent.from("https://example.com/cat.jpg", DetailLevel.HIGH)))
                .isEqualTo(Map.of(
                        "type",
                        "image_url",
                        "image_url",
                        Map.of("url", "https://example.com/cat.jpg", "detail", "high")));
        assertThat(part(ImageContent.from("AAAA", "image/png")))
                .isEqualTo(Map.of(
                        "type",
                        "image_url",
                        "image_url",
                        Map.of("url", "data:image/png;base64,AAAA", "detail", "low")));
        assertThat(part(AudioContent.from("AAAA", "audio/wav")))
                .isEqualTo(Map.of("type", "input_audio", "input_audio", Map.of("data", "AAAA", "format", "wav")));
        assertThat(part(PdfFileContent.from("AAAA", "application/pdf")))
                .isEqualTo(Map.of(
                        "type",
                        "file",
                        "file",
                        Map.of("filename", "file.pdf", "file_data", "data:application/pdf;base64,AAAA")));
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
