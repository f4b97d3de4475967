package dev.whippletree.springboot;

import dev.whippletree.metrics.MicrometerListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Measures the Whippletree in the application's meter registry, if there is one. */
@AutoConfiguration(
        before = WhippletreeAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "whippletree.enabled", matchIfMissing = true)
public final class MetricsAutoConfiguration {

    MetricsAutoConfiguration() {}

    /** Returns the listener that measures. */
    @Bean
    @ConditionalOnMissingBean
    static MicrometerListener whippletreeMicrometerListener(MeterRegistry registry) {
        return new MicrometerListener(registry);
    }

    /**
     * Leaves the tokens of our calls to that listener: Spring AI counts them under the same name, and again for each
     * prompt that a stored answer or another prompt's call answers.
     */
    @Bean
    @ConditionalOnClass(name = "org.springframework.ai.chat.observation.ChatModelMeterObservationHandler")
    static MeterFilter whippletreeTokensOnceMeterFilter() {
        return MeterFilter.deny(meter -> meter.getName().equals("gen_ai.client.token.usage")
                && "whippletree".equals(meter.getTag("gen_ai.system")));
    }
}
