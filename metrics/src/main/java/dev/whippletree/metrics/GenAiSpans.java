package dev.whippletree.metrics;

import dev.whippletree.model.Parameters;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.ServiceCall;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;

/** Creates a span for each call, by the conventions, without any text of prompts or answers. Thread-safe. */
final class GenAiSpans {

    private static final String REQUEST = "gen_ai.request.";
    private static final String RESPONSE = "gen_ai.response.";
    private static final String USAGE = "gen_ai.usage.";

    private static final AttributeKey<List<String>> STOPS = AttributeKey.stringArrayKey(REQUEST + "stop_sequences");
    private static final AttributeKey<List<String>> FINISH = AttributeKey.stringArrayKey(RESPONSE + "finish_reasons");

    /** What the protocol and the conventions call by the same name, and a prompt has among its extras. */
    private static final List<String> PENALTIES = List.of("frequency_penalty", "presence_penalty");

    private final Tracer tracer;

    GenAiSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    /**
     * Makes the span of a call that has ended.
     *
     * @param parent what was current when the prompt was submitted
     * @return the span's context
     */
    Context record(ServiceCall call, Context parent) {
        SpanBuilder builder = tracer.spanBuilder(GenAi.CHAT + " " + call.model())
                .setParent(parent)
                .setSpanKind(SpanKind.CLIENT)
                .setStartTimestamp(call.startedAt())
                .setAttribute(GenAi.OPERATION, GenAi.CHAT)
                .setAttribute(GenAi.PROVIDER, call.provider())
                .setAttribute(GenAi.REQUEST_MODEL, call.model())
                .setAttribute(REQUEST + "stream", call.streaming());
        ask(builder, call.prompt().parameters());
        Span span = builder.startSpan();
        GenAi.answer(call).ifPresent(answer -> answer(span, answer));
        if (call.streaming()) {
            call.firstPiece().ifPresent(first -> span.setAttribute(RESPONSE + "time_to_first_chunk", seconds(first)));
        }
        GenAi.error(call).ifPresent(error -> {
            span.setAttribute(GenAi.ERROR, error);
            span.setStatus(StatusCode.ERROR); // Without the service's words, which may repeat the prompt's.
        });
        span.end(call.startedAt().plus(call.took()));
        return parent.with(span);
    }

    private static void ask(SpanBuilder span, Parameters parameters) {
        parameters.temperature().ifPresent(value -> span.setAttribute(REQUEST + "temperature", value));
        parameters.topP().ifPresent(value -> span.setAttribute(REQUEST + "top_p", value));
        parameters.maxTokens().ifPresent(value -> span.setAttribute(REQUEST + "max_tokens", (long) value));
        parameters.seed().ifPresent(value -> span.setAttribute(REQUEST + "seed", value));
        if (!parameters.stop().isEmpty()) {
            span.setAttribute(STOPS, parameters.stop());
        }
        for (String penalty : PENALTIES) {
            if (parameters.extras().get(penalty) instanceof Number number) {
                span.setAttribute(REQUEST + penalty, number.doubleValue());
            }
        }
        if (parameters.extras().get("n") instanceof Number number) {
            span.setAttribute(REQUEST + "choice.count", number.longValue());
        }
    }

    private static void answer(Span span, ServiceCall.Answered answer) {
        span.setAttribute(GenAi.RESPONSE_MODEL, answer.model());
        span.setAttribute(FINISH, List.of(answer.finishReason().wireName()));
        answer.id().ifPresent(id -> span.setAttribute(RESPONSE + "id", id));
        answer.usage().ifPresent(usage -> use(span, usage));
    }

    private static void use(Span span, TokenUsage usage) {
        span.setAttribute(USAGE + "input_tokens", usage.promptTokens());
        span.setAttribute(USAGE + "output_tokens", usage.completionTokens());
        if (usage.cachedPromptTokens() > 0) {
            span.setAttribute(USAGE + "cache_read.input_tokens", usage.cachedPromptTokens());
        }
        if (usage.reasoningTokens() > 0) {
            span.setAttribute(USAGE + "reasoning.output_tokens", usage.reasoningTokens());
        }
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
