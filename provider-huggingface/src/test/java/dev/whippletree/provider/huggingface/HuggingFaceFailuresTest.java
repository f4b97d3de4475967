package dev.whippletree.provider.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import dev.whippletree.testkit.provider.ProviderBench;
import dev.whippletree.testkit.provider.RecordingSink;
import dev.whippletree.testkit.provider.ScriptedReply;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the failure table, as far as the router has been seen to tell it. */
final class HuggingFaceFailuresTest {

    private static final String HTML = "<html><head><title>Service down</title></head></html>";

    @AutoClose
    private final ProviderBench bench = Bench.open(Map.of());

    static Stream<Arguments> rows() {
        return Stream.of(
                arguments(400, HuggingFaceErrors.MODEL_NOT_SUPPORTED, FailureKind.MODEL_UNAVAILABLE, Reach.MODEL),
                arguments(400, HuggingFaceErrors.MODEL_NOT_FOUND, FailureKind.MODEL_UNAVAILABLE, Reach.MODEL),
                arguments(400, HuggingFaceErrors.NOT_SUPPORTED_BY_PROVIDER, FailureKind.MODEL_UNAVAILABLE, Reach.MODEL),
                arguments(400, "{\"error\":\"temperature must be positive\"}", FailureKind.REJECTED, Reach.ACCOUNT),
                arguments(401, HuggingFaceErrors.INVALID_CREDENTIALS, FailureKind.UNAUTHORIZED, Reach.ACCOUNT),
                arguments(401, HTML, FailureKind.UNAUTHORIZED, Reach.PROMPT),
                arguments(402, HuggingFaceErrors.NO_CREDIT, FailureKind.QUOTA_EXHAUSTED, Reach.ORGANIZATION),
                arguments(403, HuggingFaceErrors.FORBIDDEN, FailureKind.UNAUTHORIZED, Reach.ACCOUNT),
                arguments(410, HuggingFaceErrors.GONE, FailureKind.MODEL_UNAVAILABLE, Reach.PROMPT),
                arguments(
                        422,
                        "{\"error\":\"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096\","
                                + "\"error_type\":\"validation\"}",
                        FailureKind.TOO_LARGE,
                        Reach.MODEL),
                arguments(
                        424, "{\"error\":\"x\",\"error_type\":\"generation\"}", FailureKind.UNAVAILABLE, Reach.ACCOUNT),
                arguments(429, "{\"error\":\"Too many requests\"}", FailureKind.RATE_LIMITED, Reach.UNKNOWN),
                arguments(429, HuggingFaceErrors.RELAYED_FROM_GROQ, FailureKind.RATE_LIMITED, Reach.MODEL),
                arguments(
                        429,
                        "{\"error\":\"Model is overloaded\",\"error_type\":\"overloaded\"}",
                        FailureKind.OVERLOADED,
                        Reach.ACCOUNT),
                arguments(500, "", FailureKind.UNAVAILABLE, Reach.ACCOUNT),
                arguments(503, HuggingFaceErrors.LOADING, FailureKind.OVERLOADED, Reach.ACCOUNT),
                arguments(504, HTML, FailureKind.UNAVAILABLE, Reach.ACCOUNT));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void failure_isOfItsKindAndReach(int status, String body, FailureKind kind, Reach reach) {
        Failure failure = bench.failure(ScriptedReply.json(status, body));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.reach()).isEqualTo(reach);
        assertThat(failure.status()).hasValue(status);
        assertThat(failure.message()).isNotBlank().doesNotContain("<h").doesNotContain("org_01xhf");
    }

    @Test
    void usedUpWindow_tellsTheWait_forAllModels() {
        RecordingSink sink = bench.send(ScriptedReply.json(429, "{\"error\":\"Too many requests\"}")
                .with("RateLimit", "\"api\";r=0;t=55")
                .with("RateLimit-Policy", "\"fixed window\";\"api\";q=500;w=300"));

        assertThat(sink.awaitFailure().retryAfter()).contains(Duration.ofSeconds(56));
        assertThat(sink.awaitFailure().reach()).isEqualTo(Reach.ORGANIZATION);
        assertThat(sink.reports()).hasSize(1);
        assertThat(bench.failure(ScriptedReply.json(429, "{\"error\":\"Too many requests\"}")
                                .with("RateLimit", "\"api\";r=7;t=55"))
                        .reach())
                .as("not the limit that was hit")
                .isEqualTo(Reach.UNKNOWN);
    }

    @Test
    void limitsOfTheServiceBehindTheRouter_areNotOurs() {
        RecordingSink sink = bench.send(ScriptedReply.json(429, HuggingFaceErrors.RELAYED_FROM_GROQ)
                .with("x-ratelimit-limit-requests", "1000")
                .with("x-ratelimit-remaining-requests", "0"));

        assertThat(sink.awaitFailure().retryAfter()).contains(Duration.ofMillis(4_770));
        assertThat(sink.reports()).isEmpty();
    }
}
