package dev.whippletree.emulator.wire;

import dev.whippletree.emulator.model.LimitState;
import dev.whippletree.emulator.model.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hugging Face's router: errors of two forms, and no limit headers.
 *
 * <p>The router's own 429, 413, 5xx and content-filter bodies have never been published; those here have the form of
 * its other errors.
 */
final class HuggingFaceWireFormat implements WireFormat {

    @Override
    public ErrorBody error(Refusal refusal) {
        return switch (refusal.kind()) {
            case NO_TOKEN -> ErrorBody.page(refusal.status(), "Unauthorized");
            case BAD_TOKEN -> ErrorBody.text("Invalid credentials in Authorization header");
            case NO_CREDIT ->
                ErrorBody.text(
                        "You have depleted your monthly included credits. Purchase pre-paid credits to continue using"
                                + " Inference Providers. Alternatively, subscribe to PRO to get 20x more included usage.");
            case FORBIDDEN ->
                ErrorBody.text("This authentication method does not have sufficient permissions to call"
                        + " Inference Providers on behalf of user " + refusal.organization());
            case MODEL_UNKNOWN -> model(refusal, "does not exist.", "model_not_found");
            case MODEL_UNSERVED ->
                model(refusal, "is not supported by any provider you have enabled.", "model_not_supported");
            case BAD_REQUEST, BAD_PARAMETER -> ErrorBody.invalid(refusal.detailOr("Bad request"), "invalid_request");
            case CONTEXT_TOO_LONG, LARGER_THAN_LIMIT ->
                ErrorBody.invalid(refusal.detailOr("Request too large"), "context_length_exceeded");
            case FILTERED -> ErrorBody.invalid("The prompt was refused by the content filter.", "content_filter");
            case LIMIT -> ErrorBody.object(limit(refusal), "rate_limit_error", "rate_limit_exceeded");
            case BAD_GATEWAY -> ErrorBody.page(refusal.status(), "Bad Gateway");
            case FLEX_CAPACITY, SERVER_ERROR -> ErrorBody.text("Internal Server Error");
            case UNAVAILABLE -> ErrorBody.text("Service Unavailable");
        };
    }

    private static ErrorBody model(Refusal refusal, String what, String code) {
        return ErrorBody.object(
                "The requested model '" + refusal.model() + "' " + what,
                ErrorBody.INVALID,
                Optional.of("model"),
                Optional.of(code));
    }

    private static String limit(Refusal refusal) {
        return "Rate limit reached"
                + refusal.hit()
                        .map(hit -> " on " + LimitWords.name(hit.limit()))
                        .orElse("") + ".";
    }

    @Override
    public void addHeaders(Map<String, String> headers, List<LimitState> limits) {
        headers.put("x-inference-provider", "emulated");
    }
}
