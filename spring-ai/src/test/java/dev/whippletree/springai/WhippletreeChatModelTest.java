package dev.whippletree.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import dev.whippletree.Whippletree;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.CachePolicy;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.AdvisorParams;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.UserMessage;
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
    private final Whippletree whippletree = service.open();
    private final WhippletreeChatModel model =
            WhippletreeChatModel.builder().whippletree(whippletree).build();

    @AfterEach
    void close() {
        whippletree.close();
    }

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
        assertThat(response.getMetadata().getUsage().getPromptTokens()).isEqualTo(20);
        assertThat(response.getMetadata().getUsage().getCompletionTokens()).isEqualTo(30);
        assertThat(response.getMetadata().getUsage().getTotalTokens()).isEqualTo(50);
        assertThat(response.getMetadata().getUsage().getCacheReadInputTokens()).isEqualTo(8);
        assertThat(response.getMetadata().<String>get("account")).isEqualTo("a");
        assertThat(response.getMetadata().<String>get("source")).isEqualTo("call");
        assertThat(response.getMetadata().<Integer>get("attempts")).isEqualTo(1);
    }

    @Test
    void promptWithoutADeadline_endsWhenItsRouteIsStalled() {
        model.call(new Prompt("Hi"));
        assertThat(service.lastAsked().endsWhenStalled()).isTrue();
        model.call(new Prompt(
                "Hello", WhippletreeChatOptions.builder().session("interview-7").build()));
        assertThat(service.lastAsked().endsWhenStalled()).isTrue();
    }

    @Test
    void everyOption_isPassedOn() {
        model.call(new Prompt(
                "Hi",
                WhippletreeChatOptions.builder()
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
                        .build()));

        dev.whippletree.model.Prompt asked = service.lastAsked();
        assertThat(asked.route()).contains("drafts");
        assertThat(asked.parameters().temperature()).hasValue(0.5);
        assertThat(asked.parameters().topP()).hasValue(0.9);
        assertThat(asked.parameters().maxTokens()).hasValue(7);
        assertThat(asked.parameters().seed()).hasValue(42);
        assertThat(asked.parameters().stop()).containsExactly("END");
        assertThat(asked.parameters().extras())
                .containsOnly(
                        Map.entry("frequency_penalty", 0.1),
                        Map.entry("presence_penalty", 0.2),
                        Map.entry("reasoning_effort", "low"));
        assertThat(asked.tenant()).isEqualTo("acme");
        assertThat(asked.session()).contains("interview-7");
        assertThat(asked.priority()).isEqualTo(Priority.BATCH);
        assertThat(asked.deadline()).contains(Duration.ofMinutes(1));
        assertThat(asked.endsWhenStalled()).isFalse();
        assertThat(asked.cache()).isEqualTo(new CachePolicy(false, true, Optional.of(Duration.ofMinutes(2))));
    }

    @Test
    void timeToLiveOfTheModel_doesNotKeepAPromptFromNotBeingStored() {
        WhippletreeChatModel lasting = WhippletreeChatModel.builder()
                .whippletree(whippletree)
                .options(WhippletreeChatOptions.builder()
                        .cacheTtl(Duration.ofMinutes(2))
                        .build())
                .build();

        lasting.call(new Prompt(
                "Hi", WhippletreeChatOptions.builder().cacheStore(false).build()));

        assertThat(service.lastAsked().cache()).isEqualTo(new CachePolicy(true, false, Optional.empty()));
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
    }

    @Test
    void model_isARouteAnAliasAModelOfARouteOrOneOfAnAccount() {
        model.call(new Prompt("1", ChatOptions.builder().model("gpt-4o-mini").build()));
        assertThat(service.lastAsked().route()).contains("drafts");

        model.call(new Prompt("2", ChatOptions.builder().model("mistral").build()));
        assertThat(service.lastAsked().route()).contains("default");
        assertThat(service.lastAsked().model()).contains("mistral");

        model.call(new Prompt("a", ChatOptions.builder().model("a/small").build()));
        assertThat(service.lastAsked().model()).contains("small");
        assertThat(service.lastAsked().account()).contains("a");

        assertThatThrownBy(() -> model.call(
                        new Prompt("3", ChatOptions.builder().model("mistrall").build())))
                .isInstanceOf(NonTransientAiException.class)
                .hasMessage("no route or model is named 'mistrall'; give a route this name, or add it to a route's"
                        + " aliases; did you mean 'mistral'?");
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

    @Test
    void anOutputSchemaThatIsNoJson_isTold() {
        Prompt wrong = new Prompt(
                "Hi", WhippletreeChatOptions.builder().outputSchema("{city").build());

        assertThatThrownBy(() -> model.call(wrong))
                .isInstanceOf(NonTransientAiException.class)
                .hasMessageStartingWith("outputSchema isn't a JSON object: ");
    }

    @Test
    void media_areContentParts() {
        Media picture = Media.builder()
                .mimeType(MimeTypeUtils.IMAGE_PNG)
                .data(new byte[] {1, 2})
                .build();
        Media link = Media.builder()
                .mimeType(MimeTypeUtils.IMAGE_JPEG)
                .data(URI.create("https://example.com/a.jpg"))
                .build();
        model.call(new Prompt(
                UserMessage.builder().text("What is it?").media(picture, link).build()));

        assertThat(service.lastAsked().messages())
                .singleElement()
                .extracting(Message::parts)
                .isEqualTo(List.of(
                        Map.of("type", "text", "text", "What is it?"),
                        Map.of("type", "image_url", "image_url", Map.of("url", "data:image/png;base64,AQI=")),
                        Map.of("type", "image_url", "image_url", Map.of("url", "https://example.com/a.jpg"))));
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

        Media video = Media.builder()
                .mimeType(Media.Format.VIDEO_MP4)
                .data(new byte[1])
                .build();
        Prompt film = new Prompt(UserMessage.builder().text("?").media(video).build());
        assertThatThrownBy(() -> model.call(film))
                .isInstanceOf(UnsupportedOptionException.class)
                .hasMessageStartingWith("media of the type video/mp4 isn't supported by Whippletree: ");
        assertThat(service.asked).isEmpty();
    }

    @Test
    void aValueOutOfRange_isTold() {
        assertThatThrownBy(() -> model.call(
                        new Prompt("Hi", ChatOptions.builder().temperature(3.0).build())))
                .isInstanceOf(NonTransientAiException.class)
                .hasMessage("temperature must be 0 to 2, not 3.0");
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
    void builder_needsAWhippletree() {
        assertThatThrownBy(() -> WhippletreeChatModel.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("set the Whippletree that is asked: whippletree(…)");
    }

    /** Options of another model, with what only that one knows. */
    private static final class OtherChatOptions extends DefaultChatOptions {

        private OtherChatOptions() {
            super(null, null, null, null, null, null, null, null);
        }
    }
}
