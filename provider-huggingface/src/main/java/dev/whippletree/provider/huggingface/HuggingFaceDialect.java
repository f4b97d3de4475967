package dev.whippletree.provider.huggingface;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.model.ShownText;
import dev.whippletree.provider.openai.dialect.Dialect;
import dev.whippletree.provider.openai.dialect.EmbeddingApi;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.provider.openai.dialect.ServiceError;
import dev.whippletree.provider.openai.dialect.Verdict;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/**
 * What Hugging Face's router does differently. Thread-safe.
 *
 * @param chatCompletions where prompts are posted
 * @param features how texts are embedded
 * @param billTo the organization that pays; absent: the token's owner
 * @param log logs, at debug, which service answered
 */
record HuggingFaceDialect(URI chatCompletions, FeatureExtraction features, Optional<String> billTo, Logger log)
        implements Dialect {

    /** The words of the routes for one service, whose errors have no code. */
    private static final String NOT_SUPPORTED = "not supported by provider";

    /** The words of Hugging Face's own refusals, which have no code either. */
    private static final Pattern OWN = Pattern.compile(
            "invalid (credentials|username or password)"
                    + "|sufficient permissions to call inference providers|included credits",
            Pattern.CASE_INSENSITIVE);

    @Override
    public Optional<EmbeddingApi> embeddings() {
        return Optional.of(features);
    }

    @Override
    public Optional<String> refuses(Prompt prompt, String model) {
        return prompt.operation() == Prompt.Operation.EMBEDDING
                ? FeatureExtraction.refusal(prompt, model)
                : Dialect.super.refuses(prompt, model);
    }

    @Override
    public Map<String, String> headers() {
        return billTo.map(name -> Map.of("X-HF-Bill-To", name)).orElse(Map.of());
    }

    @Override
    public void answered(ResponseHead head) {
        if (log.isDebugEnabled()) {
            head.header("x-inference-provider").ifPresent(name -> log.debug("Answered by {}", ShownText.line(name)));
        }
    }

    /**
     * Reads Hugging Face's own headers only. Those called {@code x-ratelimit-…} are passed on from the service behind
     * the router, and are about Hugging Face's account there, not about ours.
     */
    @Override
    public List<RateLimitReport> limits(ResponseHead head) {
        return HubLimits.read(head);
    }

    @Override
    public Verdict judge(ServiceError error) {
        if (error.status() == 400 && error.code().isEmpty() && error.says(NOT_SUPPORTED)) {
            return Verdict.of(FailureKind.MODEL_UNAVAILABLE, Reach.MODEL);
        }
        Verdict verdict = Dialect.super.judge(error);
        if (verdict.reach() == Reach.PROMPT && OWN.matcher(error.message()).find()) {
            return verdict.reaching(verdict.kind() == FailureKind.QUOTA_EXHAUSTED ? Reach.ORGANIZATION : Reach.ACCOUNT);
        }
        return verdict.reach() == Reach.UNKNOWN && isOwnLimit(error) ? verdict.reaching(Reach.ORGANIZATION) : verdict;
    }

    /** Hugging Face's own limits are of all requests, whichever the model. */
    private static boolean isOwnLimit(ServiceError error) {
        return HubLimits.read(error.head()).stream()
                .anyMatch(report -> report.remaining().orElse(1) == 0);
    }
}
