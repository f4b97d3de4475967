package dev.whippletree.provider.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.testkit.provider.Garbage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
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
    @ValueSource(
            strings = {
                "",
                "100",
                "\"api\";r=x;t=5",
                "limit=100, remaining=50, reset=50",
                "\"api\";r=0;t=2678401",
                "\"api\";r=0;t=99999999",
                "\"api\";r=1234567890123456;t=5",
                "\"api\";r=0;t=1.5"
            })
    void otherForms_areNoReport(String header) {
        assertThat(read(Map.of("RateLimit", header))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"q=1234567890123456;w=300", "q=500;w=99999999", "q=500;w=2678401", "q=5e3;w=300", "q=500, w=300"
            })
    void policyThatCannotBeMeant_isNoPolicy(String policy) {
        RateLimitReport report = read(Map.of("ratelimit", "\"api\";r=3;t=5", "ratelimit-policy", policy))
                .get(0);

        assertThat(report.amount()).isEmpty();
        assertThat(report.remaining()).as("the rest is still read").hasValue(3);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void garbage_isNoReport_orASaneOne(long seed) {
        Garbage garbage = new Garbage(seed);
        for (int count = 0; count < 100; count++) {
            Map<String, String> headers = Map.of(
                    "RateLimit", garbage.damaged("\"api\";r=489;t=189"),
                    "RateLimit-Policy", garbage.damaged("\"fixed window\";\"api\";q=500;w=300"));
            assertThat(read(headers)).as("%s", headers).allSatisfy(report -> {
                assertThat(report.reset().orElseThrow())
                        .isBetween(Duration.ofSeconds(1), Duration.ofDays(31).plusSeconds(1));
                assertThat(report.remaining().orElseThrow()).isNotNegative();
                report.window()
                        .ifPresent(window -> assertThat(window).isBetween(Duration.ofSeconds(1), Duration.ofDays(31)));
            });
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    private static List<RateLimitReport> read(Map<String, String> headers) {
        return HubLimits.read(new ResponseHead(200, headers));
    }
}
