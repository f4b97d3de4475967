package dev.whippletree.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.guardrail.OutputGuardrail;
import dev.langchain4j.guardrail.OutputGuardrailException;
import dev.langchain4j.guardrail.OutputGuardrailRequest;
import dev.langchain4j.guardrail.OutputGuardrailResult;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.TestStreamingChatResponseHandler;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.observability.api.AiServiceListenerRegistrar;
import dev.langchain4j.observability.api.event.AiServiceErrorEvent;
import dev.langchain4j.observability.api.event.AiServiceResponseReceivedEvent;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.guardrail.OutputGuardrails;
import dev.langchain4j.service.output.OutputParsingException;
import dev.whippletree.model.Origin;
import dev.whippletree.testkit.provider.ScriptedReply;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer that LangChain4j can't use isn't kept, and one that it can use is. */
final class UnusableAnswersTest extends OverService {

    private static final String BERLIN = "{\"city\": \"Berlin\", \"people\": 3900000}";

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The capital is Berlin.",
                "{\"city\": \"Berlin\", \"people\": ",
                "{\"city\": \"Berlin\", \"people\": \"many\"}",
                "[{\"city\": \"Berlin\"}]"
            })
    void answerThatIsNoObjectOfTheMethodsType_isForgotten_andTheNextOneKept(String broken) {
        Assistant inWords = AiServices.builder(Assistant.class)
                .chatModel(model())
                .registerListeners(UnusableAnswerListeners.listeners()) // A second time, which does no harm.
                .build();
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

    /** Of the one question to a service that is asked, then asked again and answered right, and then from the cache. */
    private <T> void assertForgotten(Function<Assistant, T> question, Class<?> failure, T right, String... replies) {
        Assistant assistant = AiServices.create(Assistant.class, model());
        reply("GLAD");
        assertThat(assistant.mood("I won")).isEqualTo(Mood.GLAD);
        Stream.of(replies).limit(replies.length - 1).forEach(this::reply);
        assertThatThrownBy(() -> question.apply(assistant)).isInstanceOf(failure);
        reply(replies[replies.length - 1]);
        assertThat(question.apply(assistant)).isEqualTo(right);
        assertThat(question.apply(assistant)).isEqualTo(right);
        assertThat(assistant.mood("I won")).as("another answer").isEqualTo(Mood.GLAD);
        assertThat(service.requests()).hasSize(1 + replies.length);
    }

    @Test
    void answersOfOtherTypes_areForgottenToo_andNoOtherAnswer() {
        assertForgotten(asked -> asked.mood("I lost"), OutputParsingException.class, Mood.SAD, "somehow", "SAD");
    }

    @Test
    void answerThatAGuardrailRefuses_isForgotten() {
        assertForgotten(asked -> asked.guarded("Where?"), OutputGuardrailException.class, "Bonn", "Berlin", "Bonn");
    }

    @Test
    void answerToAGuardrailsFurtherQuestion_isForgotten() {
        assertForgotten(
                asked -> asked.repaired("Where?").city(),
                OutputParsingException.class,
                "Berlin",
                "Sorry",
                "Bonn or Berlin",
                BERLIN);
    }

    @Test
    void answerThatCantBeForgotten_hidesNoErrorOfTheMethod() {
        InvocationContext invocation =
                InvocationContext.builder().invocationId(UUID.randomUUID()).build();
        ChatRequest request =
                ChatRequest.builder().messages(UserMessage.from("I won")).build();
        reply("somehow");
        ChatResponse answer = model().chat(request);
        whippletree.close();
        assertThatThrownBy(() -> forget(answer)).hasMessageContaining("closed");

        AiServiceListenerRegistrar registrar = new UnusableAnswerListeners().get();
        registrar.shouldThrowExceptionOnEventError(true);
        registrar.fireEvent(AiServiceResponseReceivedEvent.builder()
                .invocationContext(invocation)
                .request(request)
                .response(answer)
                .build());
        AiServiceErrorEvent unusable = AiServiceErrorEvent.builder()
                .invocationContext(invocation)
                .error(new IllegalStateException("no mood"))
                .build();
        assertThatCode(() -> registrar.fireEvent(unusable)).doesNotThrowAnyException();
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
        refuse(400, "wrong");
        assertThatThrownBy(() -> assistant.mood("Weather?")).isNotInstanceOf(OutputParsingException.class);
        reply("GLAD");
        assertThat(assistant.mood("Weather?")).isEqualTo(Mood.GLAD);
        assertThat(service.requests()).hasSize(3);
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
