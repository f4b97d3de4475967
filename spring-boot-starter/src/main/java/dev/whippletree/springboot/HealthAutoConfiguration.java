package dev.whippletree.springboot;

import dev.whippletree.Whippletree;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;

/** Tells whether prompts can be answered, in the application's health. */
@AutoConfiguration(after = WhippletreeAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnBean(Whippletree.class)
public final class HealthAutoConfiguration {

    HealthAutoConfiguration() {}

    /** Returns the health of the accounts. */
    @Bean
    @ConditionalOnMissingBean(name = "whippletreeHealthIndicator")
    @ConditionalOnEnabledHealthIndicator("whippletree")
    static WhippletreeHealthIndicator whippletreeHealthIndicator(Whippletree whippletree) {
        return new WhippletreeHealthIndicator(whippletree);
    }
}
