package dev.whippletree.provider.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.provider.openai.Bench;
import dev.whippletree.provider.openai.read.FuzzInput;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads the headers of responses, and holds the reader to the numbers that stand in them. */
public final class HeadJudge {

    private static final Duration LONGEST = Duration.ofDays(31).plusSeconds(1);
    private static final int MOST_DIGITS = 18;

    private HeadJudge() {}

    /** @throws AssertionError if a number is told that isn't there, or one that is there isn't told */
    public static void check(FuzzInput input) {
        ResponseHead head = new ResponseHead(200, headers(input.bytes()));
        RetryAfter.of(head, () -> Bench.NOW).ifPresent(HeadJudge::checkSane);
        for (Limit.Unit unit : List.of(Limit.Unit.REQUESTS, Limit.Unit.TOKENS)) {
            OptionalLong amount = count(head.headers().get("x-ratelimit-limit-" + unit.wireName()), 1);
            OptionalLong remaining = count(head.headers().get("x-ratelimit-remaining-" + unit.wireName()), 0);
            Optional<RateLimitHeaders> read = RateLimitHeaders.of(unit, head);
            assertThat(read.isPresent()).isEqualTo(amount.isPresent() || remaining.isPresent());
            assertThat(read.map(RateLimitHeaders::amount).orElse(OptionalLong.empty()))
                    .isEqualTo(amount);
            assertThat(read.map(RateLimitHeaders::remaining).orElse(OptionalLong.empty()))
                    .isEqualTo(remaining);
            read.flatMap(RateLimitHeaders::reset).ifPresent(HeadJudge::checkSane);
        }
    }

    private static void checkSane(Duration time) {
        assertThat(time).isBetween(Duration.ZERO, LONGEST);
    }

    private static Map<String, String> headers(String lines) {
        Map<String, String> headers = new HashMap<>();
        for (String line : lines.split("\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1));
            }
        }
        return headers;
    }

    private static OptionalLong count(@Nullable String value, long least) {
        String digits = value == null ? "" : value.trim();
        boolean number = !digits.isEmpty()
                && digits.length() <= MOST_DIGITS
                && digits.chars().allMatch(digit -> digit >= '0' && digit <= '9')
                && Long.parseLong(digits) >= least;
        return number ? OptionalLong.of(Long.parseLong(digits)) : OptionalLong.empty();
    }
}
