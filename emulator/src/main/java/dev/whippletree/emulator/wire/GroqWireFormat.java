package dev.whippletree.emulator.wire;

import dev.whippletree.emulator.model.ChatAnswer;
import dev.whippletree.emulator.model.LimitHit;
import dev.whippletree.emulator.model.LimitState;
import dev.whippletree.emulator.model.Refusal;
import dev.whippletree.emulator.model.ServiceKind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Groq: six headers, of which those for requests speak of the day and those for tokens of the minute; all other limits
 * are reported in the prose of a 429 only.
 *
 * <p>Made up, since Groq has published none and none was recorded: the bodies of 402 and of the content filter, and the
 * words of a bad request.
 */
final class GroqWireFormat implements WireFormat {

    private static final String UPGRADE =
            " Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing";
    /** Of a plausible size, as the other times are. */
    private static final double QUEUE_SECONDS = 0.041;

    private static final double PROMPT_SECONDS_PER_TOKEN = 0.00004;
    private static final double COMPLETION_SECONDS_PER_TOKEN = 0.0025;

    @Override
    public ErrorBody error(Refusal refusal) {
        return switch (refusal.kind()) {
            case NO_TOKEN, BAD_TOKEN -> ErrorBody.invalid("Invalid API Key", "invalid_api_key");
            case NO_CREDIT -> ErrorBody.invalid("Your credit is used up.", "insufficient_quota");
            case FORBIDDEN ->
                ErrorBody.invalid(
                        "Organization has been restricted. Please reach out to support if you believe this was in error.",
                        "organization_restricted");
            case MODEL_UNKNOWN ->
                ErrorBody.invalid(
                        "The model `" + refusal.model() + "` does not exist or you do not have access to it.",
                        "model_not_found");
            case MODEL_UNSERVED ->
                ErrorBody.invalid(
                        "The model `" + refusal.model() + "` has been decommissioned and is no longer supported.",
                        "model_decommissioned");
            case BAD_REQUEST -> generic(refusal.detailOr("Bad request"));
            case BAD_PARAMETER -> generic("'" + refusal.detail() + "' is not supported");
            case CONTEXT_TOO_LONG ->
                ErrorBody.invalid("Please reduce the length of the messages or completion.", "context_length_exceeded");
            case LARGER_THAN_LIMIT -> tooLarge(refusal);
            case FILTERED -> ErrorBody.invalid("The prompt was refused by the content filter.", "content_filter");
            case LIMIT -> limit(refusal);
            case FLEX_CAPACITY ->
                ErrorBody.object("`flex` tier capacity exceeded", "internal_server_error", "capacity_exceeded");
            case SERVER_ERROR -> internal("Internal Server Error");
            case BAD_GATEWAY -> ErrorBody.page(refusal.status(), "Bad Gateway");
            case UNAVAILABLE ->
                internal(refusal.model() + " is currently over capacity. Please try again and back off"
                        + " exponentially. Visit https://groqstatus.com to see if there is an active incident.");
        };
    }

    private static ErrorBody generic(String message) {
        return ErrorBody.object(message, ErrorBody.INVALID, Optional.empty(), Optional.empty());
    }

    private static ErrorBody internal(String message) {
        return ErrorBody.object(message, "internal_server_error", Optional.empty(), Optional.empty());
    }

    private static ErrorBody tooLarge(Refusal refusal) {
        String what = refusal.hit()
                .map(hit -> " on " + LimitWords.name(hit.limit()) + ": Limit "
                        + hit.limit().amount() + ", Requested " + hit.requested())
                .orElse("");
        return ErrorBody.object(
                "Request too large for " + who(refusal) + what + ", please reduce your message size and try again.",
                "tokens",
                "rate_limit_exceeded");
    }

    private static ErrorBody limit(Refusal refusal) {
        String what = refusal.hit()
                .map(hit -> " on " + LimitWords.name(hit.limit()) + ": " + LimitWords.figures(hit))
                .orElse("");
        String wait = refusal.hit()
                .map(LimitHit::waitNanos)
                .or(() -> refusal.retryAfter().map(Duration::toNanos))
                .map(nanos -> " Please try again in " + GoDuration.format(nanos) + ".")
                .orElse("");
        String type = refusal.hit().map(hit -> hit.limit().unit().wireName()).orElse("requests");
        return ErrorBody.object(
                "Rate limit reached for " + who(refusal) + what + "." + wait + UPGRADE, type, "rate_limit_exceeded");
    }

    private static String who(Refusal refusal) {
        return "model `" + refusal.model() + "` in organization `org_" + refusal.organization()
                + "` service tier `on_demand`";
    }

    @Override
    public void addHeaders(Map<String, String> headers, List<LimitState> limits) {
        headers.put("x-groq-region", "emulated");
        for (LimitState state : limits) {
            if (ServiceKind.GROQ.reports(state.limit().limit())) {
                WireFormat.addRateHeaders(headers, state, state.resetNanos());
            }
        }
    }

    @Override
    public void decorate(Map<String, Object> answer, ChatAnswer said) {
        answer.put("usage_breakdown", null);
        answer.put("system_fingerprint", "fp_emulated");
        answer.put("x_groq", identity(said));
        answer.put("service_tier", "on_demand");
    }

    @Override
    public void decorateFirst(Map<String, Object> chunk, ChatAnswer said) {
        chunk.put("x_groq", identity(said));
    }

    @Override
    public void decorateLast(Map<String, Object> chunk, ChatAnswer said) {
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("id", id(said));
        own.put("usage", usage(said));
        chunk.put("x_groq", own);
        chunk.put("usage", usage(said));
    }

    @Override
    public Map<String, Object> usage(ChatAnswer said) {
        double promptSeconds = said.draft().promptTokens() * PROMPT_SECONDS_PER_TOKEN;
        double completionSeconds = said.draft().completionTokens() * COMPLETION_SECONDS_PER_TOKEN;
        Map<String, Object> usage = WireFormat.super.usage(said);
        usage.put("queue_time", QUEUE_SECONDS);
        usage.put("prompt_time", promptSeconds);
        usage.put("completion_time", completionSeconds);
        usage.put("total_time", promptSeconds + completionSeconds);
        return usage;
    }

    private static Map<String, Object> identity(ChatAnswer said) {
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("id", id(said));
        own.put("seed", said.number());
        return own;
    }

    private static String id(ChatAnswer said) {
        return "req_" + said.account() + "-" + said.number();
    }
}
