package dev.whippletree.provider.groq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import dev.whippletree.testkit.provider.ProviderBench;
import dev.whippletree.testkit.provider.ScriptedReply;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the failure table, in Groq's words. */
final class GroqFailuresTest {

    @AutoClose
    private final ProviderBench bench = Bench.open();

    static Stream<Arguments> rows() {
        return Stream.of(
                arguments(401, GroqErrors.INVALID_KEY, FailureKind.UNAUTHORIZED, Reach.ACCOUNT),
                arguments(400, GroqErrors.RESTRICTED, FailureKind.UNAUTHORIZED, Reach.ORGANIZATION),
                arguments(404, GroqErrors.MODEL_NOT_FOUND, FailureKind.MODEL_UNAVAILABLE, Reach.MODEL),
                arguments(400, GroqErrors.MODEL_DECOMMISSIONED, FailureKind.MODEL_UNAVAILABLE, Reach.MODEL),
                arguments(400, GroqErrors.JSON_FAILED, FailureKind.REJECTED, Reach.ACCOUNT),
                arguments(400, GroqErrors.TOOL_FAILED, FailureKind.REJECTED, Reach.ACCOUNT),
                arguments(400, GroqErrors.CONTEXT_EXCEEDED, FailureKind.TOO_LARGE, Reach.MODEL),
                arguments(413, GroqErrors.TOO_LARGE, FailureKind.TOO_LARGE, Reach.MODEL),
                arguments(498, GroqErrors.FLEX_FULL, FailureKind.OVERLOADED, Reach.ACCOUNT),
                arguments(498, "", FailureKind.OVERLOADED, Reach.ACCOUNT),
                arguments(503, GroqErrors.OVER_CAPACITY, FailureKind.OVERLOADED, Reach.ACCOUNT),
                arguments(429, "", FailureKind.RATE_LIMITED, Reach.MODEL),
                arguments(402, "", FailureKind.QUOTA_EXHAUSTED, Reach.PROMPT),
                arguments(502, "<html><title>502</title></html>", FailureKind.UNAVAILABLE, Reach.ACCOUNT));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void failure_isOfItsKindAndReach(int status, String body, FailureKind kind, Reach reach) {
        Failure failure = bench.failure(ScriptedReply.json(status, body).with("retry-after", "9"));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.reach()).isEqualTo(reach);
        assertThat(failure.status()).hasValue(status);
        assertThat(failure.retryAfter()).isEqualTo(Optional.ofNullable(status == 413 ? null : Duration.ofSeconds(9)));
        assertThat(failure.message()).isNotBlank().doesNotContain("org_01x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tokens per minute (TPM) | Limit 6000, Used 5034, Requested 1443 | 4.77s | RATE_LIMITED | PT4.77S",
                "tokens per minute (TPM) | Limit 6000, Used 6000, Requested ~15 | 149.8ms | RATE_LIMITED | PT0.1498S",
                "requests per minute (RPM) | Limit 30, Used 30, Requested 1 | 2s | RATE_LIMITED | PT2S",
                "requests per day (RPD) | Limit 1000, Used 1000, Requested 1 | 1m26.4s | QUOTA_EXHAUSTED | PT1M26.4S",
                "tokens per day (TPD) | Limit 200000, Used 199000, Requested 2000 | 7m12s | QUOTA_EXHAUSTED | PT7M12S"
            })
    void refusalForALimit_tellsTheWait(
            String what, String numbers, String wait, FailureKind kind, Duration retryAfter) {
        Failure failure = bench.failure(ScriptedReply.json(429, GroqErrors.limited(what, numbers, wait, "tokens"))
                .with("retry-after", "9"));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.retryAfter()).contains(retryAfter);
        assertThat(failure.reach()).isEqualTo(Reach.MODEL);
        assertThat(failure.code()).contains("rate_limit_exceeded");
    }

    @Test
    void streamThatStopsEarly_isUnavailable() {
        Failure failure = bench.failure(ScriptedReply.events(
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n"
                        + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
                        + "\"x_groq\":{\"id\":\"req_1\",\"error\":\"the model stopped early\"}}\n\ndata: [DONE]\n\n"));

        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(failure.message()).isEqualTo("the model stopped early");
    }
}
