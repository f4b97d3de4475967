package dev.whippletree.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import dev.whippletree.Whippletree;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Message;
import dev.whippletree.model.Priority;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.Role;
import dev.whippletree.model.ToolCall;
import dev.whippletree.testkit.logging.LoggedLines;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.client.AdvisorParams;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.model.MessageAggregator;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.DefaultChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.util.MimeTypeUtils;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

final class WhippletreeChatModelTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final ScriptedService service = new ScriptedService();

    @AutoClose
    private final Whippletree whippletree = service.open();

    private final WhippletreeChatModel model =
            WhippletreeChatModel.builder().whippletree(whippletree).build();

    private static Generation result(ChatResponse response) {
        return Objects.requireNonNull(response.getResult());
    }

    private static <T> List<T> all(Flux<T> flux) {
        return Objects.requireNonNull(flux.collectList().block(LONG));
    }

    /** A weather station, as an application would write it. */
    static final class Weather {

        @Tool(description = "The weather in a city")
        String weather(String city) {
            return "rain in " + city;
        }
    }

    /** An answer in a fixed form. */
    record Capital(String country, String city) {}

    @Test
    void call_returnsTheAnswerWithUsageAndOrigin() {
        ChatResponse response = model.call(new Prompt("Hi"));

        assertThat(result(response).getOutput().getText()).isEqualTo("Hello from llama");
        assertThat(result(response).getMetadata().getFinishReason()).isEqualTo("STOP");
        assertThat(response.getMetadata().getModel()).isEqualTo("llama-3");
        assertThat(response.getMetadata().getUsage())
                .extracting(
                        Usage::getPromptTokens,
                        Usage::getCompletionTokens,
                        Usage::getTotalTokens,
                        Usage::getCacheReadInputTokens)
                .containsExactly(20, 30, 50, 8L);
        assertThat(response.getMetadata().<String>get("account")).isEqualTo("a");
        assertThat(response.getMetadata().<String>get("source")).isEqualTo("call");
        assertThat(response.getMetadata().<Integer>get("attempts")).isEqualTo(1);
    }

    /**
     * A deadline holds for a whole answer, but only for a stream's first piece; without one, a stalled route ends it.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyOption_isPassedOn(boolean streaming) {
        WhippletreeChatOptions options = WhippletreeChatOptions.builder()
                .model("drafts")
                .temperature(0.5)
                .topP(0.9)
                .maxTokens(7)
                .stopSequences(List.of("END"))
                .frequencyPenalty(0.1)
                .presencePenalty(0.2)
                .seed(42L)
                .tenant("acme")
                .session("interview-7")
                .priority(Priority.BATCH)
                .deadline(Duration.ofMinutes(1))
                .cacheRead(false)
                .cacheTtl(Duration.ofMinutes(2))
                .extraBody(Map.of("reasoning_effort", "low"))
                .build();
        dev.whippletree.model.Prompt.Builder expected = dev.whippletree.model.Prompt.builder()
                .user("Hi")
                .route("drafts")
                .temperature(0.5)
                .topP(0.9)
                .maxTokens(7)
                .stop(List.of("END"))
                .extra("frequency_penalty", 0.1)
                .extra("presence_penalty", 0.2)
                .extra("reasoning_effort", "low")
                .seed(42)
                .tenant("acme")
                .session("interview-7")
                .priority(Priority.BATCH)
                .noCache()
                .ttl(Duration.ofMinutes(2));
        if (streaming) {
            model.stream(new Prompt("Hi", options)).blockLast(LONG);
            expected.firstPieceWithin(Duration.ofMinutes(1));
        } else {
            model.call(new Prompt("Hi", options));
            expected.deadline(Duration.ofMinutes(1));
        }
        assertThat(service.lastAsked()).isEqualTo(expected.build());
    }

    @Test
    void promptThatIsNotStored_hasNoTimeToLive_andWithoutADeadlineItEndsWithAStalledRoute() {
        WhippletreeChatModel lasting = WhippletreeChatModel.builder()
                .whippletree(whippletree)
                .options(WhippletreeChatOptions.builder()
                        .cacheTtl(Duration.ofMinutes(2))
                        .build())
                .build();

        lasting.call(new Prompt(
                "Hi", WhippletreeChatOptions.builder().cacheStore(false).build()));

        assertThat(service.lastAsked())
                .isEqualTo(dev.whippletree.model.Prompt.builder()
                        .user("Hi")
                        .noStore()
                        .endWhenStalled()
                        .build());
    }

    @Test
    void fieldThatIsNull_isLeftOut() {
        Map<String, Object> fields = new HashMap<>(Map.of("top_k", 40));
        fields.put("stop", null);
        model.call(new Prompt(
                "Hi", WhippletreeChatOptions.builder().extraBody(fields).build()));
        assertThat(service.lastAsked().parameters().extras()).isEqualTo(Map.of("top_k", 40));
    }

    @Test
    void optionsOfAPrompt_completeThoseOfTheModel() {
        WhippletreeChatModel warm = WhippletreeChatModel.builder()
                .whippletree(whippletree)
                .options(WhippletreeChatOptions.builder()
                        .temperature(1.5)
                        .session("always")
                        .maxTokens(10)
                        .build())
                .build();

        warm.call(new Prompt("Hi", ChatOptions.builder().temperature(0.5).build()));
        assertThat(service.lastAsked().parameters().temperature()).hasValue(0.5);
        assertThat(service.lastAsked().session()).contains("always");

        ChatClient.create(warm)
                .prompt("Hi again")
                .options(WhippletreeChatOptions.builder().session("mine"))
                .call()
                .content();
        assertThat(service.lastAsked().parameters().temperature()).hasValue(1.5);
        assertThat(service.lastAsked().session()).contains("mine");
    }

    @Test
    void options_mutateToEqualOnes() {
        WhippletreeChatOptions options = WhippletreeChatOptions.builder()
                .model("m")
                .topK(3)
                .toolContext(Map.of("k", "v"))
                .outputSchema("{}")
                .seed(1L)
                .tenant("t")
                .session("s")
                .priority(Priority.BATCH)
                .deadline(LONG)
                .cacheRead(false)
                .cacheStore(true)
                .cacheTtl(LONG)
                .extraBody(Map.of("a", 1))
                .build();

        assertThat(options.mutate().build()).isEqualTo(options).hasSameHashCodeAs(options);
        assertThat(options.mutate().clone().build()).isEqualTo(options);
        assertThat(WhippletreeChatOptions.builder()
                        .combineWith(options.mutate())
                        .build())
                .isEqualTo(options);
        assertThat(options.mutate().session("other").build()).isNotEqualTo(options);
        WhippletreeChatOptions others = WhippletreeChatOptions.builder()
                .model("other")
                .outputSchema("[]")
                .seed(2L)
                .tenant("other")
                .session("other")
                .priority(Priority.INTERACTIVE)
                .deadline(Duration.ofSeconds(1))
                .cacheRead(true)
                .cacheStore(false)
                .cacheTtl(Duration.ofSeconds(1))
                .extraBody(Map.of("a", 2, "b", 3))
                .build();
        assertThat(others.mutate().combineWith(options.mutate()).build())
                .isEqualTo(options.mutate().extraBody(Map.of("a", 1, "b", 3)).build());
    }

    @ParameterizedTest
    @CsvSource({"gpt-4o-mini, drafts, ,", "mistral, default, mistral,", "a/small, drafts, small, a"})
    void model_isARouteAnAliasAModelOfARouteOrOneOfAnAccount(
            String name, String route, @Nullable String model, @Nullable String account) {
        this.model.call(new Prompt("1", ChatOptions.builder().model(name).build()));
        assertThat(service.lastAsked().route()).contains(route);
        assertThat(service.lastAsked().model()).isEqualTo(Optional.ofNullable(model));
        assertThat(service.lastAsked().account()).isEqualTo(Optional.ofNullable(account));
    }

    private void assertRefused(Prompt prompt, String message) {
        assertThatThrownBy(() -> model.call(prompt))
                .isInstanceOf(NonTransientAiException.class)
                .hasMessageStartingWith(message);
        assertThat(service.asked).isEmpty();
    }

    @Test
    void whatIsWrong_isTold() {
        assertRefused(
                new Prompt("3", ChatOptions.builder().model("mistrall").build()),
                "no route or model is named 'mistrall'; give a route this name, or add it to a route's"
                        + " aliases; did you mean 'mistral'?");
        assertRefused(
                new Prompt(
                        "Hi",
                        WhippletreeChatOptions.builder().outputSchema("{city").build()),
                "outputSchema isn't a JSON object: ");
        assertRefused(
                new Prompt(
                        "Hi",
                        WhippletreeChatOptions.builder().outputSchema("null").build()),
                "outputSchema isn't a JSON object: null");
        assertRefused(
                new Prompt("Hi", ChatOptions.builder().temperature(3.0).build()),
                "temperature must be 0 to 2, not 3.0");
    }

    @Test
    void messages_keepTheirRolesToolCallsAndResults() {
        service.thenCalls("weather", "{\"city\":\"Bern\"}").thenAnswers("Take an umbrella");

        String answer = ChatClient.create(model)
                .prompt()
                .system("Be brief")
                .user("Weather in Bern?")
                .tools(new Weather())
                .call()
                .content();

        assertThat(answer).isEqualTo("Take an umbrella");
        assertThat(service.asked.get(0).parameters().extras().get("tools"))
                .asInstanceOf(LIST)
                .singleElement(MAP)
                .containsEntry("type", "function")
                .extractingByKey("function", MAP)
                .containsEntry("name", "weather")
                .containsEntry("description", "The weather in a city")
                .extractingByKey("parameters", MAP)
                .containsKey("properties");
        assertThat(service.lastAsked().messages())
                .containsExactly(
                        Message.system("Be brief"),
                        Message.user("Weather in Bern?"),
                        new Message(
                                Role.ASSISTANT,
                                "",
                                List.of(),
                                List.of(new ToolCall("call-1", "weather", "{\"city\":\"Bern\"}")),
                                Optional.empty()),
                        new Message(Role.TOOL, "\"rain in Bern\"", List.of(), List.of(), Optional.of("call-1")));
    }

    @Test
    void customTools_stayCustom_andABlankModelIsTheDefaultRoutes() {
        service.then(sink -> {
            sink.delta(
                    new Delta.ToolCallPart(0, Optional.of("c1"), Optional.of("exec"), "print", ToolCall.Type.CUSTOM));
            ScriptedService.end(sink, FinishReason.TOOL_CALLS);
        });
        AssistantMessage said = result(model.call(
                        new Prompt("Run", ChatOptions.builder().model(" ").build())))
                .getOutput();
        assertThat(said.getToolCalls()).containsExactly(new AssistantMessage.ToolCall("c1", "custom", "exec", "print"));
        model.call(new Prompt(List.of(new UserMessage("Run"), said)));
        assertThat(service.lastAsked().messages().get(1).toolCalls())
                .containsExactly(new ToolCall("c1", "exec", "print", ToolCall.Type.CUSTOM, Map.of()));
    }

    @Test
    void structuredOutput_isAResponseFormat() {
        service.thenAnswers("{\"country\":\"Switzerland\",\"city\":\"Bern\"}");

        Capital capital = ChatClient.create(model)
                .prompt("The capital of Switzerland?")
                .advisors(AdvisorParams.ENABLE_NATIVE_STRUCTURED_OUTPUT)
                .call()
                .entity(Capital.class);

        assertThat(capital).isEqualTo(new Capital("Switzerland", "Bern"));
        assertThat(service.lastAsked().parameters().extras().get("response_format"))
                .asInstanceOf(MAP)
                .containsEntry("type", "json_schema")
                .extractingByKey("json_schema", MAP)
                .containsEntry("strict", true)
                .extractingByKey("schema", MAP)
                .containsKey("properties");
    }

    private static Media.Builder media(String type) {
        return Media.builder().mimeType(MimeTypeUtils.parseMimeType(type)).name("file");
    }

    @Test
    void media_areContentParts() {
        byte[] bytes = {1, 2};
        model.call(new Prompt(UserMessage.builder()
                .text("What is it?")
                .media(
                        media("image/png").data(bytes).build(),
                        media("image/jpeg")
                                .data(URI.create("https://example.com/a.jpg"))
                                .build(),
                        media("audio/mpeg").data(bytes).build(),
                        media("audio/wav").data(bytes).build(),
                        media("application/pdf").data(bytes).build())
                .build()));

        assertThat(service.lastAsked().messages())
                .singleElement()
                .extracting(Message::parts)
                .isEqualTo(List.of(
                        Map.of("type", "text", "text", "What is it?"),
                        Map.of("type", "image_url", "image_url", Map.of("url", "data:image/png;base64,AQI=")),
                        Map.of("type", "image_url", "image_url", Map.of("url", "https://example.com/a.jpg")),
                        Map.of("type", "input_audio", "input_audio", Map.of("data", "AQI=", "format", "mp3")),
                        Map.of("type", "input_audio", "input_audio", Map.of("data", "AQI=", "format", "wav")),
                        Map.of(
                                "type",
                                "file",
                                "file",
                                Map.of("filename", "file", "file_data", "data:application/pdf;base64,AQI="))));
    }

    @ParameterizedTest
    @CsvSource({"mp3, mp3", "x-wav, wav", "vnd.wave, wav", "ogg, ogg", "flac, flac"})
    void audio_hasItsOwnFormat(String type, String format) {
        model.call(new Prompt(UserMessage.builder()
                .text("Who speaks?")
                .media(media("audio/" + type).data(new byte[] {1, 2}).build())
                .build()));

        assertThat(service.lastAsked().messages().get(0).parts())
                .contains(Map.of("type", "input_audio", "input_audio", Map.of("data", "AQI=", "format", format)));
    }

    @Test
    void whatCannotBePassedOn_isRefusedByName() {
        Prompt topK = new Prompt("Hi", ChatOptions.builder().topK(5).build());
        assertThatThrownBy(() -> model.call(topK))
                .isInstanceOfSatisfying(
                        UnsupportedOptionException.class,
                        refused -> assertThat(refused.option()).isEqualTo("topK"))
                .hasMessage("topK isn't supported by Whippletree: the chat-completions protocol has no such field; if"
                        + " your service knows one, put top_k into WhippletreeChatOptions.extraBody");
        assertThatThrownBy(() -> model.stream(topK)).isInstanceOf(UnsupportedOptionException.class);

        Prompt foreign = new Prompt("Hi", new OtherChatOptions());
        assertThatThrownBy(() -> model.call(foreign))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessage(
                        "WhippletreeChatModelTest.OtherChatOptions isn't supported by Whippletree: use ChatOptions, ToolCallingChatOptions"
                                + " or WhippletreeChatOptions instead");

        for (String type : List.of("video/mp4", "application/pdf", "audio/wav")) {
            assertThatThrownBy(() -> model.call(new Prompt(UserMessage.builder()
                            .text("?")
                            .media(media(type)
                                    .data(URI.create("https://example.com/a"))
                                    .build())
                            .build())))
                    .isInstanceOf(UnsupportedOptionException.class)
                    .hasMessageStartingWith("media of the type " + type + " isn't supported by Whippletree: ");
        }
        AssistantMessage said = AssistantMessage.builder()
                .content("Look")
                .media(List.of(media("image/png").data(new byte[] {1}).build()))
                .build();
        assertThatThrownBy(() -> model.call(new Prompt(List.of(said, new UserMessage("What was that?")))))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageStartingWith("media of an assistant isn't supported by Whippletree: ");
        assertThat(service.asked).isEmpty();
    }

    @Test
    void failures_areTransientIfAskingAgainMayHelp() {
        service.thenFails(FailureKind.REJECTED, "no such parameter");
        assertThatThrownBy(() -> model.call(new Prompt("wrong")))
                .isInstanceOf(NonTransientAiException.class)
                .hasCauseInstanceOf(PromptException.class)
                .hasMessageContaining("no such parameter");

        service.then(sink -> {});
        Prompt soon = new Prompt(
                "silent",
                WhippletreeChatOptions.builder().deadline(Duration.ofMillis(50)).build());
        assertThatThrownBy(() -> model.call(soon))
                .isInstanceOf(TransientAiException.class)
                .cause()
                .isInstanceOfSatisfying(
                        PromptException.class,
                        cause -> assertThat(cause.reason()).isEqualTo(PromptException.Reason.DEADLINE));

        service.thenFails(FailureKind.FILTERED, "not this");
        try (LoggedLines log = new LoggedLines(MessageAggregator.class)) {
            assertThatThrownBy(() -> model.stream(new Prompt("rude")).blockLast(LONG))
                    .isInstanceOf(NonTransientAiException.class)
                    .hasMessageContaining("not this");
            assertThat(log.all()).containsExactly("ERROR Aggregation Error");
        }
    }

    @Test
    void stream_publishesPiecesAndEndsWithEverythingElse() {
        service.then(sink -> {
            sink.delta(new Delta.Reasoning("Let me "));
            sink.delta(new Delta.Reasoning("see"));
            sink.delta(new Delta.Text("Good "));
            sink.delta(new Delta.Text("morning"));
            ScriptedService.end(sink, FinishReason.LENGTH);
        });

        List<ChatResponse> pieces = all(model.stream(new Prompt("Hi")));

        assertThat(pieces)
                .extracting(piece -> result(piece).getOutput().getText())
                .satisfies(texts -> assertThat(String.join("", texts)).isEqualTo("Good morning"));
        ChatResponse last = pieces.get(pieces.size() - 1);

        assertThat(result(last).getMetadata().getFinishReason()).isEqualTo("LENGTH");
        assertThat(result(last).getOutput().getMetadata()).containsEntry("reasoningContent", "Let me see");
        assertThat(last.getMetadata().getUsage().getTotalTokens()).isEqualTo(50);
        assertThat(last.getMetadata().<String>get("account")).isEqualTo("a");
    }

    @Test
    void pieceOfReasoning_comesWithAllThatWasThoughtBefore() {
        ChunkTranslator translator = new ChunkTranslator();
        for (String[] piece : new String[][] {{"Let me ", "Let me "}, {"see", "Let me see"}}) {
            assertThat(translator.translate(new Delta.Reasoning(piece[0])))
                    .hasValueSatisfying(
                            told -> assertThat(result(told).getOutput().getMetadata())
                                    .containsEntry("reasoningContent", piece[1]));
        }
    }

    @Test
    void refusalAndFurtherFields_areMetadata_wholeAndStreamed() {
        for (boolean streamed : new boolean[] {false, true}) {
            service.then(sink -> {
                sink.delta(new Delta.Refusal("I can"));
                sink.delta(new Delta.Refusal("'t."));
                sink.delta(new Delta.ExtrasPart(new AnswerExtras(
                        Map.of("service_tier", "flex"),
                        Map.of("logprobs", Map.of("content", List.of())),
                        Map.of("annotations", List.of("there")))));
                ScriptedService.end(sink, FinishReason.STOP);
            });
            Prompt prompt = new Prompt(streamed ? "streamed" : "whole");
            List<ChatResponse> pieces = streamed ? all(model.stream(prompt)) : List.of(model.call(prompt));
            ChatResponse last = pieces.get(pieces.size() - 1);

            assertThat(result(last).getOutput().getText()).isEmpty();
            assertThat(result(last).getOutput().getMetadata())
                    .containsEntry("refusal", "I can't.")
                    .containsEntry("annotations", List.of("there"));
            assertThat(result(last).getMetadata().<Object>get("logprobs")).isEqualTo(Map.of("content", List.of()));
            assertThat(last.getMetadata().<String>get("service_tier")).isEqualTo("flex");
        }
    }

    @Test
    void stream_callsTools() {
        service.thenCalls("weather", "{\"city\":\"Bern\"}").thenAnswers("Take an umbrella");

        String answer = String.join(
                "",
                all(ChatClient.create(model).prompt("Weather in Bern?").tools(new Weather()).stream()
                        .content()));

        assertThat(answer).isEqualTo("Take an umbrella");
        assertThat(service.lastAsked().messages())
                .last()
                .extracting(Message::text)
                .isEqualTo("\"rain in Bern\"");
    }

    @Test
    void cancelledStream_withdrawsThePrompt() {
        CompletableFuture<String> first = new CompletableFuture<>();
        service.then(sink -> sink.delta(new Delta.Text("Once upon a time")));

        Disposable reader = model.stream(new Prompt("A tale"))
                .subscribe(piece -> first.complete(result(piece).getOutput().getText()));
        assertThat(first).succeedsWithin(LONG).isEqualTo("Once upon a time");
        reader.dispose();

        assertThat(service.cancelled).succeedsWithin(LONG).isEqualTo("llama");
    }

    @Test
    void interruptedCall_withdrawsThePrompt() {
        CompletableFuture<Thread> sent = new CompletableFuture<>();
        Thread caller = Thread.currentThread();
        service.then(sink -> sent.complete(caller));
        CompletableFuture<Void> interrupted = sent.thenAccept(Thread::interrupt);

        assertThatThrownBy(() -> model.call(new Prompt("Hi")))
                .isInstanceOf(NonTransientAiException.class)
                .hasMessage("interrupted while waiting; the prompt was withdrawn");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(interrupted).isCompleted();
        assertThat(service.cancelled).succeedsWithin(LONG);
    }

    @Test
    void builders_needAWhippletree() {
        for (ThrowingCallable build : List.<ThrowingCallable>of(
                () -> WhippletreeChatModel.builder().build(),
                () -> WhippletreeEmbeddingModel.builder().build())) {
            assertThatThrownBy(build)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("set the Whippletree that is asked: whippletree(…)");
        }
    }

    /** Options of another model, with what only that one knows. */
    private static final class OtherChatOptions extends DefaultChatOptions {

        private OtherChatOptions() {
            super(null, null, null, null, null, null, null, null);
        }
    }
}
