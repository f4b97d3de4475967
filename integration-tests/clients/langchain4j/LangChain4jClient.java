import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.HttpException;
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
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** LangChain4j's client for OpenAI does its exercises. Arguments: the gateway's base URL, a key. */
public final class LangChain4jClient {

    private static final String MODEL = "openai/gpt-oss-20b";
    private static final String PIXEL =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ToolSpecification WEATHER = ToolSpecification.builder()
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

    private final ChatModel model;
    private final ChatModel stranger;

    /** An error that is worth a retry is to be seen at once. */
    private final ChatModel once;

    private final StreamingChatModel streaming;

    private LangChain4jClient(String baseUrl, String key) {
        this.model = model(baseUrl, key).build();
        this.stranger = model(baseUrl, "no such key").build();
        this.once = model(baseUrl, key).maxRetries(0).build();
        this.streaming =
                OpenAiStreamingChatModel.builder().baseUrl(baseUrl).apiKey(key).build();
    }

    private static OpenAiChatModel.OpenAiChatModelBuilder model(String baseUrl, String key) {
        return OpenAiChatModel.builder().baseUrl(baseUrl).apiKey(key).strictJsonSchema(true);
    }

    /** Does something of which a test is told. */
    @FunctionalInterface
    private interface Exercise {
        Map<String, Object> result(String question) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        LangChain4jClient it = new LangChain4jClient(arguments[0], arguments[1]);
        Map<String, Exercise> exercises = new LinkedHashMap<>();
        exercises.put("chat", it::chat);
        exercises.put("stream", question -> told(it.streamed(request(at("groq"), question))));
        exercises.put("tools", it::tools);
        exercises.put("streamedTools", it::streamedTools);
        exercises.put("json", it::json);
        exercises.put("image", it::image);
        exercises.put("mistaken", question -> failure(() -> it.ask(at("mistaken"), question)));
        exercises.put("stranger", question -> failure(() -> it.stranger.chat(request(at("good"), question))));
        exercises.put("unknownModel", question -> failure(() -> it.ask("no-such-model", question)));
        exercises.put("limited", question -> failure(() -> it.once.chat(request("limited", question))));
        exercises.put("broken", question -> failure(() -> it.once.chat(request(at("broken"), question))));
        exercises.put("brokenStream", it::brokenStream);
        exercises.put("leaveStream", it::leaveStream);
        exercises.put("leave", it::leave);
        exercises.put("afterwards", question -> told(it.ask(at("good"), question)));
        for (Map.Entry<String, Exercise> exercise : exercises.entrySet()) {
            Map<String, Object> line = new LinkedHashMap<>(Map.of("exercise", exercise.getKey()));
            line.putAll(exercise.getValue().result("Why us? (" + exercise.getKey() + ")"));
            System.out.println(JSON.writeValueAsString(line));
        }
        System.exit(0);
    }

    private static String at(String account) {
        return account + "/" + MODEL;
    }

    private static ChatRequest request(String model, String question) {
        return ChatRequest.builder()
                .modelName(model)
                .messages(UserMessage.from(question))
                .build();
    }

    private ChatResponse ask(String model, String question) {
        return this.model.chat(request(model, question));
    }

