package dev.whippletree.emulator.wire;

import dev.whippletree.emulator.model.ChatAnswer;
import dev.whippletree.emulator.model.LimitState;
import dev.whippletree.emulator.model.Refusal;
import dev.whippletree.emulator.model.ServiceSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How one service words what it says. Immutable. */
interface WireFormat {

    static WireFormat of(ServiceSettings settings) {
        return switch (settings.kind()) {
            case HUGGING_FACE -> new HuggingFaceWireFormat();
            case GROQ -> new GroqWireFormat();
            case OPENAI -> new OpenAiWireFormat();
        };
    }

    ErrorBody error(Refusal refusal);

    /** Adds the headers that say how the limits stand, and those that every response of the service has. */
    void addHeaders(Map<String, String> headers, List<LimitState> limits);

    /** Adds what the service adds to a whole answer beyond OpenAI's fields. */
    default void decorate(Map<String, Object> answer, ChatAnswer said) {}

    /** Adds what the service adds to a stream's first chunk. */
    default void decorateFirst(Map<String, Object> chunk, ChatAnswer said) {}

    /** Adds what the service adds to a stream's last chunk. */
    default void decorateLast(Map<String, Object> chunk, ChatAnswer said) {}

    /** Returns the tokens an answer used, as the service tells them. */
    default Map<String, Object> usage(ChatAnswer said) {
        Map<String, Object> usage = new LinkedHashMap<>();
        usage.put("prompt_tokens", said.draft().promptTokens());
        usage.put("completion_tokens", said.draft().completionTokens());
        usage.put("total_tokens", said.draft().totalTokens());
        if (said.cachedTokens() > 0) {
            usage.put("prompt_tokens_details", Map.of("cached_tokens", said.cachedTokens()));
        }
        return usage;
    }

    /** Adds the three headers {@code x-ratelimit-{limit,remaining,reset}-{requests,tokens}}. */
    static void addRateHeaders(Map<String, String> headers, LimitState state, long resetNanos) {
        String unit = state.limit().limit().unit().wireName();
        headers.put(
                "x-ratelimit-limit-" + unit,
                String.valueOf(state.limit().limit().amount()));
        headers.put("x-ratelimit-remaining-" + unit, String.valueOf(state.remaining()));
        headers.put("x-ratelimit-reset-" + unit, GoDuration.format(resetNanos));
    }
}
