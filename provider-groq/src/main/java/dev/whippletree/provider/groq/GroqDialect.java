package dev.whippletree.provider.groq;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.LimitProse;
import dev.whippletree.provider.openai.dialect.PromptTokens;
import dev.whippletree.provider.openai.dialect.RateLimitHeaders;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.provider.openai.dialect.ServiceError;
import dev.whippletree.provider.openai.dialect.Verdict;
import dev.whippletree.spi.Admission;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What Groq does differently. Immutable.
 *
 * <p>Limits apply to each model of an organization (console.groq.com/docs/rate-limits). Its buckets refill bit by bit,
 * and {@code x-ratelimit-reset-…} is the time until one is full, not a wait: 14,400 requests a day give {@code 6s}
 * after one.
 *
 * @param chatCompletions where prompts are posted
 */
record GroqDialect(URI chatCompletions) implements Dialect {

    /** Answered by 400, whatever their value (console.groq.com/docs/openai). */
    private static final List<String> REFUSED = List.of("logprobs", "top_logprobs", "logit_bias");

    private static final String OWN_FIELDS = "x_groq";

    @Override
    public String maxTokensField() {
        return "max_completion_tokens";
    }

    /** The last chunk has it unasked, under {@code x_groq}. */
    @Override
    public boolean asksForStreamUsage() {
        return false;
    }

    /** Its answers say {@code reasoning}; a message with a {@code reasoning_content} is answered by 400. */
    @Override
    public boolean takesReasoningBack() {
        return false;
    }

    @Override
    public Optional<String> refuses(Prompt prompt, String model) {
        if (prompt.operation() == Prompt.Operation.EMBEDDING) {
            return Optional.of("Groq has no embeddings; name a model of another provider");
        }
        return REFUSED.stream()
                .filter(prompt.parameters().extras()::containsKey)
                .findFirst()
                .or(() -> namesSpeaker(prompt) ? Optional.of("the name of a message") : Optional.empty())
                .map(field -> "Groq doesn't accept " + field)
                .or(() -> Dialect.super.refuses(prompt, model));
    }

    private static boolean namesSpeaker(Prompt prompt) {
        return prompt.messages().stream().anyMatch(message -> message.extras().containsKey("name"));
    }

    /**
     * The bound on the completion is counted in full on entry, and not given back; what is counted without one isn't
     * documented. Cached tokens of the prompt don't count: they are given back after processing.
     */
    @Override
    public Admission admission(Prompt prompt, String model) {
        return Admission.onEntry(
                        PromptTokens.estimate(prompt), prompt.parameters().maxTokens())
                .withoutCached();
    }

    /**
     * Requests are per day and tokens per minute; the limits per minute and per day that remain are reported in
     * refusals only.
     */
    @Override
    public List<RateLimitReport> limits(ResponseHead head) {
        return Stream.of(
                        report(Limit.Unit.REQUESTS, Duration.ofDays(1), head),
                        report(Limit.Unit.TOKENS, Duration.ofMinutes(1), head))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<RateLimitReport> report(Limit.Unit unit, Duration window, ResponseHead head) {
        return RateLimitHeaders.of(unit, head).map(headers -> headers.continuousReport(Reach.MODEL, window));
    }

    @Override
    public List<RateLimitReport> limits(ServiceError error) {
        return LimitProse.find(error.message()).map(prose -> prose.continuousReport(Reach.MODEL)).stream()
                .toList();
    }

    @Override
    public Verdict judge(ServiceError error) {
        Verdict verdict = Dialect.super.judge(error);
        boolean limit = verdict.kind() == FailureKind.RATE_LIMITED
                || (verdict.kind() == FailureKind.QUOTA_EXHAUSTED && error.status() == 429);
        return limit ? verdict.reaching(Reach.MODEL) : verdict;
    }

    @Override
    public Optional<JsonNode> usage(JsonNode answer) {
        return Dialect.super.usage(answer).or(() -> ownFields(answer).flatMap(Dialect.super::usage));
    }

    @Override
    public Optional<JsonNode> error(JsonNode answer) {
        return Dialect.super.error(answer).or(() -> ownFields(answer).flatMap(Dialect.super::error));
    }

    private static Optional<JsonNode> ownFields(JsonNode answer) {
        return Optional.ofNullable(answer.get(OWN_FIELDS));
    }
}
