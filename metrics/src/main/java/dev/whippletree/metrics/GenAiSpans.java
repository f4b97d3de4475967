package dev.whippletree.metrics;

import static dev.whippletree.metrics.Events.seconds;

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
import java.util.List;

/** Creates a span for each call, by the conventions, without any text of prompts or answers. Thread-safe. */
record GenAiSpans(Tracer tracer) {

    private static final AttributeKey<List<String>> STOPS = AttributeKey.stringArrayKey(GenAi.REQUEST_STOPS);
    private static final AttributeKey<List<String>> FINISH = AttributeKey.stringArrayKey(GenAi.RESPONSE_FINISH);

    /**
     * Makes the span of a call that has ended.
     *
     * @param parent what was current when the prompt was submitted
     * @return the span's context
     */
    Context record(ServiceCall call, Context parent) {
        SpanBuilder builder = tracer.spanBuilder(GenAi.operation(call) + " " + call.model())
                .setParent(parent)
                .setSpanKind(SpanKind.CLIENT)
                .setStartTimestamp(call.startedAt())
                .setAttribute(GenAi.OPERATION, GenAi.operation(call))
                .setAttribute(GenAi.PROVIDER, call.provider())
                .setAttribute(GenAi.REQUEST_MODEL, call.model())
                .setAttribute(GenAi.REQUEST_STREAM, call.streaming());
        ask(builder, call.prompt().parameters());
        Span span = builder.startSpan();
        GenAi.answer(call).ifPresent(answer -> answer(span, answer));
        if (call.streaming()) {
            call.firstPiece().ifPresent(first -> span.setAttribute(GenAi.RESPONSE_FIRST_CHUNK, seconds(first)));
        }
        GenAi.error(call).ifPresent(error -> {
            span.setAttribute(GenAi.ERROR, error);
            span.setStatus(StatusCode.ERROR); // Without the service's words, which may repeat the prompt's.
        });
        span.end(call.startedAt().plus(call.took()));
        return parent.with(span);
    }

    private static void ask(SpanBuilder span, Parameters parameters) {
        parameters.temperature().ifPresent(value -> span.setAttribute(GenAi.REQUEST_TEMPERATURE, value));
        parameters.topP().ifPresent(value -> span.setAttribute(GenAi.REQUEST_TOP_P, value));
        parameters.maxTokens().ifPresent(value -> span.setAttribute(GenAi.REQUEST_MAX_TOKENS, (long) value));
        parameters.seed().ifPresent(value -> span.setAttribute(GenAi.REQUEST_SEED, value));
        if (!parameters.stop().isEmpty()) {
            span.setAttribute(STOPS, parameters.stop());
        }
        GenAi.PENALTIES.forEach((field, name) -> {
            if (parameters.extras().get(field) instanceof Number number) {
                span.setAttribute(name, number.doubleValue());
            }
        });
        if (parameters.extras().get("n") instanceof Number number) {
            span.setAttribute(GenAi.REQUEST_CHOICES, number.longValue());
        }
    }

    private static void answer(Span span, ServiceCall.Answered answer) {
        span.setAttribute(GenAi.RESPONSE_MODEL, answer.model());
        span.setAttribute(FINISH, List.of(answer.finishReason().wireName()));
        answer.id().ifPresent(id -> span.setAttribute(GenAi.RESPONSE_ID, id));
        answer.usage().ifPresent(usage -> use(span, usage));
    }

    private static void use(Span span, TokenUsage usage) {
        span.setAttribute(GenAi.USAGE_INPUT, usage.promptTokens());
        span.setAttribute(GenAi.USAGE_OUTPUT, usage.completionTokens());
        if (usage.cachedPromptTokens() > 0) {
            span.setAttribute(GenAi.USAGE_CACHED, usage.cachedPromptTokens());
        }
        if (usage.reasoningTokens() > 0) {
            span.setAttribute(GenAi.USAGE_REASONING, usage.reasoningTokens());
        }
    }
}
