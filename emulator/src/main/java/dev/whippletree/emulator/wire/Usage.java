package dev.whippletree.emulator.wire;

import dev.whippletree.emulator.model.ChatAnswer;
import java.util.LinkedHashMap;
import java.util.Map;

/** The usage of an answer on the wire. Stateless. */
final class Usage {

    private static final double PROMPT_SECONDS_PER_TOKEN = 0.00004;
    private static final double COMPLETION_SECONDS_PER_TOKEN = 0.0025;
    private static final double QUEUE_SECONDS = 0.041;

    private Usage() {}

    static Map<String, Object> of(ChatAnswer said) {
        Map<String, Object> usage = new LinkedHashMap<>();
        usage.put("prompt_tokens", said.promptTokens());
        usage.put("completion_tokens", said.completionTokens());
        usage.put("total_tokens", said.totalTokens());
        if (said.cachedTokens() > 0) {
            usage.put("prompt_tokens_details", Map.of("cached_tokens", said.cachedTokens()));
        }
        return usage;
    }

    /** Groq's times, in seconds, of a plausible size. */
    static Map<String, Object> withTimes(ChatAnswer said) {
        double promptSeconds = said.promptTokens() * PROMPT_SECONDS_PER_TOKEN;
        double completionSeconds = said.completionTokens() * COMPLETION_SECONDS_PER_TOKEN;
        Map<String, Object> usage = of(said);
        usage.put("queue_time", QUEUE_SECONDS);
        usage.put("prompt_time", promptSeconds);
        usage.put("completion_time", completionSeconds);
        usage.put("total_time", promptSeconds + completionSeconds);
        return usage;
    }
}
