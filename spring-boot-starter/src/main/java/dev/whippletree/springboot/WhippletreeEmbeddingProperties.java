package dev.whippletree.springboot;

import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What requests for vectors say that don't say it themselves, for Spring AI's embedding model. Immutable.
 *
 * @param model the name of a route, one of its aliases, or a model of a route; by default the default route
 * @param dimensions how many numbers a vector has; by default as many as the model gives
 * @param tenant who must never see another's vectors
 * @param priority how urgent requests are; interactive by default
 * @param deadline how long a caller waits at most; by default as long as the route says
 * @param extraBody further fields of the service's request
 */
@ConfigurationProperties(prefix = "spring.ai.whippletree.embedding", ignoreUnknownFields = false)
record WhippletreeEmbeddingProperties(
        @Nullable String model,
        @Nullable Integer dimensions,
        @Nullable String tenant,
        @Nullable Priority priority,
        @Nullable Duration deadline,
        @Nullable Map<String, Object> extraBody) {

    EmbeddingOptions toOptions() {
        EmbeddingOptions.Builder options = EmbeddingOptions.builder();
        Optional.ofNullable(model).ifPresent(options::model);
        Optional.ofNullable(dimensions).ifPresent(options::dimensions);
        return options.build();
    }

    void customize(Prompt.Builder prompt) {
        Optional.ofNullable(tenant).ifPresent(prompt::tenant);
        Optional.ofNullable(priority).ifPresent(prompt::priority);
        Optional.ofNullable(deadline).ifPresent(prompt::deadline);
        Optional.ofNullable(extraBody).ifPresent(fields -> fields.forEach(prompt::extra));
    }
}
