package dev.whippletree.gateway.protocol;

import dev.whippletree.gateway.clients.Disclosure;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.http.RequestLabel;
import dev.whippletree.model.Origin;
import dev.whippletree.model.TokenUsage;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What every protocol's writer needs to know of an answer. Confined to one thread. */
public final class AnswerInfo {

    private final String uniqueId;
    private final InstantSource clock;
    private final long created;
    private final String askedModel;
    private final Disclosure disclosure;
    private Optional<String> toConfirm = Optional.empty();

    /**
     * Creates it.
     *
     * @param uniqueId unlike any other answer's
     * @param clock tells what time it is; its request came now
     * @param askedModel what the client called a model; empty if it named none
     */
    public AnswerInfo(String uniqueId, InstantSource clock, String askedModel, Disclosure disclosure) {
        this.uniqueId = uniqueId;
        this.clock = clock;
        this.created = now();
        this.askedModel = askedModel;
        this.disclosure = disclosure;
    }

    /**
     * Returns hexadecimal digits that no other answer has, those of the request's id; protocols put prefixes before
     * them.
     */
    public String uniqueId() {
        return uniqueId;
    }

    public String requestId() {
        return RequestLabel.PREFIX + uniqueId;
    }

    public long created() {
        return created;
    }

    /** Returns what time it is, in seconds since 1970. */
    public long now() {
        return clock.instant().getEpochSecond();
    }

    public String askedModel() {
        return askedModel;
    }

    public Disclosure disclosure() {
        return disclosure;
    }

    /** Sets a stored answer that a cache wants confirmed; the client receives it at the end of the answer. */
    public void toConfirm(String stored) {
        toConfirm = Optional.of(stored);
    }

    /**
     * Returns where an answer came from, as the client may see it: {@code account}, {@code attempts}, {@code waited-ms}
     * and {@code cache} (the tier's name, {@code joined} or {@code miss}).
     */
    public Map<String, Object> origin(Origin origin) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (disclosure.accountsShown()) {
            values.put("account", origin.account());
        }
        values.put("attempts", origin.attempts());
        values.put("waited-ms", origin.waited().toMillis());
        values.put(
                "cache",
                switch (origin.source()) {
                    case CALL -> "miss";
                    case JOINED -> "joined";
                    case CACHE -> origin.cache().orElse("hit");
                });
        return values;
    }

    /** Returns tokens as OpenAI's responses and batches have them. */
    public static Map<String, Object> usage(TokenUsage usage) {
        return GatewayJson.of(
                "input_tokens", usage.promptTokens(),
                "input_tokens_details", Map.of("cached_tokens", usage.cachedPromptTokens()),
                "output_tokens", usage.completionTokens(),
                "output_tokens_details", Map.of("reasoning_tokens", usage.reasoningTokens()),
                "total_tokens", usage.total());
    }

    /** Returns the field {@code whippletree} of an answer: its origin, and what to confirm. */
    public Map<String, Object> own(Origin origin) {
        Map<String, Object> json = origin(origin);
        toConfirm.ifPresent(stored -> json.put("to_confirm", stored));
        return json;
    }
}
