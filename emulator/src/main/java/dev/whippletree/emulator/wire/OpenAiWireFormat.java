package dev.whippletree.emulator.wire;

import dev.whippletree.emulator.model.ChatAnswer;
import dev.whippletree.emulator.model.LimitState;
import dev.whippletree.emulator.model.Refusal;
import dev.whippletree.model.Limit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service with OpenAI's protocol and errors, which tells how its limits of requests and tokens stand.
 *
 * <p>Made up: how the reset counts. By OpenAI's documentation it is the time until a limit is in its initial state
 * again, that is until a bucket is full; here limits are fixed windows unless told otherwise, so it is the time until
 * the window's end. So are 413 for a prompt longer than the context, 402 for credit that is used up, and the words of
 * errors.
 */
final class OpenAiWireFormat implements WireFormat {

    private static final long NANOS_PER_MILLI = 1_000_000;

    @Override
    public ErrorBody error(Refusal refusal) {
        return switch (refusal.kind()) {
            case NO_TOKEN -> ErrorBody.invalid("You didn't provide an API key.", "missing_api_key");
            case BAD_TOKEN -> ErrorBody.invalid("Incorrect API key provided.", "invalid_api_key");
            case NO_CREDIT ->
                ErrorBody.object(
                        "You exceeded your current quota, please check your plan and billing details.",
                        "insufficient_quota",
                        "insufficient_quota");
            case FORBIDDEN -> ErrorBody.invalid("You may not do this.", "permission_denied");
            case MODEL_UNKNOWN, MODEL_UNSERVED ->
                ErrorBody.invalid(
                        "The model `" + refusal.model() + "` does not exist or you do not have access to it.",
                        "model_not_found");
            case BAD_REQUEST, BAD_PARAMETER -> ErrorBody.invalid(refusal.detailOr("Bad request"), "invalid_request");
            case CONTEXT_TOO_LONG, LARGER_THAN_LIMIT ->
                ErrorBody.invalid(refusal.detailOr("Request too large"), "context_length_exceeded");
            case FILTERED -> ErrorBody.invalid("The prompt was refused by the content filter.", "content_filter");
            case LIMIT -> limit(refusal);
            case BAD_GATEWAY -> ErrorBody.page(refusal.status(), "Bad Gateway");
            case FLEX_CAPACITY, SERVER_ERROR ->
                ErrorBody.object(
                        "The server had an error while processing your request.", "server_error", "server_error");
            case UNAVAILABLE ->
                ErrorBody.object(
                        "The engine is currently overloaded, please try again later.", "server_error", "overloaded");
        };
    }

    private static ErrorBody limit(Refusal refusal) {
        String message = refusal.hit()
                .map(hit -> "Rate limit reached on "
                        + LimitWords.name(hit.limit()) + ": " + LimitWords.figures(hit)
                        + ". Please try again in " + GoDuration.format(hit.waitNanos()) + ".")
                .orElse("Rate limit reached.");
        return ErrorBody.object(message, "requests", "rate_limit_exceeded");
    }

    @Override
    public void addHeaders(Map<String, String> headers, List<LimitState> limits) {
        for (Limit.Unit unit : List.of(Limit.Unit.REQUESTS, Limit.Unit.TOKENS)) {
            Optional<LimitState> first = limits.stream()
                    .filter(state -> state.limit().limit().unit() == unit)
                    .findFirst();
            first.ifPresent(state -> WireFormat.addRateHeaders(headers, state, roundedUp(state.resetNanos())));
        }
    }

    /** Whole milliseconds are enough, as long as nobody is told to come back too early. */
    private static long roundedUp(long nanos) {
        return (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI * NANOS_PER_MILLI;
    }

    @Override
    public void decorate(Map<String, Object> answer, ChatAnswer said) {
        answer.put("system_fingerprint", "fp_emulated");
    }
}
