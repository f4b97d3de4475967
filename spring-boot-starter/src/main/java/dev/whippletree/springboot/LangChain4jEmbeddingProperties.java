package dev.whippletree.springboot;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What requests for vectors say that don't say it themselves, for LangChain4j's embedding model. Immutable.
 *
 * @param modelName the name of a route, one of its aliases, or a model of a route; by default the default route
 * @param dimensions how many numbers a vector has; by default as many as the model gives
 */
@ConfigurationProperties(prefix = "langchain4j.whippletree.embedding-model", ignoreUnknownFields = false)
record LangChain4jEmbeddingProperties(
        @Nullable String modelName, @Nullable Integer dimensions) {}
