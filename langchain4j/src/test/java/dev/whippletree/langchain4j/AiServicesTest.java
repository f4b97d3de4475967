package dev.whippletree.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.UserMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is built on LangChain4j works over both models: services with tools, memory, objects and streams. */
final class AiServicesTest {

    private final Stage stage = new Stage();
    private final Weather weather = new Weather();

    @AfterEach
    void close() {
        stage.close();
    }

    /** A tool, and for what it was asked. */
    static final class Weather {

        private final List<String> cities = new ArrayList<>();

        @Tool("Tells the weather")
        String weather(String city) {
            cities.add(city);
            return "sunny";
        }
    }

    /** A service as programs declare them. */
    interface Assistant {

        Result<String> answer(String question);

        Result<String> answer(@UserMessage String question, ChatRequestParameters parameters);

        TokenStream stream(String question);
    }

    private ChatModel model() {
        return WhippletreeChatModel.builder()
                .whippletree(stage.whippletree())
                .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
                .build();
    }

    private StreamingChatModel streaming() {
        return WhippletreeStreamingChatModel.builder()
                .whippletree(stage.whippletree())
                .build();
    }

    private AiServices<Assistant> assistant() {
        return AiServices.builder(Assistant.class).chatModel(model()).tools(weather);
    }

    @Test
    void tool_isCalled_andItsResultAnswered() {
        Result<String> result = assistant().build().answer("What is the weather in Munich?");
        assertThat(result.content()).contains("sunny");
        assertThat(weather.cities).containsExactly("Munich");
        assertThat(result.tokenUsage().totalTokenCount()).isPositive();
    }

    @Test
    void memory_remindsTheModel() {
        Assistant assistant = assistant()
                .chatMemory(MessageWindowChatMemory.withMaxMessages(10))
                .build();
        assistant.answer("Hi, my favorite color is green");
        assertThat(assistant.answer("What is my favorite color?").content()).contains("green");
    }

    @Test
    void parametersOfACall_chooseTheModel() {
        ChatRequestParameters parameters = WhippletreeChatRequestParameters.builder()
                .modelName(Stage.OTHER_MODEL)
                .session("interview-7")
                .build();
        Result<String> result = assistant().build().answer("What is the capital of Germany?", parameters);
        assertThat(result.finalResponse().metadata())
                .isInstanceOfSatisfying(
                        WhippletreeChatResponseMetadata.class,
                        metadata -> assertThat(metadata.modelName()).isEqualTo(Stage.OTHER_MODEL));
    }

    @Test
    void stream_callsTheToolToo_andEndsWithTheWholeAnswer() {
        CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
        StringBuilder pieces = new StringBuilder();
        Assistant assistant = AiServices.builder(Assistant.class)
                .streamingChatModel(streaming())
                .tools(weather)
                .build();
        assistant.stream("What is the weather in Munich?")
                .onPartialResponse(pieces::append)
                .onCompleteResponse(whole::complete)
                .onError(whole::completeExceptionally)
                .start();
        assertThat(whole.join().aiMessage().text()).contains("sunny").isEqualTo(pieces.toString());
        assertThat(weather.cities).containsExactly("Munich");
    }
}
