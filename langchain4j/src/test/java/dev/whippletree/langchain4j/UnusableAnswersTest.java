package dev.whippletree.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.guardrail.OutputGuardrail;
import dev.langchain4j.guardrail.OutputGuardrailException;
import dev.langchain4j.guardrail.OutputGuardrailRequest;
import dev.langchain4j.guardrail.OutputGuardrailResult;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.TestStreamingChatResponseHandler;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.guardrail.OutputGuardrails;
import dev.langchain4j.service.output.OutputParsingException;
import dev.whippletree.Whippletree;
import dev.whippletree.model.Origin;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.testkit.cache.MapCache;
import dev.whippletree.testkit.provider.ScriptedReply;
import dev.whippletree.testkit.provider.ScriptedService;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer that LangChain4j can't use isn't kept, and one that it can use is. */
final class UnusableAnswersTest {

    private static final String BERLIN = "{\"city\": \"Berlin\", \"people\": 3900000}";

    private final ScriptedService service = new ScriptedService();
    private final Whippletree whippletree = Whippletree.builder()
            .account(AccountSettings.builder("local-1", "openai")
                    .token("sk-test")
                    .setting("base-url", service.address() + "/v1")
                    .build())
            .route(RouteSettings.builder("default")
                    .tier(new TargetSettings("local-1", "large"))
                    .build())
            .cache(new MapCache())
            .cache(MapCache.NAME)
            .build();

    @AfterEach
    void close() {
        whippletree.close();
        service.close();
    }

    record Capital(String city, int people) {}

    enum Mood {
        GLAD,
        SAD
    }

    interface Assistant {

        Capital capital(String question);

        Mood mood(String text);

        List<Capital> capitals(String question);

        @OutputGuardrails(NoApology.class)
        Capital repaired(String question);

        @OutputGuardrails(NoBerlin.class)
        String guarded(String question);
    }

    /** Asks again after an apology. */
    public static final class NoApology implements OutputGuardrail {

        @Override
        public OutputGuardrailResult validate(OutputGuardrailRequest request) {
            String text = request.responseFromLLM().aiMessage().text();
            return text.equals("Sorry") ? reprompt("an apology", "Don't apologize.") : success();
        }
    }

    /** Refuses answers about Berlin. */
    public static final class NoBerlin implements OutputGuardrail {

        @Override
        public OutputGuardrailResult validate(OutputGuardrailRequest request) {
            String text = request.responseFromLLM().aiMessage().text();
            return text.contains("Berlin") ? fatal("not Berlin") : success();
        }
    }

    private WhippletreeChatModel model(Capability... capabilities) {
        return WhippletreeChatModel.builder()
                .whippletree(whippletree)
                .supportedCapabilities(capabilities)
                .build();
    }

