import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIServiceException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.chat.completions.StructuredChatCompletion;
import com.openai.services.blocking.chat.ChatCompletionService;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** The official client of OpenAI for Java does its exercises. Arguments: the gateway's base URL, a key. */
public final class OpenAiClient {

    private static final String MODEL = "openai/gpt-oss-20b";
    private static final String WEATHER = "21 degrees";
    private static final String PIXEL =
            "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final OpenAIClient client;
    private final ChatCompletionService chat;
    private final ChatCompletionService stranger;

    /** An error that is worth a retry is to be seen at once. */
    private final ChatCompletionService once;

    private OpenAiClient(String baseUrl, String key) {
        this.client = client(baseUrl, key);
        this.chat = client.chat().completions();
        this.stranger = client(baseUrl, "no such key").chat().completions();
        this.once = client.withOptions(options -> options.maxRetries(0)).chat().completions();
    }

    private static OpenAIClient client(String baseUrl, String key) {
        return OpenAIOkHttpClient.builder().baseUrl(baseUrl).apiKey(key).build();
    }

    /** Tells the weather. */
    @JsonTypeName("weather")
    @JsonClassDescription("Tells the weather.")
    public static final class Weather {
        public String city;
    }

    /** What the answer in JSON is. */
    public static final class Person {
        public String name;
        public int age;
    }

    /** Does something of which a test is told. */
    @FunctionalInterface
    private interface Exercise {
        Map<String, Object> result(String question) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        OpenAiClient it = new OpenAiClient(arguments[0], arguments[1]);
        Map<String, Exercise> exercises = new LinkedHashMap<>();
        exercises.put("chat", it::chat);
        exercises.put("stream", it::stream);
        exercises.put("tools", it::tools);
        exercises.put("streamedTools", it::streamedTools);
        exercises.put("json", it::json);
        exercises.put("image", it::image);
        exercises.put("mistaken", question -> it.failure(() -> it.ask(at("mistaken"), question)));
        exercises.put(
                "stranger",
                question -> it.failure(
                        () -> it.stranger.create(user(at("good"), question).build())));
        exercises.put("unknownModel", question -> it.failure(() -> it.ask("no-such-model", question)));
        exercises.put(
                "limited",
                question -> it.failure(
                        () -> it.once.create(user("limited", question).build())));
        exercises.put(
                "broken",
                question -> it.failure(
                        () -> it.once.create(user(at("broken"), question).build())));
        exercises.put("brokenStream", it::brokenStream);
        exercises.put("leaveStream", it::leaveStream);
        exercises.put("leave", it::leave);
        exercises.put("afterwards", question -> told(it.ask(at("good"), question)));
        for (Map.Entry<String, Exercise> exercise : exercises.entrySet()) {
            Map<String, Object> line = new LinkedHashMap<>(Map.of("exercise", exercise.getKey()));
            line.putAll(exercise.getValue().result("Why us? (" + exercise.getKey() + ")"));
            System.out.println(JSON.writeValueAsString(line));
        }
        it.client.close();
        System.exit(0);
    }

    private static String at(String account) {
        return account + "/" + MODEL;
    }

