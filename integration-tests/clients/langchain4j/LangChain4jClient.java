import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.jdk.JdkHttpClient;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiResponsesChatModel;
import dev.langchain4j.model.openai.OpenAiResponsesStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;

/** LangChain4j's client for OpenAI: chat completions, Responses and embeddings. */
public final class LangChain4jClient {

    private static final ToolSpecification TOOL = ToolSpecification.builder()
            .name("weather")
            .description("Tells the weather.")
            .parameters(JsonObjectSchema.builder()
                    .addStringProperty("city")
                    .required("city")
                    .additionalProperties(false)
                    .build())
            .build();
    private static final JsonSchema PERSON = JsonSchema.builder()
            .name("person")
            .rootElement(JsonObjectSchema.builder()
                    .addStringProperty("name")
                    .addIntegerProperty("age")
                    .required("name", "age")
                    .additionalProperties(false)
                    .build())
            .build();

    private LangChain4jClient() {}

    public static void main(String[] arguments) {
        Exercises.run(
                "langchain4j",
                "langchain4j-open-ai",
                arguments,
                () -> List.of(new Chat(), new Responses()),
                () -> OpenAiEmbeddingModel.builder()
                        .baseUrl(Exercises.baseUrl)
                        .apiKey(Exercises.key)
                        .modelName(Exercises.MODEL)
                        .build()
                        .embedAll(
                                Exercises.TEXTS.stream().map(TextSegment::from).toList())
                        .content()
                        .stream()
                        .map(each -> each.vectorAsList())
                        .toList());
    }

    /** Either protocol. */
    private abstract static class Either extends Exercises {

        Either(String protocol) {
            super(protocol);
            add("tools", () -> tools(request -> model(MODEL, key, PATIENCE).chat(request)));
            add("tools-stream", () -> tools(this::streamed));
            add("JSON", this::json);
            add("image", this::image);
            add("reasoning", this::reasoning);
        }

        abstract ChatModel model(String model, String key, Duration timeout);

        abstract StreamingChatModel streaming(String model);

        @Override
        final List<String> errors() {
            return List.of(
                    "InvalidRequestException",
                    "AuthenticationException",
                    "ModelNotFoundException",
                    "RateLimitException",
                    "InternalServerException",
                    "TimeoutException",
                    "RuntimeException");
        }

        @Override
        final int status(Throwable error) {
            return error.getCause() instanceof HttpException http ? http.statusCode() : 0;
        }

        @Override
        final Answer ask(String prompt, String model, String key, Duration timeout) {
            ChatResponse response = model(model, key, timeout).chat(UserMessage.from(prompt));
            return new Answer(
                    response.aiMessage().text(),
                    response.tokenUsage().inputTokenCount(),
                    response.tokenUsage().outputTokenCount());
        }

        @Override
        final void stream(String prompt, String model, Predicate<String> wanted) {
            Heard heard = new Heard(wanted);
            streaming(model).chat(List.of(UserMessage.from(prompt)), heard);
            heard.end.join();
        }

        private ChatResponse streamed(ChatRequest request) {
            Heard heard = new Heard(piece -> true);
            streaming(MODEL).chat(request, heard);
            return heard.end.join();
        }

        private void tools(Function<ChatRequest, ChatResponse> asking) {
            List<ChatMessage> messages = new ArrayList<>(List.of(UserMessage.from(prompt("tools"))));
            for (int turn = 0; turn < 2; turn++) {
                ChatResponse asked = asking.apply(withTool(messages));
                ToolExecutionRequest call =
                        asked.aiMessage().toolExecutionRequests().get(0);
                String city = call.arguments().contains("Bern") ? "Bern" : "Basel";
                messages.add(asked.aiMessage());
                messages.add(ToolExecutionResultMessage.from(call, WEATHER.get(city)));
            }
            same(TOOL_ANSWER, asking.apply(withTool(messages)).aiMessage().text());
        }

        private static ChatRequest withTool(List<ChatMessage> messages) {
            return ChatRequest.builder()
                    .messages(messages)
                    .toolSpecifications(TOOL)
                    .build();
        }

        private void json() {
            ChatResponse response = model(MODEL, key, PATIENCE)
                    .chat(ChatRequest.builder()
                            .messages(UserMessage.from(prompt("schema")))
                            .responseFormat(ResponseFormat.builder()
                                    .type(ResponseFormatType.JSON)
                                    .jsonSchema(PERSON)
                                    .build())
                            .build());
            same("{\"name\": \"Ada\", \"age\": 36}", response.aiMessage().text());
        }

        private void image() {
            UserMessage message =
                    UserMessage.from(TextContent.from(prompt("image")), ImageContent.from(PIXEL, "image/png"));
            same(
                    "One pixel.",
                    model(MODEL, key, PATIENCE).chat(message).aiMessage().text());
        }

        private void reasoning() {
            ChatResponse response = model(MODEL, key, PATIENCE).chat(UserMessage.from(prompt("reasoning")));
            same(
                    List.of(REASONING, ANSWER),
                    List.of(
                            String.valueOf(response.aiMessage().thinking()),
                            response.aiMessage().text()));
        }
    }

    /** Chat completions. */
    private static final class Chat extends Either {

        Chat() {
            super("chat");
        }

        @Override
        ChatModel model(String model, String key, Duration timeout) {
            return OpenAiChatModel.builder()
                    .baseUrl(baseUrl)
                    .apiKey(key)
                    .modelName(model)
                    .timeout(timeout)
                    .maxRetries(0)
                    .strictJsonSchema(true)
                    .returnThinking(true)
                    .build();
        }

        @Override
        StreamingChatModel streaming(String model) {
            return OpenAiStreamingChatModel.builder()
                    .baseUrl(baseUrl)
                    .apiKey(key)
                    .modelName(model)
                    .timeout(PATIENCE)
                    .build();
        }
    }

    /** Responses. */
    private static final class Responses extends Either {

        Responses() {
            super("responses");
        }

        private static HttpClientBuilder http(Duration timeout) {
            return JdkHttpClient.builder().readTimeout(timeout);
        }

        @Override
        ChatModel model(String model, String key, Duration timeout) {
            return OpenAiResponsesChatModel.builder()
                    .httpClientBuilder(http(timeout))
                    .baseUrl(baseUrl)
                    .apiKey(key)
                    .modelName(model)
                    .strictJsonSchema(true)
                    .reasoningSummary("auto")
                    .build();
        }

        @Override
        StreamingChatModel streaming(String model) {
            return OpenAiResponsesStreamingChatModel.builder()
                    .httpClientBuilder(http(PATIENCE))
                    .baseUrl(baseUrl)
                    .apiKey(key)
                    .modelName(model)
                    .build();
        }
    }

    /** Hears a stream until it ends or isn't wanted any more. */
    private static final class Heard implements StreamingChatResponseHandler {

        private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();
        private final Predicate<String> wanted;

        Heard(Predicate<String> wanted) {
            this.wanted = wanted;
        }

        @Override
        public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            if (!wanted.test(piece.text())) {
                context.streamingHandle().cancel();
                end.complete(null);
            }
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            end.complete(response);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }
    }
}