    private void reply(String text) {
        service.reply(ScriptedReply.json(
                200,
                "{\"id\": \"1\", \"model\": \"large\", \"choices\": [{\"index\": 0, \"finish_reason\": \"stop\", \"message\":"
                        + " {\"role\": \"assistant\", \"content\": \"" + text.replace("\"", "\\\"") + "\"}}]}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The capital is Berlin.",
                "{\"city\": \"Berlin\", \"people\": ",
                "{\"city\": \"Berlin\", \"people\": \"many\"}",
                "[{\"city\": \"Berlin\"}]"
            })
    void answerThatIsNoObjectOfTheMethodsType_isForgotten_andTheNextOneKept(String broken) {
        Assistant inWords = AiServices.create(Assistant.class, model());
        Assistant bySchema = AiServices.create(Assistant.class, model(Capability.RESPONSE_FORMAT_JSON_SCHEMA));
        for (Assistant assistant : List.of(inWords, bySchema)) {
            int before = service.requests().size();
            reply(broken);
            assertThatThrownBy(() -> assistant.capital("Germany's?")).isInstanceOf(OutputParsingException.class);
            reply(BERLIN);
            assertThat(assistant.capital("Germany's?")).isEqualTo(new Capital("Berlin", 3_900_000));
            assertThat(assistant.capital("Germany's?")).isEqualTo(new Capital("Berlin", 3_900_000));
            assertThat(service.requests()).hasSize(before + 2);
        }
    }

    @Test
    void answersOfOtherTypes_areForgottenToo_andNoOtherAnswer() {
        Assistant assistant = AiServices.create(Assistant.class, model());
        reply("GLAD");
        assertThat(assistant.mood("I won")).isEqualTo(Mood.GLAD);
        reply("somehow");
        assertThatThrownBy(() -> assistant.mood("I lost")).isInstanceOf(OutputParsingException.class);
        reply("SAD");
        assertThat(assistant.mood("I lost")).isEqualTo(Mood.SAD);
        assertThat(assistant.mood("I won")).isEqualTo(Mood.GLAD);
        assertThat(service.requests()).hasSize(3);
    }

    @Test
    void answerThatAGuardrailRefuses_isForgotten() {
        Assistant assistant = AiServices.create(Assistant.class, model());
        reply("Berlin");
        assertThatThrownBy(() -> assistant.guarded("Where?")).isInstanceOf(OutputGuardrailException.class);
        reply("Bonn");
        assertThat(assistant.guarded("Where?")).isEqualTo("Bonn");
        assertThat(assistant.guarded("Where?")).isEqualTo("Bonn");
        assertThat(service.requests()).hasSize(2);
    }

    @Test
    void answerToAGuardrailsFurtherQuestion_isForgotten() {
        Assistant assistant = AiServices.create(Assistant.class, model());
        reply("Sorry");
        reply("Bonn or Berlin");
        assertThatThrownBy(() -> assistant.repaired("Where?")).isInstanceOf(OutputParsingException.class);
        reply(BERLIN);
        assertThat(assistant.repaired("Where?").city()).isEqualTo("Berlin");
        assertThat(assistant.repaired("Where?").city()).isEqualTo("Berlin");
        assertThat(service.requests()).hasSize(3);
    }

    /** A tool. */
    static final class Weather {

        @Tool("Tells the weather")
        String weather(String city) {
            return "sunny in " + city;
        }
    }

    @Test
    void failureOfTheNextCall_forgetsNoAnswerBeforeIt() {
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(model())
                .tools(new Weather())
                .build();
        service.reply(ScriptedReply.json(200, """
                {"id": "1", "model": "large", "choices": [{"index": 0, "finish_reason": "tool_calls", "message":
                 {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function",
                  "function": {"name": "weather", "arguments": "{\\"arg0\\": \\"Bonn\\", \\"city\\": \\"Bonn\\"}"}}]}}]}"""));
        service.reply(ScriptedReply.json(400, "{\"error\": {\"message\": \"wrong\"}}"));
        assertThatThrownBy(() -> assistant.mood("Weather?")).isNotInstanceOf(OutputParsingException.class);
        reply("GLAD");
        assertThat(assistant.mood("Weather?")).isEqualTo(Mood.GLAD);
        assertThat(service.requests()).hasSize(3);
    }

    @Test
    void listenersThatAreRegisteredTwice_doNoHarm() {
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(model())
                .registerListeners(UnusableAnswerListeners.listeners())
                .build();
        reply("nonsense");
        assertThatThrownBy(() -> assistant.capital("Germany's?")).isInstanceOf(OutputParsingException.class);
        reply(BERLIN);
        assertThat(assistant.capital("Germany's?").city()).isEqualTo("Berlin");
    }

    @Test
    void byHand_anAnswerIsForgotten_wholeOrStreamed() {
        ChatRequest request = ChatRequest.builder()
                .messages(UserMessage.from("Who are you?"))
                .responseFormat(ResponseFormat.JSON)
                .build();
        reply("{}");
        WhippletreeChatModel model = model();
        assertThat(origin(model.chat(request))).isEqualTo(Origin.Source.CALL);
        ChatResponse stored = model.chat(request);
        assertThat(origin(stored)).isEqualTo(Origin.Source.CACHE);

        forget(stored);
        reply("{}");
        assertThat(origin(model.chat(request))).isEqualTo(Origin.Source.CALL);

        TestStreamingChatResponseHandler handler = new TestStreamingChatResponseHandler();
        WhippletreeStreamingChatModel.builder().whippletree(whippletree).build().chat(request, handler);
        forget(handler.get());
        reply("{}");
        assertThat(origin(model.chat(request))).isEqualTo(Origin.Source.CALL);
    }

    private static Origin.Source origin(ChatResponse response) {
        return ((WhippletreeChatResponseMetadata) response.metadata()).origin().source();
    }

    private static void forget(ChatResponse response) {
        ((WhippletreeChatResponseMetadata) response.metadata()).forget().join();
    }
}