    private static Map<String, Object> told(ChatResponse response) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("text", response.aiMessage().text());
        told.put("finish", response.finishReason().name().toLowerCase(Locale.ROOT));
        told.put("model", response.modelName());
        told.put("tokens", response.tokenUsage().totalTokenCount());
        return told;
    }

    private Map<String, Object> chat(String question) {
        return told(model.chat(ChatRequest.builder()
                .messages(SystemMessage.from("Be brief."), UserMessage.from(question))
                .parameters(OpenAiChatRequestParameters.builder()
                        .modelName(at("good"))
                        .temperature(0.25)
                        .customParameters(Map.of("x_unknown", Map.of("deep", List.of(1, "two"))))
                        .build())
                .build()));
    }

    /** Hears a stream; what it says ends the future. */
    private static class Heard implements StreamingChatResponseHandler {

        private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();
        private final StringBuffer text = new StringBuffer();

        @Override
        public void onPartialResponse(String piece) {
            text.append(piece);
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

    private ChatResponse streamed(ChatRequest request) {
        Heard heard = new Heard();
        streaming.chat(request, heard);
        return heard.end.join();
    }

    private Map<String, Object> tools(String question) throws JsonProcessingException {
        ChatRequest request = withTool(at("good"), List.of(UserMessage.from(question)));
        return afterTool(request, model.chat(request));
    }

    private Map<String, Object> streamedTools(String question) throws JsonProcessingException {
        ChatRequest request = withTool(at("groq"), List.of(UserMessage.from(question)));
        return afterTool(request, streamed(request));
    }

    private static ChatRequest withTool(String name, List<ChatMessage> messages) {
        return ChatRequest.builder()
                .modelName(name)
                .messages(messages)
                .toolSpecifications(WEATHER)
                .build();
    }

    /** Sends back what the tool says. */
    private Map<String, Object> afterTool(ChatRequest request, ChatResponse asked) throws JsonProcessingException {
        ToolExecutionRequest call = asked.aiMessage().toolExecutionRequests().get(0);
        Map<String, Object> told = told(model.chat(withTool(
                request.modelName(),
                List.of(
                        request.messages().get(0),
                        asked.aiMessage(),
                        ToolExecutionResultMessage.from(call, "21 degrees")))));
        told.put("tool", call.name());
        told.put("arguments", JSON.readTree(call.arguments()));
        return told;
    }

    private Map<String, Object> json(String question) throws JsonProcessingException {
        ChatResponse response = model.chat(ChatRequest.builder()
                .modelName(at("good"))
                .messages(UserMessage.from(question))
                .responseFormat(ResponseFormat.builder()
                        .type(ResponseFormatType.JSON)
                        .jsonSchema(PERSON)
                        .build())
                .build());
        JsonNode object = JSON.readTree(response.aiMessage().text());
        return Map.of("object", object);
    }

    private Map<String, Object> image(String question) {
        return told(model.chat(ChatRequest.builder()
                .modelName(at("good"))
                .messages(UserMessage.from(TextContent.from(question), ImageContent.from(PIXEL, "image/png")))
                .build()));
    }

    private Map<String, Object> brokenStream(String question) {
        Heard heard = new Heard();
        streaming.chat(request("impatient", question), heard);
        Map<String, Object> told = failure(heard.end::join);
        told.put("text", heard.text);
        return told;
    }

    private Map<String, Object> leaveStream(String question) {
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        streaming.chat(request(at("stalling"), question), new Heard() {
            @Override
            public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
                context.streamingHandle().cancel();
                left.complete(context.streamingHandle().isCancelled());
            }

            @Override
            public void onError(Throwable failure) {
                left.completeExceptionally(failure);
            }
        });
        return Map.of("aborted", left.join());
    }

    /** Whoever waits for it can only be interrupted. */
    private Map<String, Object> leave(String question) throws IOException {
        CompletableFuture<Map<String, Object>> left = new CompletableFuture<>();
        Thread waiting = new Thread(() -> left.complete(failure(() -> ask(at("silent"), question))));
        waiting.start();
        System.in.read();
        waiting.interrupt();
        return left.join();
    }

    private static Map<String, Object> failure(Supplier<Object> act) {
        Object answer;
        try {
            answer = act.get();
        } catch (RuntimeException failure) {
            return new LinkedHashMap<>(Map.of("error", describe(failure)));
        }
        throw new IllegalStateException("an answer instead of an error: " + answer);
    }

    private static Map<String, Object> describe(RuntimeException thrown) {
        Throwable failure = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("type", failure.getClass().getSimpleName());
        told.put("message", failure.getMessage());
        if (failure.getCause() instanceof HttpException http) {
            told.put("status", http.statusCode());
        }
        return told;
    }
}
