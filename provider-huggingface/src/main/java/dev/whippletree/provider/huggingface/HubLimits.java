package dev.whippletree.provider.huggingface;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code RateLimit: "api";r=0;t=55} and {@code RateLimit-Policy: "fixed window";"api";q=500;w=300}.
 *
 * <p>They are documented for the Hub (hub-docs, {@code docs/hub/rate-limits.md}) and not known to come from the router;
 * they are read if they do.
 */
final class HubLimits {

    private static final Pattern LIMIT =
            Pattern.compile("\"\\w{1,40}\" *; *r *= *(\\d{1,15}) *; *t *= *(\\d{1,7})(?![\\w.])");
    private static final Pattern POLICY =
            Pattern.compile("\\bq *= *(\\d{1,15}) *;[^,]{0,40}?\\bw *= *(\\d{1,7})(?![\\w.])");

    /** No window of a service is longer; a number of seconds beyond isn't one. */
    private static final Duration LONGEST = Duration.ofDays(31);

    private HubLimits() {}

    static List<RateLimitReport> read(ResponseHead head) {
        return head
                .header("ratelimit")
                .map(LIMIT::matcher)
                .filter(Matcher::find)
                .filter(limit -> isPossible(limit.group(2)))
                .map(limit -> report(limit, policy(head)))
                .stream()
                .toList();
    }

    private static Optional<Limit> policy(ResponseHead head) {
        return head.header("ratelimit-policy")
                .map(POLICY::matcher)
                .filter(Matcher::find)
                .filter(policy -> Long.parseLong(policy.group(1)) > 0)
                .filter(policy -> Long.parseLong(policy.group(2)) > 0 && isPossible(policy.group(2)))
                .map(policy -> Limit.requests(
                        Long.parseLong(policy.group(1)), Duration.ofSeconds(Long.parseLong(policy.group(2)))));
    }

    private static boolean isPossible(String seconds) {
        return Duration.ofSeconds(Long.parseLong(seconds)).compareTo(LONGEST) <= 0;
    }

    /** The seconds to the reset are whole, so one is added, as Hugging Face's own client does. */
    private static RateLimitReport report(Matcher limit, Optional<Limit> policy) {
        return new RateLimitReport(
                Reach.ORGANIZATION,
                Limit.Unit.REQUESTS,
                policy.isPresent() ? OptionalLong.of(policy.get().amount()) : OptionalLong.empty(),
                OptionalLong.of(Long.parseLong(limit.group(1))),
                policy.map(Limit::window),
                RateLimitReport.Refill.AT_ONCE,
                Optional.of(Duration.ofSeconds(Long.parseLong(limit.group(2)) + 1)));
    }
}
