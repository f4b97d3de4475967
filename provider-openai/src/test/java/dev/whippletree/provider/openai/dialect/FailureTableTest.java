package dev.whippletree.provider.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import dev.whippletree.provider.openai.Bench;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FailureTableTest {

    @ParameterizedTest
    @CsvSource({
        "400, REJECTED, ACCOUNT",
        "401, UNAUTHORIZED, PROMPT",
        "402, QUOTA_EXHAUSTED, PROMPT",
        "403, UNAUTHORIZED, PROMPT",
        "404, MODEL_UNAVAILABLE, PROMPT",
        "405, REJECTED, ACCOUNT",
        "408, UNAVAILABLE, ACCOUNT",
        "409, UNAVAILABLE, ACCOUNT",
        "425, UNAVAILABLE, ACCOUNT",
        "410, MODEL_UNAVAILABLE, PROMPT",
        "413, TOO_LARGE, MODEL",
        "422, REJECTED, ACCOUNT",
        "424, REJECTED, ACCOUNT",
        "429, RATE_LIMITED, UNKNOWN",
        "498, OVERLOADED, ACCOUNT",
        "500, UNAVAILABLE, ACCOUNT",
        "502, UNAVAILABLE, ACCOUNT",
        "503, OVERLOADED, ACCOUNT",
        "504, UNAVAILABLE, ACCOUNT",
        "520, UNAVAILABLE, ACCOUNT",
        "529, OVERLOADED, ACCOUNT",
        "301, UNAVAILABLE, ACCOUNT",
        "307, UNAVAILABLE, ACCOUNT",
        "200, UNAVAILABLE, ACCOUNT"
    })
    void statusAlone_decides(int status, FailureKind kind, Reach reach) {
        for (String body :
                new String[] {"", "<html><title>x</title></html>", "{\"error\":\"x\"}", "{\"detail\":\"x\"}"}) {
            Verdict verdict = judge(Bench.error(status, body));

            assertThat(verdict.kind()).as(body).isEqualTo(kind);
            assertThat(verdict.reach()).as(body).isEqualTo(reach);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, context_length_exceeded, TOO_LARGE, MODEL",
        "400, string_above_max_length, TOO_LARGE, MODEL",
        "400, content_filter, FILTERED, ACCOUNT",
        "403, content_policy_violation, FILTERED, ACCOUNT",
        "400, model_not_found, MODEL_UNAVAILABLE, MODEL",
        "400, model_not_supported, MODEL_UNAVAILABLE, MODEL",
        "400, model_decommissioned, MODEL_UNAVAILABLE, MODEL",
        "403, model_terms_required, MODEL_UNAVAILABLE, MODEL",
        "400, organization_restricted, UNAUTHORIZED, ORGANIZATION",
        "403, organization_restricted, UNAUTHORIZED, ORGANIZATION",
        "400, invalid_api_key, UNAUTHORIZED, ACCOUNT",
        "429, insufficient_quota, QUOTA_EXHAUSTED, ORGANIZATION",
        "429, overloaded, OVERLOADED, ACCOUNT",
        "500, overloaded_error, OVERLOADED, ACCOUNT",
        "400, capacity_exceeded, OVERLOADED, ACCOUNT",
        "400, json_validate_failed, REJECTED, ACCOUNT",
        "400, tool_use_failed, REJECTED, ACCOUNT",
        "424, generation, UNAVAILABLE, ACCOUNT",
        "400, rate_limit_exceeded, RATE_LIMITED, UNKNOWN"
    })
    void code_decidesBeforeTheStatus(int status, String code, FailureKind kind, Reach reach) {
        for (String body : new String[] {
            "{\"error\":{\"message\":\"x\",\"type\":\"y\",\"code\":\"%s\"}}",
            "{\"error\":{\"message\":\"x\",\"type\":\"%s\"}}",
            "{\"error\":\"x\",\"error_type\":\"%s\"}",
            "{\"object\":\"error\",\"message\":\"x\",\"code\":\"%s\"}"
        }) {
            boolean limitByType = code.startsWith("rate_limit") && !body.contains("\"code\"");
            if (!limitByType) {
                Verdict verdict = judge(Bench.error(status, body.formatted(code)));

                assertThat(verdict.kind()).as(body).isEqualTo(kind);
                assertThat(verdict.reach()).as(body).isEqualTo(reach);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | This model's maximum context length is 4096 tokens",
                "422 | Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096",
                "400 | Request too large for model `M`",
                "200 | The prompt is too long: 9000 tokens"
            })
    void wordsOfLength_areTooLarge(int status, String words) {
        assertThat(judge(Bench.error(status, "{\"error\":\"" + words + "\"}")).kind())
                .isEqualTo(FailureKind.TOO_LARGE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404 | The model `m` does not exist. | MODEL_UNAVAILABLE | MODEL",
                "404 | model 'm' not found, try pulling it first | MODEL_UNAVAILABLE | MODEL",
                "404 | model 'm' is not found | MODEL_UNAVAILABLE | MODEL",
                "404 | the file model.png was not found | MODEL_UNAVAILABLE | PROMPT",
                "403 | this model requires moderation and your input was flagged | FILTERED | ACCOUNT",
                "403 | blocked by our content policy | FILTERED | ACCOUNT",
                "403 | Request blocked | UNAUTHORIZED | PROMPT",
                "402 | This request requires more credits, or fewer max_tokens | QUOTA_EXHAUSTED | PROMPT"
            })
    void words_nameTheModelOrAFilter(int status, String words, FailureKind kind, Reach reach) {
        Verdict verdict =
                judge(Bench.error(status, "{\"error\":{\"message\":\"" + words + "\",\"code\":" + status + "}}"));

        assertThat(verdict).isEqualTo(Verdict.of(kind, reach));
    }

    /** The prompt may be as short as it likes: another model or account would answer it. */
    @ParameterizedTest
    @CsvSource({"500", "502"})
    void wordsOfLength_inAFaultOfTheService_areNoFaultOfThePrompt(int status) {
        assertThat(judge(Bench.error(status, "{\"error\":\"can't tell the maximum context length\"}"))
                        .kind())
                .isEqualTo(FailureKind.UNAVAILABLE);
    }

    @Test
    void requestLargerThanTheLimit_isTooLargeWhateverTheStatus() {
        Verdict verdict = judge(Bench.error(
                429, "{\"error\":{\"message\":\"on tokens per minute (TPM): Limit 8000, Used 0, Requested 8001\"}}"));

        assertThat(verdict).isEqualTo(Verdict.of(FailureKind.TOO_LARGE, Reach.MODEL));
    }

    @Test
    void dailyLimit_isExhausted_withItsReset() {
        Verdict verdict = judge(Bench.error(
                429,
                "{\"error\":{\"message\":\"Rate limit reached for model `M` on requests per day (RPD): Limit 1000, Used 1000,"
                        + " Requested 1. Please try again in 1m26.4s.\",\"code\":\"rate_limit_exceeded\"}}"));

        assertThat(verdict.kind()).isEqualTo(FailureKind.QUOTA_EXHAUSTED);
        assertThat(verdict.reach()).isEqualTo(Reach.MODEL);
        assertThat(verdict.retryAfter()).contains(Duration.ofMillis(86_400));
    }

    @Test
    void dailyLimitInOtherWords_isExhausted_howeverFarItReaches() {
        Verdict verdict = judge(Bench.error(429, "{\"error\":\"Rate limit exceeded: free-models-per-day\"}"));

        assertThat(verdict).isEqualTo(Verdict.of(FailureKind.QUOTA_EXHAUSTED, Reach.UNKNOWN));
    }

    /** OpenAI names model and organization; its limits are each model's, but nothing in these words says so. */
    @Test
    void limitThatNamesModelAndOrganization_isOfUnknownReach() {
        Verdict verdict = judge(Bench.error(
                429,
                "{\"error\":{\"message\":\"Rate limit reached for gpt-4o in organization org-xyz on tokens per min (TPM):"
                        + " Limit 30000, Used 29000, Requested 2000. Please try again in 1.8s.\",\"type\":\"tokens\","
                        + "\"code\":\"rate_limit_exceeded\"}}"));

        assertThat(verdict)
                .isEqualTo(new Verdict(FailureKind.RATE_LIMITED, Reach.UNKNOWN, Optional.of(Duration.ofMillis(1_800))));
    }

    @Test
    void wordsTellTheWaitMoreExactlyThanTheHeader() {
        ServiceError error = Bench.error(
                429, Map.of("retry-after", "5"), "{\"error\":{\"message\":\"Please try again in 4.77s.\"}}");

        assertThat(judge(error).retryAfter()).contains(Duration.ofMillis(4_770));
    }

    @Test
    void exhaustedLimit_tellsTheWaitWhereNothingElseDoes() {
        ServiceError error = Bench.error(
                429,
                Map.of("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "9.5"),
                "{\"error\":\"Too many requests\"}");

        assertThat(judge(error).retryAfter()).contains(Duration.ofMillis(9_500));
    }

    @Test
    void limitThatIsNotExhausted_tellsNoWait() {
        ServiceError error = Bench.error(
                429,
                Map.of("x-ratelimit-remaining-requests", "1", "x-ratelimit-reset-requests", "9.5"),
                "{\"error\":\"Too many requests\"}");

        assertThat(judge(error).retryAfter()).isEmpty();
    }

    @Test
    void overload_keepsTheWait() {
        assertThat(judge(Bench.error(503, Map.of("retry-after", "7"), "")).retryAfter())
                .contains(Duration.ofSeconds(7));
        assertThat(judge(Bench.error(503, "{\"error\":\"Model X is currently loading\",\"estimated_time\":20.5}"))
                        .retryAfter())
                .contains(Duration.ofMillis(20_500));
    }

    @Test
    void invalidRequestInsideAStream_isRejected() {
        assertThat(judge(Bench.error(200, "{\"error\":{\"message\":\"x\",\"type\":\"invalid_request_error\"}}"))
                        .kind())
                .isEqualTo(FailureKind.REJECTED);
    }

    private static Verdict judge(ServiceError error) {
        return FailureTable.judge(error, RateLimitHeaders.ofUnknownService(error.head()));
    }
}
