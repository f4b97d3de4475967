package dev.whippletree.springboot;

import dev.whippletree.Whippletree;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.Coordinator;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.Provider;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/**
 * Opens a {@link Whippletree} from the properties {@code whippletree.*}, unless the application does so itself.
 * Listeners, providers, caches, strategies and coordinators that are beans are added to those that are found.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "whippletree.enabled", matchIfMissing = true)
@ImportRuntimeHints(NativeHints.class)
public final class WhippletreeAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(WhippletreeAutoConfiguration.class);

    /** An application that has it may start it itself, with these keys. */
    private static final String GATEWAY = "dev.whippletree.gateway.Gateway";

    /** How long Spring Boot lets a phase of the shutdown take, unless an application says otherwise. */
    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(30);

    WhippletreeAutoConfiguration() {}

    /**
     * Opens a Whippletree; it closes with the application.
     *
     * @throws ConfigurationException if the configuration can't be used, with every problem
     */
    @Bean
    @ConditionalOnMissingBean
    static Whippletree whippletree(ConfigurableEnvironment environment, ResourceLoader resources, BeanFactory beans) {
        Whippletree.Builder builder = builder(beans);
        CurrentProperties properties = new CurrentProperties(environment, resources, new PropertyKeys(builder));
        Whippletree whippletree = builder.configuration(properties).build();
        properties.started();
        if (whippletree.configuration().gateway().isPresent()
                && !ClassUtils.isPresent(GATEWAY, resources.getClassLoader())) {
            LOG.warn("whippletree.gateway.* has no effect: the starter opens no port. Remove these keys, or put them"
                    + " into the configuration of a gateway that runs beside the application: whippletree serve");
        }
        return whippletree;
    }

    /** Returns a builder with the listeners and plugins that are beans. */
    static Whippletree.Builder builder(BeanFactory beans) {
        Whippletree.Builder builder = Whippletree.builder();
        beans.getBeanProvider(EngineListener.class).orderedStream().forEach(builder::listener);
        beans.getBeanProvider(Provider.class).orderedStream().forEach(builder::provider);
        beans.getBeanProvider(Cache.class).orderedStream().forEach(builder::cache);
        beans.getBeanProvider(BalancingStrategy.class).orderedStream().forEach(builder::strategy);
        beans.getBeanProvider(Coordinator.class).orderedStream().forEach(builder::coordinator);
        return builder;
    }

    /** Lets prompts end before the application does. */
    @Bean
    @ConditionalOnMissingBean
    static WhippletreeLifecycle whippletreeLifecycle(Whippletree whippletree, Environment environment) {
        Duration patience = Binder.get(environment)
                .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
                .orElse(USUAL_PATIENCE);
        return new WhippletreeLifecycle(whippletree, patience);
    }
}
