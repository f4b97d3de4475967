package dev.whippletree.metrics;

import dev.whippletree.model.Failure;
import dev.whippletree.spi.ServiceCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names and buckets of OpenTelemetry's semantic conventions for generative AI, 1.41.1, and a call's attributes by
 * them. All of these names stand here, since the conventions may still change them.
 */
final class GenAi {

    static final String DURATION = "gen_ai.client.operation.duration";
    static final String FIRST_CHUNK = "gen_ai.client.operation.time_to_first_chunk";
    static final String TOKENS = "gen_ai.client.token.usage";

    static final String OPERATION = "gen_ai.operation.name";
    static final String PROVIDER = "gen_ai.provider.name";
    static final String REQUEST_MODEL = "gen_ai.request.model";
    static final String RESPONSE_MODEL = "gen_ai.response.model";
    static final String TOKEN_TYPE = "gen_ai.token.type";
    static final String ERROR = "error.type";

    static final String REQUEST_STREAM = "gen_ai.request.stream";
    static final String REQUEST_TEMPERATURE = "gen_ai.request.temperature";
    static final String REQUEST_TOP_P = "gen_ai.request.top_p";
    static final String REQUEST_MAX_TOKENS = "gen_ai.request.max_tokens";
    static final String REQUEST_SEED = "gen_ai.request.seed";
    static final String REQUEST_STOPS = "gen_ai.request.stop_sequences";
    static final String REQUEST_CHOICES = "gen_ai.request.choice.count";
    static final String RESPONSE_ID = "gen_ai.response.id";
    static final String RESPONSE_FINISH = "gen_ai.response.finish_reasons";
    static final String RESPONSE_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk";
    static final String USAGE_INPUT = "gen_ai.usage.input_tokens";
    static final String USAGE_OUTPUT = "gen_ai.usage.output_tokens";
    static final String USAGE_CACHED = "gen_ai.usage.cache_read.input_tokens";
    static final String USAGE_REASONING = "gen_ai.usage.reasoning.output_tokens";

    /** The attributes of parameters that a prompt has among its extras, by their names in the protocol. */
    static final Map<String, String> PENALTIES = Map.of(
            "frequency_penalty",
            "gen_ai.request.frequency_penalty",
            "presence_penalty",
            "gen_ai.request.presence_penalty");

    /** In seconds. */
    static final List<Double> SECONDS =
            List.of(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);

    private static final String CANCELLED = "cancelled";

    private GenAi() {}

    /** Returns the conventions' name of what a call was made for. */
    static String operation(ServiceCall call) {
        return switch (call.prompt().operation()) {
            case CHAT -> "chat";
            case EMBEDDING -> "embeddings";
        };
    }

    /** Returns what the call ended with, if it was answered. */
    static Optional<ServiceCall.Answered> answer(ServiceCall call) {
        return call.end() instanceof ServiceCall.Answered answered ? Optional.of(answered) : Optional.empty();
    }

    /** Returns why there is no answer, from a small set of words: an HTTP status, or the kind of failure. */
    static Optional<String> error(ServiceCall call) {
        if (call.end() instanceof ServiceCall.Failed failed) {
            return Optional.of(error(failed.failure()));
        }
        return call.end() instanceof ServiceCall.Cancelled ? Optional.of(CANCELLED) : Optional.empty();
    }

    private static String error(Failure failure) {
        return failure.status().isPresent() ? Integer.toString(failure.status().getAsInt()) : Own.word(failure.kind());
    }
}
