package dev.whippletree.springboot;

import dev.whippletree.model.Priority;
import dev.whippletree.springai.WhippletreeChatOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The options of prompts that bring none, for Spring AI's chat model. Immutable.
 *
 * @param model the name of a route, one of its aliases, or a model of a route; by default the default route
 * @param temperature how freely the model chooses, 0 to 2
 * @param topP the share of probability to choose from, above 0 and at most 1
 * @param maxTokens the most tokens an answer may have
 * @param frequencyPenalty how much the model avoids words that it has used often
 * @param presencePenalty how much the model avoids words that it has used at all
 * @param stop texts at which an answer ends, 4 at most
 * @param seed a seed for services that try to repeat themselves
 * @param tenant who must never see another's answers
 * @param session whose prompts these are: the unit of fairness
 * @param priority how urgent prompts are; interactive by default
 * @param deadline how long a caller waits at most: for the answer, or for the first piece of a stream
 * @param cacheRead whether a stored answer may be the answer; true by default
 * @param cacheStore whether answers may be stored; true by default
 * @param cacheTtl how long answers may be stored; by default as the route says
 * @param extraBody further fields of the protocol's request
 */
@ConfigurationProperties(prefix = "spring.ai.whippletree.chat", ignoreUnknownFields = false)
record WhippletreeChatProperties(
        @Nullable String model,
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Integer maxTokens,
        @Nullable Double frequencyPenalty,
        @Nullable Double presencePenalty,
        @Nullable List<String> stop,
        @Nullable Long seed,
        @Nullable String tenant,
        @Nullable String session,
        @Nullable Priority priority,
        @Nullable Duration deadline,
        @Nullable Boolean cacheRead,
        @Nullable Boolean cacheStore,
        @Nullable Duration cacheTtl,
        @Nullable Map<String, Object> extraBody) {

    WhippletreeChatOptions toOptions() {
        return WhippletreeChatOptions.builder()
                .model(model)
                .temperature(temperature)
                .topP(topP)
                .maxTokens(maxTokens)
                .frequencyPenalty(frequencyPenalty)
                .presencePenalty(presencePenalty)
                .stopSequences(stop)
                .seed(seed)
                .tenant(tenant)
                .session(session)
                .priority(priority)
                .deadline(deadline)
                .cacheRead(cacheRead)
                .cacheStore(cacheStore)
                .cacheTtl(cacheTtl)
                .extraBody(extraBody)
                .build();
    }
}
