import com.openai.errors.OpenAIServiceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.MimeTypeUtils;
import reactor.core.Disposable;

/** Spring AI's client for OpenAI: chat completions and embeddings. */
public final class SpringAiClient {

    private static final ToolCallback WEATHER_TOOL = FunctionToolCallback.builder(
                    "weather", (Place place) -> Exercises.WEATHER.get(place.city()))
            .description("Tells the weather.")
            .inputType(Place.class)
            .build();

    private SpringAiClient() {}

    /** What the answer in JSON is. */
    public record Person(String name, int age) {}

    /** What the weather is asked for. */
    public record Place(String city) {}

    public static void main(String[] arguments) {
        Exercises.run("spring-ai", "spring-ai-openai", arguments, () -> List.of(new Chat()), () -> {
            OpenAiEmbeddingModel model = OpenAiEmbeddingModel.builder()
                    .options(OpenAiEmbeddingOptions.builder()
                            .baseUrl(Exercises.baseUrl)
                            .apiKey(Exercises.key)
                            .model(Exercises.MODEL)
                            .build())
                    .build();
            return model.embed(Exercises.TEXTS).stream()
                    .map(SpringAiClient::floats)
                    .toList();
        });
    }

    private static List<Float> floats(float[] vector) {
        List<Float> floats = new ArrayList<>();
        for (float each : vector) {
            floats.add(each);
        }
        return floats;
    }

    /** Chat completions. */
    private static final class Chat extends Exercises {

        Chat() {
            super("chat");
            leavesLineByTimeout();
            add("tools", this::tools);
            add("tools-stream", this::streamedTools);
            add("JSON", this::json);
            add("image", this::image);
            add("reasoning", this::reasoning);
            add("refusal", this::refusal);
        }

        @Override
        List<String> errors() {
            return List.of(
                    "BadRequestException",
                    "UnauthorizedException",
                    "NotFoundException",
                    "RateLimitException",
                    "InternalServerException",
                    "OpenAIIoException",
                    "SseException");
        }

        @Override
        int status(Throwable error) {
            return error instanceof OpenAIServiceException service ? service.statusCode() : 0;
        }

        private static OpenAiChatModel model(String model, String key, Duration timeout) {
            return OpenAiChatModel.builder()
                    .options(OpenAiChatOptions.builder()
                            .baseUrl(baseUrl)
                            .apiKey(key)
                            .model(model)
                            .timeout(timeout)
                            .maxRetries(0)
                            .build())
                    .build();
        }

        private static ChatClient client() {
            return ChatClient.create(model(MODEL, key, PATIENCE));
        }

        private static String text(ChatResponse response) {
            return response.getResult().getOutput().getText();
        }

        @Override
        Answer ask(String prompt, String model, String key, Duration timeout) {
            ChatResponse response = model(model, key, timeout).call(new Prompt(prompt));
            return new Answer(
                    text(response),
                    response.getMetadata().getUsage().getPromptTokens(),
                    response.getMetadata().getUsage().getCompletionTokens());
        }

        @Override
        void stream(String prompt, String model, Predicate<String> wanted) {
            model(model, key, PATIENCE).stream(new Prompt(prompt))
                    .filter(response -> response.getResult() != null
                            && text(response) != null
                            && !text(response).isEmpty())
                    .takeWhile(response -> wanted.test(text(response)))
                    .blockLast();
        }

        /** Only a stream can be left: a thread that waits isn't interrupted. */
        @Override
        void leave(String prompt, String model, String what, String text) throws Exception {
            Disposable reading =
                    model(model, key, PATIENCE).stream(new Prompt(prompt)).subscribe();
            seen(what, text);
            reading.dispose();
        }

        private void tools() {
            same(
                    TOOL_ANSWER,
                    client().prompt(prompt("tools"))
                            .toolCallbacks(WEATHER_TOOL)
                            .call()
                            .content());
        }

        private void streamedTools() {
            List<String> pieces = client().prompt(prompt("tools")).toolCallbacks(WEATHER_TOOL).stream()
                    .content()
                    .collectList()
                    .block();
            same(TOOL_ANSWER, String.join("", pieces));
        }

        private void json() {
            Person person = client().prompt(prompt("schema"))
                    .options(OpenAiChatOptions.builder().outputSchema("""
                            {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
                             "required": ["name", "age"], "additionalProperties": false}"""))
                    .call()
                    .entity(Person.class);
            same(new Person("Ada", 36), person);
        }

        private void image() {
            ByteArrayResource image = new ByteArrayResource(Base64.getDecoder().decode(PIXEL));
            same(
                    "One pixel.",
                    client().prompt()
                            .user(user -> user.text(prompt("image")).media(MimeTypeUtils.IMAGE_PNG, image))
                            .call()
                            .content());
        }

        private void reasoning() {
            ChatResponse response = model(MODEL, key, PATIENCE).call(new Prompt(prompt("reasoning")));
            same(ANSWER, text(response));
            same(REASONING, response.getResult().getOutput().getMetadata().get("reasoningContent"));
        }

        private void refusal() {
            ChatResponse response = model(MODEL, key, PATIENCE).call(new Prompt(prompt("refusal")));
            same(REFUSAL, response.getResult().getOutput().getMetadata().get("refusal"));
        }
    }
}
