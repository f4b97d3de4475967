package dev.whippletree.springboot;

import dev.whippletree.Whippletree;
import dev.whippletree.config.ConfigurationTree;
import dev.whippletree.test.FakeWhippletree;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.ConfigurableEnvironment;

/** Replaces the Whippletree of an application under test, as {@link WhippletreeTest} says. */
@AutoConfiguration(before = WhippletreeAutoConfiguration.class)
final class FakeAutoConfiguration {

    private static final String TOKEN = "whippletree.test.token";

    @Bean
    @ConditionalOnMissingBean
    static FakeWhippletree fakeWhippletree(ConfigurableEnvironment environment, BeanFactory beans) {
        Whippletree.Builder builder = WhippletreeAutoConfiguration.builder(beans);
        PropertyKeys keys = PropertyKeys.of(builder);
        builder.configuration(() -> withoutServices(PropertyTree.of(environment, keys)));
        return FakeWhippletree.answering(prompt -> "a fake answer")
                .over(builder)
                .timeFlies(true);
    }

    @Bean
    @Primary
    static Whippletree fakeWhippletreeOfTests(FakeWhippletree fake) {
        return fake.whippletree();
    }

    /** Nothing waits for prompts that nobody will answer any more. */
    @Bean
    static WhippletreeLifecycle whippletreeLifecycle(Whippletree whippletree) {
        return new WhippletreeLifecycle(whippletree, Duration.ZERO);
    }

    private static ConfigurationTree withoutServices(ConfigurationTree tree) {
        Map<String, Object> values = new LinkedHashMap<>(tree.values());
        values.keySet().removeAll(Set.of("coordinator", "gateway", "state"));
        values.put("caches", List.of());
        values.putIfAbsent("accounts", List.of(Map.of("id", "fake", "provider", "fake")));
        values.computeIfPresent("accounts", (key, accounts) -> withoutTokens(accounts));
        return new ConfigurationTree(
                tree.source(),
                tree.prefix(),
                values,
                tree.places(),
                tree.environment(),
                name -> name.equals(TOKEN)
                        ? Optional.of(TOKEN)
                        : tree.properties().apply(name));
    }

    private static Object withoutTokens(Object value) {
        if (value instanceof List<?> accounts) {
            return accounts.stream().map(FakeAutoConfiguration::withoutTokens).toList();
        }
        Map<Object, Object> account = new LinkedHashMap<>((Map<?, ?>) value);
        account.replace("token", "${" + TOKEN + "}");
        return account;
    }
}
