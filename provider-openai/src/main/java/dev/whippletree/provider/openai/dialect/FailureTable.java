package dev.whippletree.provider.openai.dialect;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Maps errors to failures: by the service's code, then by its words, then by the status.
 *
 * <p>The codes are those of OpenAI, Groq, Hugging Face's router and its text-generation-inference server. They are told
 * here for all services, since routers pass on what the services behind them say.
 */
public final class FailureTable {

    private static final Verdict UNAVAILABLE = Verdict.of(FailureKind.UNAVAILABLE, Reach.ACCOUNT);
    private static final Verdict OVERLOADED = Verdict.of(FailureKind.OVERLOADED, Reach.ACCOUNT);
    private static final Verdict REJECTED = Verdict.of(FailureKind.REJECTED, Reach.ACCOUNT);
    private static final Verdict TOO_LARGE = Verdict.of(FailureKind.TOO_LARGE, Reach.MODEL);
    private static final Verdict FILTERED = Verdict.of(FailureKind.FILTERED, Reach.ACCOUNT);
    private static final Verdict UNAUTHORIZED = Verdict.of(FailureKind.UNAUTHORIZED, Reach.ACCOUNT);
    private static final Verdict RESTRICTED = Verdict.of(FailureKind.UNAUTHORIZED, Reach.ORGANIZATION);
    private static final Verdict NO_MODEL = Verdict.of(FailureKind.MODEL_UNAVAILABLE, Reach.MODEL);
    private static final Verdict NO_CREDIT = Verdict.of(FailureKind.QUOTA_EXHAUSTED, Reach.ORGANIZATION);

    private static final Map<String, Verdict> BY_CODE = Map.ofEntries(
            Map.entry("context_length_exceeded", TOO_LARGE),
            Map.entry("string_above_max_length", TOO_LARGE),
            Map.entry("request_too_large", TOO_LARGE),
            Map.entry("content_filter", FILTERED),
            Map.entry("content_policy_violation", FILTERED),
            Map.entry("model_not_found", NO_MODEL),
            Map.entry("model_not_supported", NO_MODEL),
            Map.entry("model_decommissioned", NO_MODEL),
            Map.entry("model_terms_required", NO_MODEL),
            Map.entry("organization_restricted", RESTRICTED),
            Map.entry("invalid_api_key", UNAUTHORIZED),
            Map.entry("insufficient_quota", NO_CREDIT),
            Map.entry("billing_hard_limit_reached", NO_CREDIT),
            Map.entry("capacity_exceeded", OVERLOADED),
            Map.entry("overloaded", OVERLOADED),
            Map.entry("overloaded_error", OVERLOADED),
            Map.entry("json_validate_failed", REJECTED),
            Map.entry("tool_use_failed", REJECTED),
            Map.entry("generation", UNAVAILABLE),
            Map.entry("incomplete_generation", UNAVAILABLE));

    private static final Pattern TOO_LONG = Pattern.compile(
            "request too large|maximum context length|context (length|window) exceeded|prompt is too long"
                    + "|`inputs` (must have less than|tokens \\+ `max_new_tokens` must be)",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern NO_SUCH_MODEL = Pattern.compile(
            "\\bmodel [\"'`][^\"'`]{1,200}[\"'`] (does|is|was)? ?not (exist|found)", Pattern.CASE_INSENSITIVE);
    private static final Pattern MODERATED =
            Pattern.compile("\\b(moderation|flagged|content (policy|filter)|safety)\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern DAILY = Pattern.compile("\\bper[- ]day\\b|\\bdaily\\b", Pattern.CASE_INSENSITIVE);

    private FailureTable() {}

    /**
     * Returns what an error means.
     *
     * @param reports what its headers say about limits
     */
    public static Verdict judge(ServiceError error, List<RateLimitReport> reports) {
        if (isTooLarge(error)) {
            return TOO_LARGE;
        }
        return knownCode(error)
                .flatMap(code -> Optional.ofNullable(BY_CODE.get(code)))
                .map(verdict -> verdict.after(error.retryAfter()))
                .orElseGet(() -> isLimit(error) ? limited(error, reports) : byStatus(error));
    }

    /**
     * Returns the service's own code: the one that decides, which some services give as a type; else whatever they give
     * as a code.
     */
    public static Optional<String> code(ServiceError error) {
        return knownCode(error).or(error::code);
    }

    private static Optional<String> knownCode(ServiceError error) {
        return Stream.of(error.code(), error.type())
                .flatMap(Optional::stream)
                .filter(BY_CODE::containsKey)
                .findFirst();
    }

    /**
     * Comes before the codes: Groq gives a prompt larger than the limit itself the code of one that only has to wait.
     */
    private static boolean isTooLarge(ServiceError error) {
        boolean callersFault = error.status() < 500;
        return error.status() == 413
                || (callersFault && TOO_LONG.matcher(error.message()).find())
                || (isLimit(error) && prose(error).filter(LimitProse::neverFits).isPresent());
    }

    private static boolean isLimit(ServiceError error) {
        return error.status() == 429 || error.code().equals(Optional.of("rate_limit_exceeded"));
    }

    private static Verdict limited(ServiceError error, List<RateLimitReport> reports) {
        Optional<LimitProse> prose = prose(error);
        boolean daily = prose.map(LimitProse::isDaily)
                .orElseGet(() -> DAILY.matcher(error.message()).find());
        // The words are exact where the header is whole seconds; without either, an exhausted limit says when it
        // resets, or the figures when there is room.
        Optional<Duration> wait = LimitProse.wait(error.message())
                .or(error::retryAfter)
                .or(() -> exhaustedUntil(reports))
                .or(() -> prose.flatMap(LimitProse::untilRoom));
        return new Verdict(
                daily ? FailureKind.QUOTA_EXHAUSTED : FailureKind.RATE_LIMITED,
                error.says("for model") ? Reach.MODEL : Reach.UNKNOWN,
                wait);
    }

    private static Optional<LimitProse> prose(ServiceError error) {
        return LimitProse.find(error.message());
    }

    private static Optional<Duration> exhaustedUntil(List<RateLimitReport> reports) {
        return reports.stream()
                .filter(report -> report.refill() != RateLimitReport.Refill.CONTINUOUS)
                .filter(report -> report.remaining().orElse(1) == 0)
                .flatMap(report -> report.reset().stream())
                .max(Comparator.naturalOrder());
    }

    /**
     * What neither a code nor words name may be refused for what one prompt is: by a filter's page, or by a router that
     * checks its price.
     */
    private static Verdict byStatus(ServiceError error) {
        Verdict verdict = switch (error.status()) {
            case 401 -> UNAUTHORIZED.reaching(Reach.PROMPT);
            case 403 -> MODERATED.matcher(error.message()).find() ? FILTERED : UNAUTHORIZED.reaching(Reach.PROMPT);
            case 402 -> NO_CREDIT.reaching(Reach.PROMPT);
            case 404, 410 -> NO_SUCH_MODEL.matcher(error.message()).find() ? NO_MODEL : NO_MODEL.reaching(Reach.PROMPT);
            case 407, 408, 409, 425 -> UNAVAILABLE;
            case 498, 503, 529 -> OVERLOADED;
            default -> byClass(error);
        };
        return verdict.after(error.retryAfter());
    }

    /** An error inside a stream has no status of its own: there the type must do. */
    private static Verdict byClass(ServiceError error) {
        boolean callersFault = error.status() / 100 == 4
                || (error.status() / 100 == 2 && error.type().equals(Optional.of("invalid_request_error")));
        return callersFault ? REJECTED : UNAVAILABLE;
    }
}
