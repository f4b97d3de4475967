package dev.whippletree.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.whippletree.model.AnswerExtras;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.PromptException.Reason;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.model.ToolCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a handler is told of a streamed answer. */
final class HandlerSubscriberTest {

    private static final Origin ORIGIN =
            new Origin(Origin.Source.CALL, "local-1", "large", 1, Duration.ZERO, Optional.empty());

    private final List<Object> told = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private @Nullable StreamingHandle handle;

    private final StreamingChatResponseHandler handler = new StreamingChatResponseHandler() {

        @Override
        public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            handle = context.streamingHandle();
            told.add(piece.text());
        }

        @Override
        public void onPartialThinking(PartialThinking piece) {
            told.add(piece);
        }

        @Override
        public void onPartialToolCall(PartialToolCall part) {
            told.add(part);
        }

        @Override
        public void onCompleteToolCall(CompleteToolCall call) {
            told.add(call);
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            told.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            told.add(failure);
        }
    };

    private HandlerSubscriber answer(boolean returnThinking) {
        HandlerSubscriber answer = new HandlerSubscriber(handler, new Responses(returnThinking));
        answer.onSubscribe(new Flow.Subscription() {

            @Override
            public void request(long count) {
                asked.add("request " + count);
            }

            @Override
            public void cancel() {
                asked.add("cancel");
            }
        });
        return answer;
    }

    private static Delta.End end(String text, String reasoning, ToolCall... calls) {
        return new Delta.End(whole(
                text,
                reasoning.isEmpty() ? Optional.empty() : Optional.of(reasoning),
                Optional.empty(),
                List.of(calls),
                AnswerExtras.NONE));
    }

    private static Completion whole(
            String text,
            Optional<String> reasoning,
            Optional<String> refusal,
            List<ToolCall> calls,
            AnswerExtras extras) {
        return new Completion(
                text,
                reasoning,
                refusal,
                calls,
                FinishReason.TOOL_CALLS,
                Optional.of(TokenUsage.of(10, 5)),
                extras,
                ORIGIN);
    }

    private static Delta.ToolCallPart head(int index, String id, String name) {
        return new Delta.ToolCallPart(index, Optional.of(id), Optional.of(name), "");
    }

    private static Delta.ToolCallPart more(int index, String arguments) {
        return new Delta.ToolCallPart(index, Optional.empty(), Optional.empty(), arguments);
    }

    private static PartialToolCall partial(int index, String id, String name, String arguments) {
        return PartialToolCall.builder()
                .index(index)
                .id(id)
                .name(name)
                .partialArguments(arguments)
                .build();
    }

    private static ToolExecutionRequest call(String id, String name, String arguments) {
        return ToolExecutionRequest.builder()
                .id(id)
                .name(name)
                .arguments(arguments)
                .build();
    }

    private ChatResponse response() {
        return (ChatResponse) told.get(told.size() - 1);
    }

    @Test
    void toolCalls_areTogetherOnceTheAnswerIsComplete() {
        HandlerSubscriber answer = answer(false);
        answer.onNext(new Delta.Start("local-1", "large"));
        answer.onNext(head(0, "call-1", "weather"));
        answer.onNext(more(0, "{\"city\": "));
        answer.onNext(more(0, "\"Munich\"}"));
        answer.onNext(head(1, "call-2", "time"));
        assertThat(told)
                .containsExactly(
                        partial(0, "call-1", "weather", "{\"city\": "), partial(0, "call-1", "weather", "\"Munich\"}"));

        answer.onNext(end(
                "",
                "",
                new ToolCall("call-1", "weather", "{\"city\": \"Munich\"}"),
                new ToolCall("call-2", "time", "")));
        answer.onComplete();
        ToolExecutionRequest first = call("call-1", "weather", "{\"city\": \"Munich\"}");
        ToolExecutionRequest second = call("call-2", "time", "{}");
        assertThat(told.subList(2, 4)).containsExactly(new CompleteToolCall(0, first), new CompleteToolCall(1, second));
        assertThat(response().aiMessage()).isEqualTo(AiMessage.from(first, second));
        assertThat(response().tokenUsage()).isEqualTo(new dev.langchain4j.model.output.TokenUsage(10, 5));
        assertThat(((WhippletreeChatResponseMetadata) response().metadata()).origin())
                .isEqualTo(ORIGIN);
        assertThat(asked).containsExactly("request " + Long.MAX_VALUE);
    }

    @Test
    void toolCallWhoseNameComesLate_isToldInPartFromThenOn_andIsNoError() {
        HandlerSubscriber answer = answer(false);
        answer.onNext(more(0, "{"));
        answer.onNext(head(0, "call-1", "now"));
        answer.onNext(more(0, "}"));
        answer.onNext(end("", "", new ToolCall("call-1", "now", "{}")));
        answer.onComplete();
        assertThat(told)
                .startsWith(partial(0, "call-1", "now", "}"), new CompleteToolCall(0, call("call-1", "now", "{}")))
                .hasSize(3);
    }

    @Test
    void brokenOff_completesNoToolCall() {
        HandlerSubscriber answer = answer(false);
        answer.onNext(head(0, "call-1", "weather"));
        answer.onError(new PromptException(Reason.STREAM_INTERRUPTED, "broke off", List.of(), Optional.empty()));
        assertThat(told).singleElement().isInstanceOf(InternalServerException.class);
    }

    @Test
    void thinking_isToldIfWanted() {
        HandlerSubscriber wanted = answer(true);
        wanted.onNext(new Delta.Reasoning("Hm."));
        wanted.onNext(new Delta.Text("Yes."));
        wanted.onNext(end("Yes.", "Hm."));
        wanted.onComplete();
        assertThat(told.subList(0, 2)).containsExactly(new PartialThinking("Hm."), "Yes.");
        assertThat(response().aiMessage())
                .isEqualTo(AiMessage.builder().text("Yes.").thinking("Hm.").build());

        told.clear();
        HandlerSubscriber unwanted = answer(false);
        unwanted.onNext(new Delta.Reasoning("Hm."));
        unwanted.onNext(new Delta.Text("Yes."));
        unwanted.onNext(end("Yes.", "Hm."));
        unwanted.onComplete();
        assertThat(told).hasSize(2);
        assertThat(response().aiMessage()).isEqualTo(AiMessage.from("Yes."));
    }

    @Test
    void cancelled_nothingMoreIsTold() {
        HandlerSubscriber answer = answer(false);
        answer.onNext(new Delta.Text("Once"));
        StreamingHandle seen = java.util.Objects.requireNonNull(handle);
        assertThat(seen.isCancelled()).isFalse();
        seen.cancel();
        assertThat(seen.isCancelled()).isTrue();
        answer.onNext(new Delta.Text(" upon"));
        answer.onNext(end("Once upon", ""));
        answer.onComplete();
        answer.onError(new IllegalStateException("late"));
        assertThat(told).containsExactly("Once");
        assertThat(asked).containsExactly("request " + Long.MAX_VALUE, "cancel");
    }

    @Test
    void refusal_isAFilteredAnswer() {
        HandlerSubscriber answer = answer(false);
        answer.onNext(new Delta.Refusal("I can"));
        answer.onNext(new Delta.Refusal("'t."));
        answer.onNext(
                new Delta.End(whole("", Optional.empty(), Optional.of("I can't."), List.of(), AnswerExtras.NONE)));
        answer.onComplete();

        assertThat(told)
                .singleElement()
                .isInstanceOfSatisfying(
                        ContentFilteredException.class,
                        failure -> assertThat(failure).hasMessage("I can't."));
    }

    @Test
    void furtherFields_areInTheMetadata() {
        AnswerExtras extras = new AnswerExtras(Map.of(), Map.of(), Map.of("annotations", List.of("there")));
        HandlerSubscriber answer = answer(false);
        answer.onNext(new Delta.Text("Hi"));
        answer.onNext(new Delta.ExtrasPart(extras));
        answer.onNext(new Delta.End(whole("Hi", Optional.empty(), Optional.empty(), List.of(), extras)));
        answer.onComplete();

        ChatResponse response = (ChatResponse) told.get(told.size() - 1);
        assertThat(((WhippletreeChatResponseMetadata) response.metadata()).extras())
                .isEqualTo(extras);
    }

    @Test
    void handlerThatThrowsAnError_isToldOfIt_andGetsTheRest() {
        AssertionError wrong = new AssertionError("on purpose");
        HandlerSubscriber answer = new HandlerSubscriber(
                new StreamingChatResponseHandler() {

                    @Override
                    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
                        throw wrong;
                    }

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        told.add(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        told.add(failure);
                    }
                },
                new Responses(false));

        answer.onNext(new Delta.Text("Hi"));
        answer.onNext(end("Hi", ""));
        answer.onComplete();

        assertThat(told).hasSize(2).startsWith(wrong);
        assertThat(told.get(1)).isInstanceOf(ChatResponse.class);
    }
}
