package dev.whippletree.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.whippletree.model.Delta;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a handler of a streamed answer. Called serially; only its handle is thread-safe.
 *
 * <p>A tool call is complete when the answer is: what breaks off may be told otherwise by the next attempt, and a tool
 * must not run for an answer that never was one.
 */
final class HandlerSubscriber implements Flow.Subscriber<Delta> {

    private static final Logger LOG = LoggerFactory.getLogger(HandlerSubscriber.class);

    private final StreamingChatResponseHandler handler;
    private final Responses responses;
    private final Handle handle = new Handle();
    private final Map<Integer, String> callIds = new HashMap<>();
    private final Map<Integer, String> callNames = new HashMap<>();
    private Delta.@Nullable End end;

    HandlerSubscriber(StreamingChatResponseHandler handler, Responses responses) {
        this.handler = handler;
        this.responses = responses;
    }

    /** Withdraws the prompt. Thread-safe. No handler has it before there is something to withdraw. */
    private static final class Handle implements StreamingHandle {

        private volatile Flow.@Nullable Subscription subscription;
        private volatile boolean cancelled;

        @Override
        public void cancel() {
            cancelled = true;
            Flow.Subscription asked = subscription;
            if (asked != null) {
                asked.cancel();
            }
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription asked) {
        handle.subscription = asked;
        asked.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Delta delta) {
        if (delta instanceof Delta.Text piece) {
            tell(() ->
                    handler.onPartialResponse(new PartialResponse(piece.text()), new PartialResponseContext(handle)));
        } else if (delta instanceof Delta.Reasoning piece) {
            if (responses.returnThinking()) {
                tell(() -> handler.onPartialThinking(
                        new PartialThinking(piece.text()), new PartialThinkingContext(handle)));
            }
        } else if (delta instanceof Delta.ToolCallPart part) {
            part.id().ifPresent(id -> callIds.put(part.index(), id));
            part.name().ifPresent(name -> callNames.put(part.index(), name));
            // A call that has no name yet can't be told in part.
            if (!part.arguments().isEmpty() && callNames.containsKey(part.index())) {
                tell(() -> handler.onPartialToolCall(partial(part), new PartialToolCallContext(handle)));
            }
        } else if (delta instanceof Delta.End last) {
            end = last;
        }
    }

    private PartialToolCall partial(Delta.ToolCallPart part) {
        return PartialToolCall.builder()
                .index(part.index())
                .id(callIds.get(part.index()))
                .name(callNames.get(part.index()))
                .partialArguments(part.arguments())
                .build();
    }

    @Override
    public void onComplete() {
        Delta.End last = end;
        if (last == null) {
            onError(new IllegalStateException("the answer has no end"));
            return;
        }
        ChatResponse response;
        try {
            response = responses.response(last.completion());
        } catch (ContentFilteredException e) {
            report(e);
            return;
        }
        List<ToolExecutionRequest> requests = response.aiMessage().toolExecutionRequests();
        for (int index = 0; index < requests.size(); index++) {
            CompleteToolCall call = new CompleteToolCall(index, requests.get(index));
            tell(() -> handler.onCompleteToolCall(call));
        }
        tell(() -> handler.onCompleteResponse(response));
    }

    @Override
    public void onError(Throwable failure) {
        report(ExceptionTranslator.translated(failure));
    }

    /** A handler that throws is told so, and still gets the rest. */
    private void tell(Runnable event) {
        if (handle.isCancelled()) {
            return;
        }
        try {
            event.run();
        } catch (Throwable e) {
            report(e);
        }
    }

    private void report(Throwable failure) {
        if (handle.isCancelled()) {
            return;
        }
        try {
            handler.onError(failure);
        } catch (Throwable e) {
            LOG.warn("A handler's onError failed", e);
        }
    }
}
