import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.HttpResponse;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIServiceException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import com.openai.models.responses.EasyInputMessage;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseInputContent;
import com.openai.models.responses.ResponseInputImage;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseInputText;
import com.openai.models.responses.ResponseOutputMessage;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.ResponseUsage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The official client of OpenAI for Java: chat completions, Responses, embeddings and batches. */
public final class OpenAiClient {

    private static final String DATA = "data:image/png;base64,";

    private OpenAiClient() {}

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

    public static void main(String[] arguments) {
        Exercises.run(
                "openai-java",
                "openai-java-core",
                arguments,
                () -> List.of(new Chat(), new Responses()),
                () -> client(Exercises.key, Exercises.PATIENCE)
                        .embeddings()
                        .create(EmbeddingCreateParams.builder()
                                .model(Exercises.MODEL)
                                .inputOfArrayOfStrings(Exercises.TEXTS)
                                .build())
                        .data()
                        .stream()
                        .map(each -> each.embedding())
                        .toList());
    }

    private static OpenAIClient client(String key, Duration timeout) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(Exercises.baseUrl)
                .apiKey(key)
                .timeout(timeout)
                .maxRetries(0)
                .build();
    }

    /** Either protocol. */
    private abstract static class Either extends Exercises {

        final OpenAIClient client = client(key, PATIENCE);

        Either(String protocol) {
            super(protocol);
            leavesLineByTimeout();
        }

        @Override
        final List<String> errors() {
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
        final int status(Throwable error) {
            return error instanceof OpenAIServiceException service ? service.statusCode() : 0;
        }

        abstract CompletableFuture<?> asking(String prompt, String model);

        /** A thread that waits isn't interrupted. */
        @Override
        final void leave(String prompt, String model, String what, String text) throws Exception {
            CompletableFuture<?> answer = asking(prompt, model);
            seen(what, text);
            answer.cancel(true);
            raised("CancellationException", answer::get);
        }

        static <T> void read(
                StreamResponse<T> response, Function<T, Optional<String>> piece, Predicate<String> wanted) {
            try (response;
                    Stream<T> stream = response.stream()) {
                Iterator<T> all = stream.iterator();
                boolean reading = true;
                while (reading && all.hasNext()) {
                    String text = piece.apply(all.next()).orElse("");
                    reading = text.isEmpty() || wanted.test(text);
                }
            }
        }
    }

    /** Chat completions. */
    private static final class Chat extends Either {

        Chat() {
            super("chat");
            add("whole-unknown-fields", this::unknownFields);
            add("tools", () -> tools(params -> client.chat().completions().create(params)));
            add("tools-stream", () -> tools(this::streamed));
            add("JSON", this::json);
            add("image", this::image);
            add("reasoning", this::reasoning);
            add("refusal", this::refusal);
            add("batches", this::batches);
        }

        /** From the upload to the error file. */
        private void batches() throws Exception {
            String lines = line("good", prompt("whole")) + "\n" + line("bad", prompt("badRequest"));
            Path file = Files.writeString(Files.createTempFile("lines", ".jsonl"), lines);
            String input = client.files()
                    .create(FileCreateParams.builder()
                            .file(file)
                            .purpose(FilePurpose.BATCH)
                            .build())
                    .id();
            Files.delete(file);
            Batch batch = client.batches()
                    .create(BatchCreateParams.builder()
                            .inputFileId(input)
                            .endpoint(BatchCreateParams.Endpoint.V1_CHAT_COMPLETIONS)
                            .completionWindow(BatchCreateParams.CompletionWindow._24H)
                            .build());
            while (!batch.status().equals(Batch.Status.COMPLETED)) {
                holds(!batch.status().equals(Batch.Status.FAILED), batch);
                Thread.sleep(100);
                batch = client.batches().retrieve(batch.id());
            }
            same(1L, batch.requestCounts().orElseThrow().completed());
            same(1L, batch.requestCounts().orElseThrow().failed());
            String output = content(batch.outputFileId().orElseThrow());
            holds(output.contains("\"custom_id\":\"good\"") && output.contains(ANSWER), output);
            String errors = content(batch.errorFileId().orElseThrow());
            holds(errors.contains("\"custom_id\":\"bad\"") && errors.contains("\"status_code\":400"), errors);
            holds(client.files().delete(input).deleted(), "the file wasn't deleted");
        }

        private static String line(String id, String prompt) {
            return "{\"custom_id\":\"" + id
                    + "\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"" + MODEL
                    + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}}";
        }

        private String content(String file) throws IOException {
            try (HttpResponse content = client.files().content(file)) {
                return new String(content.body().readAllBytes(), StandardCharsets.UTF_8);
            }
        }

        private static ChatCompletionCreateParams.Builder user(String prompt, String model) {
            return ChatCompletionCreateParams.builder().model(model).addUserMessage(prompt);
        }

        private ChatCompletion create(ChatCompletionCreateParams params) {
            return client.chat().completions().create(params);
        }

        private static ChatCompletionMessage message(ChatCompletion completion) {
            return completion.choices().get(0).message();
        }

        @Override
        Answer ask(String prompt, String model, String key, Duration timeout) {
            ChatCompletion completion = client(key, timeout)
                    .chat()
                    .completions()
                    .create(user(prompt, model).build());
            return new Answer(
                    message(completion).content().orElseThrow(),
                    completion.usage().orElseThrow().promptTokens(),
                    completion.usage().orElseThrow().completionTokens());
        }

        @Override
        CompletableFuture<?> asking(String prompt, String model) {
            return client.async()
                    .chat()
                    .completions()
                    .create(user(prompt, model).build());
        }

        @Override
        void stream(String prompt, String model, Predicate<String> wanted) {
            read(
                    client.chat()
                            .completions()
                            .createStreaming(user(prompt, model).build()),
                    chunk -> chunk.choices().stream()
                            .flatMap(choice -> choice.delta().content().stream())
                            .findFirst(),
                    wanted);
        }

        private ChatCompletion streamed(ChatCompletionCreateParams params) {
            ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
            try (StreamResponse<ChatCompletionChunk> chunks =
                    client.chat().completions().createStreaming(params)) {
                chunks.stream().forEach(whole::accumulate);
            }
            return whole.chatCompletion();
        }

        /** They reach the service. */
        private void unknownFields() throws Exception {
            Map<String, Object> unknown = Map.of("deep", List.of(1, "two"));
            String prompt = prompt("whole");
            create(user(prompt, MODEL)
                    .putAdditionalBodyProperty("x_unknown", JsonValue.from(unknown))
                    .build());
            holds(seen("received", prompt).contains("\"x_unknown\":{\"deep\":[1,\"two\"]}"), "no unknown field");
        }

        private void tools(Function<ChatCompletionCreateParams, ChatCompletion> asking) {
            ChatCompletionCreateParams.Builder params =
                    user(prompt("tools"), MODEL).addTool(Weather.class);
            for (int turn = 0; turn < 2; turn++) {
                ChatCompletionMessage asked = message(asking.apply(params.build()));
                ChatCompletionMessageFunctionToolCall call = asked.toolCalls().orElseThrow().stream()
                        .flatMap(each -> each.function().stream())
                        .findFirst()
                        .orElseThrow();
                params.addMessage(asked)
                        .addMessage(ChatCompletionToolMessageParam.builder()
                                .toolCallId(call.id())
                                .content(WEATHER.get(call.function().arguments(Weather.class).city))
                                .build());
            }
            same(TOOL_ANSWER, message(asking.apply(params.build())).content().orElseThrow());
        }

        private void json() {
            Person person = client.chat()
                    .completions()
                    .create(user(prompt("schema"), MODEL)
                            .responseFormat(Person.class)
                            .build())
                    .choices()
                    .get(0)
                    .message()
                    .content()
                    .orElseThrow();
            same("Ada, 36", person.name + ", " + person.age);
        }

        private void image() {
            List<ChatCompletionContentPart> parts = List.of(
                    ChatCompletionContentPart.ofText(ChatCompletionContentPartText.builder()
                            .text(prompt("image"))
                            .build()),
                    ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                            .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                                    .url(DATA + PIXEL)
                                    .build())
                            .build()));
            ChatCompletionCreateParams params = ChatCompletionCreateParams.builder()
                    .model(MODEL)
                    .addUserMessageOfArrayOfContentParts(parts)
                    .build();
            same("One pixel.", message(create(params)).content().orElseThrow());
        }

        /** The client has no name for it, and keeps it. */
        private void reasoning() {
            ChatCompletionMessage message =
                    message(create(user(prompt("reasoning"), MODEL).build()));
            same(
                    REASONING,
                    message._additionalProperties().get("reasoning_content").asStringOrThrow());
        }

        private void refusal() {
            ChatCompletionMessage message =
                    message(create(user(prompt("refusal"), MODEL).build()));
            same(REFUSAL, message.refusal().orElseThrow());
        }
    }

    /** Responses. */
    private static final class Responses extends Either {

        Responses() {
            super("responses");
            add("tools", () -> tools(params -> client.responses().create(params)));
            add("tools-stream", () -> tools(this::streamed));
            add("JSON", this::json);
            add("image", this::image);
            add("reasoning", this::reasoning);
            add("refusal", this::refusal);
        }

        private static ResponseCreateParams.Builder user(String prompt, String model) {
            return ResponseCreateParams.builder().model(model).input(prompt);
        }

        private static Stream<ResponseOutputMessage.Content> contents(Response response) {
            return response.output().stream()
                    .flatMap(item -> item.message().stream())
                    .flatMap(message -> message.content().stream());
        }

        private static String text(Response response) {
            return contents(response)
                    .flatMap(content -> content.outputText().stream())
                    .map(text -> text.text())
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        Answer ask(String prompt, String model, String key, Duration timeout) {
            Response response =
                    client(key, timeout).responses().create(user(prompt, model).build());
            ResponseUsage usage = response.usage().orElseThrow();
            return new Answer(text(response), usage.inputTokens(), usage.outputTokens());
        }

        @Override
        CompletableFuture<?> asking(String prompt, String model) {
            return client.async().responses().create(user(prompt, model).build());
        }

        @Override
        void stream(String prompt, String model, Predicate<String> wanted) {
            read(
                    client.responses().createStreaming(user(prompt, model).build()),
                    event -> event.outputTextDelta().map(delta -> delta.delta()),
                    wanted);
        }

        private Response streamed(ResponseCreateParams params) {
            ResponseAccumulator whole = ResponseAccumulator.create();
            try (StreamResponse<ResponseStreamEvent> events = client.responses().createStreaming(params)) {
                events.stream().forEach(whole::accumulate);
            }
            return whole.response();
        }

        private static ResponseInputItem said(String prompt) {
            return ResponseInputItem.ofEasyInputMessage(EasyInputMessage.builder()
                    .role(EasyInputMessage.Role.USER)
                    .content(prompt)
                    .build());
        }

        private void tools(Function<ResponseCreateParams, Response> asking) {
            List<ResponseInputItem> items = new ArrayList<>(List.of(said(prompt("tools"))));
            for (int turn = 0; turn < 2; turn++) {
                ResponseFunctionToolCall call = asking.apply(withTool(items)).output().stream()
                        .flatMap(item -> item.functionCall().stream())
                        .findFirst()
                        .orElseThrow();
                items.add(ResponseInputItem.ofFunctionCall(call));
                items.add(ResponseInputItem.ofFunctionCallOutput(ResponseInputItem.FunctionCallOutput.builder()
                        .callId(call.callId())
                        .output(WEATHER.get(call.arguments(Weather.class).city))
                        .build()));
            }
            same(TOOL_ANSWER, text(asking.apply(withTool(items))));
        }

        private static ResponseCreateParams withTool(List<ResponseInputItem> items) {
            return ResponseCreateParams.builder()
                    .model(MODEL)
                    .inputOfResponse(items)
                    .addTool(Weather.class)
                    .build();
        }

        private void json() {
            Person person =
                    client
                            .responses()
                            .create(user(prompt("schema"), MODEL)
                                    .text(Person.class)
                                    .build())
                            .output()
                            .stream()
                            .flatMap(item -> item.message().stream())
                            .flatMap(message -> message.content().stream())
                            .flatMap(content -> content.outputText().stream())
                            .findFirst()
                            .orElseThrow();
            same("Ada, 36", person.name + ", " + person.age);
        }

        private void image() {
            List<ResponseInputContent> contents = List.of(
                    ResponseInputContent.ofInputText(
                            ResponseInputText.builder().text(prompt("image")).build()),
                    ResponseInputContent.ofInputImage(ResponseInputImage.builder()
                            .detail(ResponseInputImage.Detail.AUTO)
                            .imageUrl(DATA + PIXEL)
                            .build()));
            ResponseInputItem message = ResponseInputItem.ofMessage(ResponseInputItem.Message.builder()
                    .role(ResponseInputItem.Message.Role.USER)
                    .content(contents)
                    .build());
            same(
                    "One pixel.",
                    text(client.responses()
                            .create(ResponseCreateParams.builder()
                                    .model(MODEL)
                                    .inputOfResponse(List.of(message))
                                    .build())));
        }

        private void reasoning() {
            Response response =
                    client.responses().create(user(prompt("reasoning"), MODEL).build());
            List<String> thoughts = response.output().stream()
                    .flatMap(item -> item.reasoning().stream())
                    .flatMap(item -> item.summary().stream())
                    .map(summary -> summary.text())
                    .toList();
            same(List.of(REASONING, ANSWER), List.of(thoughts.get(0), text(response)));
        }

        private void refusal() {
            Response response =
                    client.responses().create(user(prompt("refusal"), MODEL).build());
            same(
                    List.of(REFUSAL),
                    contents(response)
                            .flatMap(content -> content.refusal().stream())
                            .map(refusal -> refusal.refusal())
                            .toList());
        }
    }
}
