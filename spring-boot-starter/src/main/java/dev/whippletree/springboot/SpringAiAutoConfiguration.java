package dev.whippletree.springboot;

import dev.whippletree.Whippletree;
import dev.whippletree.springai.UnusableAnswerAdvisor;
import dev.whippletree.springai.WhippletreeChatModel;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.chat.client.ChatClientBuilderCustomizer;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.observation.ChatModelObservationConvention;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Makes the Whippletree a chat model of Spring AI, if {@code whippletree-spring-ai} is on the class path. As with each
 * of Spring AI's own models, {@code spring.ai.model.chat} chooses among several.
 */
@AutoConfiguration(
        after = WhippletreeAutoConfiguration.class,
        beforeName = "org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration")
@ConditionalOnClass({WhippletreeChatModel.class, ChatModel.class})
@ConditionalOnProperty(name = "spring.ai.model.chat", havingValue = "whippletree", matchIfMissing = true)
@EnableConfigurationProperties(WhippletreeChatProperties.class)
@ConditionalOnBean(Whippletree.class)
public final class SpringAiAutoConfiguration {

    SpringAiAutoConfiguration() {}

    /** Returns the model, with the options of {@code spring.ai.whippletree.chat.*} for prompts that bring none. */
    @Bean
    @ConditionalOnMissingBean
    static WhippletreeChatModel whippletreeChatModel(
            Whippletree whippletree,
            WhippletreeChatProperties properties,
            ObjectProvider<ObservationRegistry> observations,
            ObjectProvider<ChatModelObservationConvention> convention) {
        WhippletreeChatModel.Builder model = WhippletreeChatModel.builder()
                .whippletree(whippletree)
                .options(properties.toOptions())
                .observationRegistry(observations.getIfUnique(() -> ObservationRegistry.NOOP));
        convention.ifAvailable(model::observationConvention);
        return model.build();
    }

    /** Removes answers that a {@code ChatClient} can't convert from the caches. */
    @Bean
    static ChatClientBuilderCustomizer whippletreeUnusableAnswers() {
        return client -> client.defaultAdvisors(new UnusableAnswerAdvisor());
    }
}
