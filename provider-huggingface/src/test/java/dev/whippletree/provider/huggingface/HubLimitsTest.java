package dev.whippletree.provider.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HubLimitsTest {

    /** A second more than the header says: it was rounded. A policy that can't be meant is none. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"api\";r=489;t=189 | \"fixed window\";\"api\";q=500;w=300 | 489 | 500 | PT5M | PT3M10S",
                "\"api\" ; r = 0 ; t = 5 | ~~ | 0 | | | PT6S",
                "\"api\";r=0;t=2678400 | q=1;w=2678400 | 0 | 1 | PT744H | PT744H1S",
                "\"api\";r=3;t=5 | \"api\";q=0;w=300 | 3 | | | PT6S",
                "\"api\";r=3;t=5 | \"api\";q=500;w=0 | 3 | | | PT6S",
                "\"api\";r=3;t=5 | q=1234567890123456;w=300 | 3 | | | PT6S",
                "\"api\";r=3;t=5 | q=500;w=99999999 | 3 | | | PT6S",
                "\"api\";r=3;t=5 | q=500;w=2678401 | 3 | | | PT6S",
                "\"api\";r=3;t=5 | q=5e3;w=300 | 3 | | | PT6S",
                "\"api\";r=3;t=5 | q=500, w=300 | 3 | | | PT6S"
            })
    void headers_areAFixedWindow_ofUnknownSizeWithoutAPolicy(
            String limit,
            String policy,
            long remaining,
            @Nullable Long amount,
            @Nullable Duration window,
            Duration reset) {
        assertThat(read(Map.of("RateLimit", limit, "RateLimit-Policy", policy)))
                .containsExactly(new RateLimitReport(
                        Reach.ORGANIZATION,
                        Limit.Unit.REQUESTS,
                        amount == null ? OptionalLong.empty() : OptionalLong.of(amount),
                        OptionalLong.of(remaining),
                        Optional.ofNullable(window),
                        RateLimitReport.Refill.AT_ONCE,
                        Optional.of(reset)));
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

    private static List<RateLimitReport> read(Map<String, String> headers) {
        return HubLimits.read(new ResponseHead(200, headers));
    }
}
