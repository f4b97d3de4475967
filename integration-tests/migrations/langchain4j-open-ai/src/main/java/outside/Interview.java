package outside;

import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;

/** An interview of one question. */
public final class Interview {

    private Interview() {}

    /** Prints the answer to the first argument. */
    public static void main(String[] arguments) {
        ChatModel model = OpenAiChatModel.builder()
                .baseUrl(System.getenv("LLM_URL"))
                .apiKey(System.getenv("LLM_KEY"))
                .modelName("gpt-4o-mini")
                .temperature(0.2)
                .maxTokens(200)
                .build();
        ChatResponse answer =
                model.chat(SystemMessage.from("Answer in one sentence."), UserMessage.from(arguments[0]));
        System.out.println(answer.aiMessage().text());
    }
}
