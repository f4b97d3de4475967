import ai.koog.agents.core.tools.ToolDescriptor;
import ai.koog.agents.core.tools.ToolParameterDescriptor;
import ai.koog.agents.core.tools.ToolParameterType;
import ai.koog.http.client.KoogHttpClientException;
import ai.koog.http.client.ktor.KtorKoogHttpClient;
import ai.koog.prompt.Prompt;
import ai.koog.prompt.executor.clients.ConnectionTimeoutConfig;
import ai.koog.prompt.executor.clients.openai.OpenAIClientSettings;
import ai.koog.prompt.executor.clients.openai.OpenAILLMClient;
import ai.koog.prompt.llm.LLMCapability;
import ai.koog.prompt.llm.LLMProvider;
import ai.koog.prompt.llm.LLModel;
import ai.koog.prompt.message.AttachmentContent;
import ai.koog.prompt.message.AttachmentSource;
import ai.koog.prompt.message.Message;
import ai.koog.prompt.message.MessagePart;
import ai.koog.prompt.params.LLMParams;
import ai.koog.prompt.streaming.StreamFrame;
import io.github.oshai.kotlinlogging.KotlinLoggingConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kotlinx.coroutines.jdk9.ReactiveFlowKt;
import kotlinx.serialization.json.Json;
import kotlinx.serialization.json.JsonObject;

/** Koog's client for OpenAI: chat completions, Responses and embeddings. */
public final class KoogClient {

    private static final ToolDescriptor TOOL = new ToolDescriptor(
            "weather",
            "Tells the weather.",
            List.of(new ToolParameterDescriptor("city", "Where.", ToolParameterType.String.INSTANCE)),
            List.of(),
            null);
    private static final String PERSON = """
            {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
             "required": ["name", "age"], "additionalProperties": false}""";

    private KoogClient() {}

    public static void main(String[] arguments) {
        // Only results may be on standard output.
        KotlinLoggingConfiguration.INSTANCE.setLogStartupMessage(false);
        Exercises.run(
                "koog",
                "prompt-executor-openai-client-jvm",
                arguments,
                () -> List.of(new Chat(), new Responses()),
                () -> {
                    try (OpenAILLMClient client = client(Exercises.key, Exercises.PATIENCE)) {
                        LLModel model = model(Exercises.MODEL, LLMCapability.Embed.INSTANCE);
                        return Exercises.TEXTS.stream()
                                .map(text -> client.embed(text, model).stream()
                                        .map(Double::floatValue)
                                        .toList())
                                .toList();
                    }
                });
    }

    /** Koog adds {@code v1} to the base URL itself. */
    private static OpenAILLMClient client(String key, Duration timeout) {
        long millis = timeout.toMillis();
        OpenAIClientSettings settings = new OpenAIClientSettings(
                Exercises.baseUrl.replaceAll("/v1$", ""),
                new ConnectionTimeoutConfig(millis, millis, millis),
                "v1/chat/completions",
                "v1/responses",
                "v1/embeddings",
                "v1/moderations",
                "v1/models");
        return new OpenAILLMClient(key, settings, new KtorKoogHttpClient.Factory());
    }

    private static LLModel model(String model, LLMCapability... capabilities) {
        return new LLModel(LLMProvider.OpenAI, model, List.of(capabilities));
    }

    /** Either protocol, which Koog takes from what the model can do. */
    private abstract static class Either extends Exercises {

        private final LLMCapability endpoint;

        Either(String protocol, LLMCapability endpoint) {
            super(protocol);
            this.endpoint = endpoint;
            hidesBreak();
            add("tools", () -> tools(prompt -> answered(prompt, TOOL).getParts()));
            add("tools-stream", () -> tools(this::streamed));
            add("JSON", this::json);
            add("image", this::image);
            add("reasoning", this::reasoning);
        }

        @Override
        final int status(Throwable error) {
            return Stream.iterate(error, each -> each != null, Throwable::getCause)
                    .filter(KoogHttpClientException.class::isInstance)
                    .flatMap(each -> Stream.ofNullable(((KoogHttpClientException) each).getStatusCode()))
                    .findFirst()
                    .orElse(0);
        }

        private LLModel model(String model) {
            return KoogClient.model(
                    model,
                    endpoint,
                    LLMCapability.Completion.INSTANCE,
                    LLMCapability.Tools.INSTANCE,
                    LLMCapability.Vision.Image.INSTANCE,
                    LLMCapability.Schema.JSON.Standard.INSTANCE);
        }

        static Prompt asking(String text) {
            return Prompt.builder("asking").user(text).build();
        }

        @Override
        final Answer ask(String prompt, String model, String key, Duration timeout) {
            try (OpenAILLMClient client = client(key, timeout)) {
                Message.Assistant message = client.execute(asking(prompt), model(model));
                return new Answer(
                        message.textContent(),
                        message.getMetaInfo().getInputTokensCount(),
                        message.getMetaInfo().getOutputTokensCount());
            }
        }

        @Override
        final void stream(String prompt, String model, Predicate<String> wanted) {
            stream(
                    asking(prompt),
                    model,
                    frame -> !(frame instanceof StreamFrame.TextDelta delta) || wanted.test(delta.getText()));
        }

