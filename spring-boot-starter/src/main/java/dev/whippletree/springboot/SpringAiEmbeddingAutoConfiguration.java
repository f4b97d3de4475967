package dev.whippletree.springboot;

import dev.whippletree.Whippletree;
import dev.whippletree.springai.WhippletreeEmbeddingModel;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationConvention;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * Makes the Whippletree an embedding model of Spring AI, if {@code whippletree-spring-ai} is on the class path and
 * nothing else brings one. As with each of Spring AI's own models, {@code spring.ai.model.embedding} chooses among
 * several.
 */
@AutoConfiguration(after = WhippletreeAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({WhippletreeEmbeddingModel.class, EmbeddingModel.class})
@ConditionalOnBean(Whippletree.class)
@ConditionalOnProperty(name = "spring.ai.model.embedding", havingValue = "whippletree", matchIfMissing = true)
@EnableConfigurationProperties(WhippletreeEmbeddingProperties.class)
public final class SpringAiEmbeddingAutoConfiguration {

    SpringAiEmbeddingAutoConfiguration() {}

    /** Returns the model, with the options of {@code spring.ai.whippletree.embedding.*} for requests without any. */
    @Bean
    @ConditionalOnMissingBean(EmbeddingModel.class)
    static WhippletreeEmbeddingModel whippletreeEmbeddingModel(
            Whippletree whippletree,
            WhippletreeEmbeddingProperties properties,
            ObjectProvider<ObservationRegistry> observations,
            ObjectProvider<EmbeddingModelObservationConvention> convention) {
        WhippletreeEmbeddingModel.Builder model = WhippletreeEmbeddingModel.builder()
                .whippletree(whippletree)
                .options(properties.toOptions())
                .customizer(properties::customize)
                .observationRegistry(observations.getIfUnique(() -> ObservationRegistry.NOOP));
        convention.ifAvailable(model::observationConvention);
        return model.build();
    }
}