    private static ChatCompletionCreateParams.Builder user(String model, String question) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(question);
    }

    private ChatCompletion ask(String model, String question) {
        return chat.create(user(model, question).build());
    }

    private static Map<String, Object> told(ChatCompletion completion) {
        ChatCompletion.Choice choice = completion.choices().get(0);
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("text", choice.message().content().orElse(null));
        told.put("finish", choice.finishReason().asString());
        told.put("model", completion.model());
        completion.usage().ifPresent(usage -> told.put("tokens", usage.totalTokens()));
        return told;
    }

    private Map<String, Object> chat(String question) {
        ChatCompletionCreateParams params = ChatCompletionCreateParams.builder()
                .model(at("good"))
                .addSystemMessage("Be brief.")
                .addUserMessage(question)
                .temperature(0.25)
                .putAdditionalBodyProperty("x_unknown", JsonValue.from(Map.of("deep", List.of(1, "two"))))
                .build();
        try (HttpResponseFor<ChatCompletion> response = chat.withRawResponse().create(params)) {
            Map<String, Object> told = told(response.parse());
            told.put(
                    "account",
                    response.headers().values("x-whippletree-account").get(0));
            return told;
        }
    }

    private ChatCompletion streamed(ChatCompletionCreateParams params) {
        ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream = chat.createStreaming(params)) {
            stream.stream().forEach(whole::accumulate);
        }
        return whole.chatCompletion();
    }

    private Map<String, Object> stream(String question) {
        return told(streamed(user(at("groq"), question)
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build()));
    }

    private Map<String, Object> tools(String question) {
        ChatCompletionCreateParams.Builder params = user(at("good"), question).addTool(Weather.class);
        return withTool(params, chat.create(params.build()));
    }

    private Map<String, Object> streamedTools(String question) {
        ChatCompletionCreateParams.Builder params = user(at("groq"), question).addTool(Weather.class);
        return withTool(params, streamed(params.build()));
    }

    /** Sends back what the tool says. */
    private Map<String, Object> withTool(ChatCompletionCreateParams.Builder params, ChatCompletion asked) {
        ChatCompletionMessageFunctionToolCall call = asked.choices().get(0).message().toolCalls().orElseThrow().stream()
                .flatMap(each -> each.function().stream())
                .findFirst()
                .orElseThrow();
        params.addMessage(asked.choices().get(0).message())
                .addMessage(ChatCompletionToolMessageParam.builder()
                        .toolCallId(call.id())
                        .content(WEATHER)
                        .build());
        Map<String, Object> told = told(chat.create(params.build()));
        told.put("tool", call.function().name());
        told.put("arguments", call.function().arguments(Weather.class));
        return told;
    }

    private Map<String, Object> json(String question) {
        StructuredChatCompletion<Person> completion = chat.create(
                user(at("good"), question).responseFormat(Person.class).build());
        return Map.of("object", completion.choices().get(0).message().content().orElseThrow());
    }

    private Map<String, Object> image(String question) {
        List<ChatCompletionContentPart> parts = List.of(
                ChatCompletionContentPart.ofText(
                        ChatCompletionContentPartText.builder().text(question).build()),
                ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                        .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                                .url(PIXEL)
                                .build())
                        .build()));
        return told(chat.create(ChatCompletionCreateParams.builder()
                .model(at("good"))
                .addUserMessageOfArrayOfContentParts(parts)
                .build()));
    }

    private Map<String, Object> brokenStream(String question) {
        StringBuilder text = new StringBuilder();
        Map<String, Object> told = failure(() -> {
            try (StreamResponse<ChatCompletionChunk> stream =
                    chat.createStreaming(user("impatient", question).build())) {
                stream.stream().forEach(chunk -> text.append(content(chunk)));
            }
            return text;
        });
        told.put("text", text);
        return told;
    }

    private static String content(ChatCompletionChunk chunk) {
        return chunk.choices().stream()
                .flatMap(choice -> choice.delta().content().stream())
                .findFirst()
                .orElse("");
    }

    private Map<String, Object> leaveStream(String question) {
        try (StreamResponse<ChatCompletionChunk> stream =
                chat.createStreaming(user(at("stalling"), question).build())) {
            Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
            while (content(chunks.next()).isEmpty()) {
                // The first chunk may only say who speaks.
            }
        }
        return Map.of("aborted", true);
    }

    private Map<String, Object> leave(String question) throws IOException {
        CompletableFuture<ChatCompletion> answer = client.async()
                .chat()
                .completions()
                .create(user(at("silent"), question).build());
        System.in.read();
        answer.cancel(true);
        return failure(answer::join);
    }

    private Map<String, Object> failure(Supplier<Object> act) {
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
        if (failure instanceof OpenAIServiceException service) {
            told.put("status", service.statusCode());
            told.put("code", service.code().orElse(null));
            told.put(
                    "retryAfter",
                    service.headers().values("retry-after").stream().findFirst().orElse(null));
        }
        return told;
    }
}
