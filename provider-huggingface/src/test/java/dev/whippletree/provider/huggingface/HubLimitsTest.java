package dev.whippletree.provider.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.provider.openai.ResponseHead;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HubLimitsTest {

    @Test
    void bothHeaders_areAFixedWindow_withASecondMoreThanItSays() {
        assertThat(read(Map.of(
                        "RateLimit", "\"api\";r=489;t=189",
                        "RateLimit-Policy", "\"fixed window\";\"api\";q=500;w=300")))
                .containsExactly(new RateLimitReport(
                        Reach.ORGANIZATION,
                        Limit.Unit.REQUESTS,
                        OptionalLong.of(500),
                        OptionalLong.of(489),
                        Optional.of(Duration.ofSeconds(300)),
                        RateLimitReport.Refill.AT_ONCE,
                        Optional.of(Duration.ofSeconds(190))));
    }

    @Test
    void limitWithoutPolicy_isOfUnknownSize() {
        RateLimitReport report =
                read(Map.of("ratelimit", "\"api\" ; r = 0 ; t = 5")).get(0);

        assertThat(report.remaining()).hasValue(0);
        assertThat(report.amount()).isEmpty();
        assertThat(report.window()).isEmpty();
    }

    @Test
    void policyOfNothing_isNoPolicy() {
        assertThat(read(Map.of("ratelimit", "\"api\";r=0;t=5", "ratelimit-policy", "\"api\";q=0;w=0"))
                        .get(0)
                        .amount())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "100", "\"api\";r=x;t=5", "limit=100, remaining=50, reset=50"})
    void otherForms_areNoReport(String header) {
        assertThat(read(Map.of("RateLimit", header))).isEmpty();
    }

    private static List<RateLimitReport> read(Map<String, String> headers) {
        return HubLimits.read(new ResponseHead(200, headers));
    }
}
