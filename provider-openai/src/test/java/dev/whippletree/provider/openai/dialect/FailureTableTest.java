package dev.whippletree.provider.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.provider.openai.Bench;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FailureTableTest {

    @ParameterizedTest
    @CsvSource({
        "400 405 422 424, REJECTED, ACCOUNT",
        "401 403, UNAUTHORIZED, PROMPT",
        "402, QUOTA_EXHAUSTED, PROMPT",
        "404 410, MODEL_UNAVAILABLE, PROMPT",
        "407 408 409 425 500 502 504 520 301 307 200, UNAVAILABLE, ACCOUNT",
        "413, TOO_LARGE, MODEL",
        "429, RATE_LIMITED, UNKNOWN",
        "498 503 529, OVERLOADED, ACCOUNT"
    })
    void statusAlone_decides(String statuses, FailureKind kind, Reach reach) {
        for (String status : statuses.split(" ")) {
            for (String body :
                    List.of("", "<html><title>x</title></html>", "{\"error\":\"x\"}", "{\"detail\":\"x\"}")) {
                assertThat(judge(Bench.error(Integer.parseInt(status), body)))
                        .as("%s %s", status, body)
                        .isEqualTo(Verdict.of(kind, reach));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, context_length_exceeded string_above_max_length request_too_large, TOO_LARGE, MODEL",
        "403, content_filter content_policy_violation, FILTERED, ACCOUNT",
        "400, model_not_found model_not_supported model_decommissioned, MODEL_UNAVAILABLE, MODEL",
        "403, model_terms_required, MODEL_UNAVAILABLE, MODEL",
        "400, organization_restricted, UNAUTHORIZED, ORGANIZATION",
        "400, invalid_api_key, UNAUTHORIZED, ACCOUNT",
        "429, insufficient_quota billing_hard_limit_reached, QUOTA_EXHAUSTED, ORGANIZATION",
        "429, overloaded overloaded_error capacity_exceeded, OVERLOADED, ACCOUNT",
        "500, json_validate_failed tool_use_failed, REJECTED, ACCOUNT",
        "424, generation incomplete_generation, UNAVAILABLE, ACCOUNT"
    })
    void code_decidesBeforeTheStatus_andKeepsTheWait(int status, String codes, FailureKind kind, Reach reach) {
        for (String code : codes.split(" ")) {
            for (String body : List.of(
                    "{\"error\":{\"message\":\"x\",\"type\":\"y\",\"code\":\"%s\"}}",
                    "{\"error\":{\"message\":\"x\",\"type\":\"%s\"}}",
                    "{\"error\":{\"message\":\"x\",\"type\":\"%s\",\"code\":\"y\"}}",
                    "{\"error\":\"x\",\"error_type\":\"%s\"}",
                    "{\"object\":\"error\",\"message\":\"x\",\"code\":\"%s\"}")) {
                ServiceError error = Bench.error(status, Map.of("retry-after", "7"), body.formatted(code));

                assertThat(judge(error)).as(body).isEqualTo(after(kind, reach, "PT7S"));
                assertThat(FailureTable.code(error)).contains(code);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | This model's maximum context length is 4096 tokens | TOO_LARGE | MODEL",
                "422 | Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096 | TOO_LARGE | MODEL",
                "400 | Request too large for model `M` | TOO_LARGE | MODEL",
                "200 | The prompt is too long: 9000 tokens | TOO_LARGE | MODEL",
                "499 | context window exceeded | TOO_LARGE | MODEL",
                // The prompt may be as short as it likes: another model or account would answer it.
                "500 | can't tell the maximum context length | UNAVAILABLE | ACCOUNT",
                "404 | The model `m` does not exist. | MODEL_UNAVAILABLE | MODEL",
                "404 | model 'm' not found, try pulling it first | MODEL_UNAVAILABLE | MODEL",
                "410 | model 'm' is not found | MODEL_UNAVAILABLE | MODEL",
                "404 | the file model.png was not found | MODEL_UNAVAILABLE | PROMPT",
                "403 | this model requires moderation and your input was flagged | FILTERED | ACCOUNT",
                "403 | blocked by our content policy | FILTERED | ACCOUNT",
                "403 | Request blocked | UNAUTHORIZED | PROMPT",
                "402 | This request requires more credits, or fewer max_tokens | QUOTA_EXHAUSTED | PROMPT",
                "429 | on tokens per minute (TPM): Limit 8000, Used 0, Requested 8001 | TOO_LARGE | MODEL",
                "503 | on tokens per minute (TPM): Limit 8000, Used 0, Requested 8001 | OVERLOADED | ACCOUNT",
                "429 | Rate limit exceeded: free-models-per-day | QUOTA_EXHAUSTED | UNKNOWN"
            })
    void words_decideBeforeTheStatus(int status, String words, FailureKind kind, Reach reach) {
        assertThat(judge(Bench.error(status, "{\"error\":{\"message\":\"" + words + "\",\"code\":" + status + "}}")))
                .isEqualTo(Verdict.of(kind, reach));
    }

    /** OpenAI names model and organization; its limits are each model's, but nothing in these words says so. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "for model `M` on requests per day (RPD): Limit 10, Used 10, Requested 1. Please try again in 1m26.4s."
                        + " | QUOTA_EXHAUSTED | MODEL | PT1M26.4S",
                "for gpt in organization org-x on tokens per min (TPM): Limit 30, Used 29, Requested 2. Please try"
                        + " again in 1.8s. | RATE_LIMITED | UNKNOWN | PT1.8S",
                "on tokens per minute (TPM): Limit 6000, Used 5034, Requested 1443 | RATE_LIMITED | UNKNOWN | PT4.77S"
            })
    void limitInWords_isOfItsKindAndReach_withItsWait(String words, FailureKind kind, Reach reach, String wait) {
        String body = "{\"error\":{\"message\":\"Rate limit reached " + words + "\",\"code\":\"rate_limit_exceeded\"}}";

        assertThat(judge(Bench.error(429, body))).isEqualTo(after(kind, reach, wait));
        assertThat(judge(Bench.error(400, body))).isEqualTo(after(kind, reach, wait));
    }

    /** The words are exact where the header is whole seconds; of exhausted limits, all must have been reset. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Please try again in 4.77s. | 5 | 0 | 9.5 | 0 | 12.5 | PT4.77S",
                "Too many requests | 5 | 0 | 9.5 | 0 | 12.5 | PT5S",
                "Too many requests | | 0 | 9.5 | 0 | 12.5 | PT12.5S",
                "Too many requests | | 0 | 12.5 | 0 | 9.5 | PT12.5S",
                "Too many requests | | 0 | 9.5 | 1 | 12.5 | PT9.5S",
                "Too many requests | | 1 | 9.5 | 2 | 12.5 | ",
                "Too many requests | | | 9.5 | | 12.5 | "
            })
    void wait_isInTheWords_elseInTheHeader_elseUntilTheLastExhaustedLimitIsReset(
            String words,
            @Nullable String retryAfter,
            @Nullable String requests,
            String requestsReset,
            @Nullable String tokens,
            String tokensReset,
            @Nullable Duration wait) {
        Map<String, String> headers = new HashMap<>();
        headers.put("retry-after", String.valueOf(retryAfter));
        headers.put("x-ratelimit-limit-requests", "60");
        headers.put("x-ratelimit-remaining-requests", String.valueOf(requests));
        headers.put("x-ratelimit-reset-requests", requestsReset);
        headers.put("x-ratelimit-limit-tokens", "6000");
        headers.put("x-ratelimit-remaining-tokens", String.valueOf(tokens));
        headers.put("x-ratelimit-reset-tokens", tokensReset);

        assertThat(judge(Bench.error(429, headers, "{\"error\":\"" + words + "\"}"))
                        .retryAfter())
                .isEqualTo(Optional.ofNullable(wait));
    }

    /** Its reset is when it is full, long after there is room. */
    @Test
    void exhaustedLimitThatRefillsBitByBit_tellsNoWait() {
        ServiceError error = Bench.error(
                429,
                Map.of("x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "9.5"),
                "{\"error\":\"no\"}");
        RateLimitReport report = RateLimitHeaders.of(Limit.Unit.TOKENS, error.head())
                .orElseThrow()
                .continuousReport(Reach.MODEL, Duration.ofMinutes(1));

        assertThat(FailureTable.judge(error, List.of(report)).retryAfter()).isEmpty();
    }

    @Test
    void statusWithAWait_keepsIt() {
        assertThat(judge(Bench.error(503, "{\"error\":\"Model X is currently loading\",\"estimated_time\":20.5}")))
                .isEqualTo(after(FailureKind.OVERLOADED, Reach.ACCOUNT, "PT20.5S"));
    }

    @Test
    void invalidRequestInsideAStream_isRejected() {
        assertThat(judge(Bench.error(200, "{\"error\":{\"message\":\"x\",\"type\":\"invalid_request_error\"}}")))
                .isEqualTo(Verdict.of(FailureKind.REJECTED, Reach.ACCOUNT));
    }

    private static Verdict after(FailureKind kind, Reach reach, String wait) {
        return new Verdict(kind, reach, Optional.of(Duration.parse(wait)));
    }

    private static Verdict judge(ServiceError error) {
        return FailureTable.judge(error, RateLimitHeaders.ofUnknownService(error.head()));
    }
}
