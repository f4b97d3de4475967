package dev.whippletree.springboot;

import dev.whippletree.Whippletree;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Shows the Whippletree's status to Actuator, and keeps its tokens from it. */
@AutoConfiguration(after = WhippletreeAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(Whippletree.class)
public final class ActuatorAutoConfiguration {

    ActuatorAutoConfiguration() {}

    /** Returns the endpoint {@code whippletree}. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint
    static WhippletreeEndpoint whippletreeEndpoint(Whippletree whippletree) {
        return new WhippletreeEndpoint(whippletree);
    }

    /** Hides tokens from the endpoints that show properties, also where an application lets them show values. */
    @Bean
    static SanitizingFunction whippletreeSanitizingFunction(Whippletree whippletree) {
        return new HiddenTokens(() -> HiddenTokens.secrets(whippletree));
    }
}
