package dev.whippletree.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.testkit.provider.ScriptedReply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Both models over a socket: what LangChain4j's own tests leave out. */
final class ModelsTest extends OverService {

    private static final String ANSWER = """
            {"id": "1", "model": "large-2026", "choices": [{"index": 0, "finish_reason": "stop",
              "message": {"role": "assistant", "content": "Yes.", "reasoning": "Hm."}}],
             "usage": {"prompt_tokens": 20, "completion_tokens": 30,
               "prompt_tokens_details": {"cached_tokens": 8}, "completion_tokens_details": {"reasoning_tokens": 5}}}""";

    private WhippletreeChatModel.Builder builder() {
        return WhippletreeChatModel.builder().whippletree(whippletree);
    }

    private StreamingChatModel streaming() {
        return WhippletreeStreamingChatModel.builder().whippletree(whippletree).build();
    }

    /** The failure that a stream ends with. */
    private static Throwable failure(StreamingChatModel model, ChatRequest request) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        model.chat(request, new StreamingChatResponseHandler() {

            @Override
            public void onCompleteResponse(ChatResponse response) {
                failure.completeExceptionally(new AssertionError("an answer instead of an error: " + response));
            }

            @Override
            public void onError(Throwable error) {
                failure.complete(error);
            }
        });
        return failure.join();
    }

    private static ChatRequest question(ChatRequestParameters parameters) {
        return ChatRequest.builder()
                .messages(UserMessage.from("Who are you?"))
                .parameters(parameters)
                .build();
    }

    @Test
    void answer_hasItsOrigin_allTokens_andTheThinkingIfWanted() {
        service.reply(ScriptedReply.json(200, ANSWER));
        ChatResponse response = builder().returnThinking(true).build().chat(UserMessage.from("Are you there?"));
        assertThat(response.aiMessage().text()).isEqualTo("Yes.");
        assertThat(response.aiMessage().thinking()).isEqualTo("Hm.");
        assertThat(response.modelName()).isEqualTo("large-2026");
        assertThat(response.tokenUsage()).isEqualTo(new dev.langchain4j.model.output.TokenUsage(20, 30, 50));
        assertThat(response.metadata()).isInstanceOfSatisfying(WhippletreeChatResponseMetadata.class, metadata -> {
            assertThat(metadata.usage()).contains(new TokenUsage(20, 30, 8, 5));
            assertThat(metadata.origin().account()).isEqualTo("local-1");
        });

        service.reply(ScriptedReply.json(200, ANSWER));
        assertThat(builder()
                        .build()
                        .chat(UserMessage.from("Are you?"))
                        .aiMessage()
                        .thinking())
                .isNull();
    }

    @Test
    void flagsOfTheBuilder_reachTheService_eachItsOwn() {
        service.reply(ScriptedReply.json(200, ANSWER));
        ChatRequest request = ChatRequest.builder()
                .messages(AiMessage.builder().text("So.").thinking("Hm.").build(), UserMessage.from("And?"))
                .toolSpecifications(ToolSpecification.builder().name("now").build())
                .build();
        ChatModel model =
                builder().sendThinking(true, "thoughts").strictTools(true).build();
        assertThat(model.chat(request).aiMessage().thinking()).isNull();
        assertThat(service.requests().get(0).body()).contains("\"thoughts\":\"Hm.\"", "\"strict\":true");

        service.reply(ScriptedReply.json(200, ANSWER));
        builder().sendThinking(true, null).build().chat(request);
        assertThat(service.requests().get(1).body()).contains("\"reasoning_content\":\"Hm.\"");
        assertThat(Responses.count(1L << 31)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void parametersOfTheBuilder_areTheModelsDefaults_andNullIsNone() {
        Map<String, Object> custom = Map.of("reasoning_effort", "low");
        assertThat(builder()
                        .modelName("large")
                        .temperature(0.5)
                        .topP(0.9)
                        .stop(List.of("END"))
                        .maxTokens(9)
                        .presencePenalty(0.1)
                        .frequencyPenalty(0.2)
                        .responseFormat(ResponseFormat.JSON)
                        .seed(7)
                        .customParameters(custom)
                        .build()
                        .defaultRequestParameters())
                .isEqualTo(WhippletreeChatRequestParameters.builder()
                        .modelName("large")
                        .temperature(0.5)
                        .topP(0.9)
                        .stopSequences("END")
                        .maxOutputTokens(9)
                        .presencePenalty(0.1)
                        .frequencyPenalty(0.2)
                        .responseFormat(ResponseFormat.JSON)
                        .seed(7)
                        .customParameters(custom)
                        .build());
        assertThat(builder()
                        .defaultRequestParameters(null)
                        .customParameters(null)
                        .build()
                        .defaultRequestParameters())
                .isEqualTo(WhippletreeChatRequestParameters.EMPTY);
    }

    @Test
    void noWhippletree_isAnErrorThatSaysWhatToDo() {
        assertThatThrownBy(() -> WhippletreeChatModel.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whippletree(…)");
        assertThatThrownBy(() -> WhippletreeStreamingChatModel.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whippletree(…)");
    }

    @Test
    void unsupportedDefault_isAnErrorOfTheBuilder() {
        assertThatThrownBy(() -> builder()
                        .defaultRequestParameters(
                                ChatRequestParameters.builder().topK(40).build())
                        .build())
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessageContaining("'topK'");
    }

    @Test
    void ownMethodsOfTheBuilder_takePrecedenceOverDefaultParameters() {
        ChatModel model = builder()
                .temperature(0.5)
                .defaultRequestParameters(WhippletreeChatRequestParameters.builder()
                        .temperature(1.0)
                        .session("interview-7")
                        .build())
                .build();
        assertThat(model.defaultRequestParameters())
                .isEqualTo(WhippletreeChatRequestParameters.builder()
                        .temperature(0.5)
                        .session("interview-7")
                        .build());
    }

    private void assertFails(ChatRequestParameters parameters, Class<?> failure, String words) {
        ChatRequest request = question(parameters);
        assertThatThrownBy(() -> builder().build().chat(request))
                .isExactlyInstanceOf(failure)
                .hasMessageContaining(words)
                .cause()
                .isInstanceOf(PromptException.class);
    }

    private static ChatRequestParameters within(Duration deadline) {
        return WhippletreeChatRequestParameters.builder().deadline(deadline).build();
    }

    @Test
    void refusedToken_isAnAuthenticationException_alsoOfTheNextRequest() {
        for (int request = 0; request < 2; request++) {
            refuse(401, "no such key");
            assertFails(within(Duration.ofMinutes(1)), AuthenticationException.class, "local-1");
        }
    }

    @Test
    void limitUsedUpBeyondTheDeadline_isARateLimitException() {
        service.reply(ScriptedReply.json(429, "{\"error\": {\"message\": \"slow down\"}}")
                .with("Retry-After", "3600"));
        assertFails(within(Duration.ofMinutes(1)), RateLimitException.class, "");
    }

    @Test
    void silentService_isATimeoutExceptionAtTheDeadline() {
        service.reply(ScriptedReply.silence());
        assertFails(within(Duration.ofMillis(50)), TimeoutException.class, "no answer within 50 ms");
    }

    @Test
    void wrongRequests_areErrorsOfTheirType_alsoStreamed() {
        ChatRequest unknown =
                question(ChatRequestParameters.builder().modelName("gpt-9").build());
        ChatRequest hot =
                question(ChatRequestParameters.builder().temperature(9.0).build());
        assertThatThrownBy(() -> builder().build().chat(unknown)).isExactlyInstanceOf(ModelNotFoundException.class);
        assertThatThrownBy(() -> builder().build().chat(hot))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("temperature must be 0 to 2");
        assertThat(failure(streaming(), unknown)).isExactlyInstanceOf(ModelNotFoundException.class);
        assertThat(failure(streaming(), hot)).isExactlyInstanceOf(InvalidRequestException.class);
        assertThat(service.requests()).isEmpty();
    }

    @Test
    void closedWhippletree_isAnErrorThatSaysSo() {
        whippletree.close();
        assertThatThrownBy(() -> builder().build().chat("Who are you?"))
                .isExactlyInstanceOf(NonRetriableException.class)
                .hasMessageContaining("closed");
        assertThat(failure(streaming(), question(ChatRequestParameters.builder().build())))
                .isExactlyInstanceOf(NonRetriableException.class);
    }

    @Test
    void interrupted_withdrawsThePrompt_andTheThreadStaysInterrupted() throws InterruptedException {
        service.reply(ScriptedReply.silence());
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                builder().build().chat("Who are you?");
            } catch (RuntimeException e) {
                interrupted.complete(Thread.currentThread().isInterrupted());
                thrown.complete(e);
            }
        });
        waiting.start();
        service.awaitCalls(1);
        waiting.interrupt();
        assertThat(thrown.join())
                .isExactlyInstanceOf(LangChain4jException.class)
                .hasMessageContaining("interrupted");
        assertThat(interrupted.join()).isTrue();
        service.awaitBrokenOff(1);
        waiting.join();
    }
}