        private void stream(Prompt prompt, String model, Predicate<StreamFrame> wanted, ToolDescriptor... tools) {
            try (OpenAILLMClient client = client(key, PATIENCE)) {
                Heard heard = new Heard(wanted);
                ReactiveFlowKt.asPublisher(client.executeStreaming(prompt, model(model), List.of(tools)))
                        .subscribe(heard);
                heard.end.join();
            }
        }

        /**
         * Returns what a stream's pieces come to; for Responses, Koog's own {@code toMessageResponse} loses the text.
         */
        private List<MessagePart.ResponsePart> streamed(Prompt prompt) {
            List<MessagePart.ResponsePart> parts = new ArrayList<>();
            Predicate<StreamFrame> kept = frame -> {
                if (frame instanceof StreamFrame.TextDelta delta) {
                    parts.add(new MessagePart.Text(delta.getText()));
                } else if (frame instanceof StreamFrame.ToolCallComplete call) {
                    parts.add(new MessagePart.Tool.Call(call.getId(), call.getName(), call.getContent()));
                }
                return true;
            };
            stream(prompt, MODEL, kept, TOOL);
            return parts;
        }

        final Message.Assistant answered(Prompt prompt, ToolDescriptor... tools) {
            try (OpenAILLMClient client = client(key, PATIENCE)) {
                return client.execute(prompt, model(MODEL), List.of(tools));
            }
        }

        private static <T> Stream<T> parts(List<MessagePart.ResponsePart> parts, Class<T> type) {
            return parts.stream().filter(type::isInstance).map(type::cast);
        }

        private void tools(Function<Prompt, List<MessagePart.ResponsePart>> answering) {
            Prompt prompt = asking(prompt("tools"));
            for (int turn = 0; turn < 2; turn++) {
                List<MessagePart.ResponsePart> asked = answering.apply(prompt);
                MessagePart.Tool.Call call =
                        parts(asked, MessagePart.Tool.Call.class).findFirst().orElseThrow();
                String city = call.getArgs().contains("Bern") ? "Bern" : "Basel";
                prompt = Prompt.builder("asking")
                        .messages(prompt.getMessages())
                        .assistant(asked, null, null, null)
                        .toolResult(new MessagePart.Tool.Result(call.getId(), call.getTool(), WEATHER.get(city)))
                        .build();
            }
            same(
                    TOOL_ANSWER,
                    parts(answering.apply(prompt), MessagePart.Text.class)
                            .map(MessagePart.Text::getText)
                            .collect(Collectors.joining()));
        }

        private void json() {
            LLMParams.Schema schema =
                    new LLMParams.Schema.JSON.Standard("person", (JsonObject) Json.Default.parseToJsonElement(PERSON));
            LLMParams params = new LLMParams(null, null, null, null, schema, null, null, null);
            same(
                    "{\"name\": \"Ada\", \"age\": 36}",
                    answered(asking(prompt("schema")).withParams(params)).textContent());
        }

        private void image() {
            AttachmentSource image =
                    new AttachmentSource.Image(new AttachmentContent.Binary.Base64(PIXEL), "png", "image/png", null);
            Prompt prompt = Prompt.builder("asking")
                    .user(List.of(new MessagePart.Text(prompt("image")), new MessagePart.Attachment(image)))
                    .build();
            same("One pixel.", answered(prompt).textContent());
        }

        private void reasoning() {
            Message.Assistant message = answered(asking(prompt("reasoning")));
            same(ANSWER, message.textContent());
            holds(
                    parts(message.getParts(), MessagePart.Reasoning.class)
                            .flatMap(each -> Stream.of(each.getContent(), each.getSummary()))
                            .anyMatch(List.of(REASONING)::equals),
                    message);
        }
    }

    /** Chat completions. */
    private static final class Chat extends Either {

        Chat() {
            super("chat", LLMCapability.OpenAIEndpoint.Completions.INSTANCE);
            add("refusal", () -> same("", answered(asking(prompt("refusal"))).textContent()), "an empty answer");
        }

        @Override
        List<String> errors() {
            List<String> errors = new ArrayList<>(Collections.nCopies(6, "LLMClientException"));
            errors.add("KoogHttpClientException");
            return errors;
        }
    }

    /** Responses. */
    private static final class Responses extends Either {

        Responses() {
            super("responses", LLMCapability.OpenAIEndpoint.Responses.INSTANCE);
            add(
                    "refusal",
                    () -> same(REFUSAL, answered(asking(prompt("refusal"))).textContent()));
        }

        @Override
        List<String> errors() {
            List<String> errors = new ArrayList<>(Collections.nCopies(5, "KoogHttpClientException"));
            errors.addAll(List.of("HttpRequestTimeoutException", "IncompleteStreamException"));
            return errors;
        }
    }

    /** Hears a stream until it ends or isn't wanted any more. */
    private static final class Heard implements Flow.Subscriber<StreamFrame> {

        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private final Predicate<StreamFrame> wanted;
        private Flow.Subscription subscription;

        Heard(Predicate<StreamFrame> wanted) {
            this.wanted = wanted;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(StreamFrame frame) {
            if (!wanted.test(frame)) {
                subscription.cancel();
                end.complete(null);
            }
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }
}
