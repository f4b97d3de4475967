package dev.whippletree.springboot;

import dev.whippletree.Whippletree;
import dev.whippletree.config.ConfigurationTree;
import dev.whippletree.test.FakeWhippletree;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private static final List<Object> ANY = List.of(Map.of("id", "fake", "provider", "fake"));

    @Bean
    @ConditionalOnMissingBean
    static FakeWhippletree fakeWhippletree(ConfigurableEnvironment environment, BeanFactory beans) {
        Whippletree.Builder builder = WhippletreeAutoConfiguration.builder(beans);
        ConfigurationTree tree = PropertyTree.of(environment, new PropertyKeys(builder));
        Map<String, Object> values = new LinkedHashMap<>(tree.values());
        values.keySet().removeAll(Set.of("coordinator", "gateway", "state"));
        values.put("caches", List.of());
        values.compute("accounts", (key, accounts) -> accounts == null ? ANY : withoutTokens(accounts));
        ConfigurationTree fake = new ConfigurationTree(
                tree.source(), tree.prefix(), values, tree.places(), tree.environment(), tree.properties());
        return FakeWhippletree.answering(prompt -> "a fake answer")
                .over(builder.configuration(() -> fake))
                .timeFlies(true);
    }

    private static Object withoutTokens(Object value) {
        if (value instanceof List<?> accounts) {
            return accounts.stream().map(FakeAutoConfiguration::withoutTokens).toList();
        }
        Map<Object, Object> account = new LinkedHashMap<>(value instanceof Map<?, ?> map ? map : Map.of());
        account.replace("token", "${whippletree.token:none}");
        return account;
    }

    @Bean
    @Primary
    static Whippletree fakeWhippletreeOfTests(FakeWhippletree fake) {
        return fake.whippletree();
    }

    @Bean
    static WhippletreeLifecycle whippletreeLifecycle(Whippletree whippletree) {
        return new WhippletreeLifecycle(whippletree, Duration.ZERO);
    }
}
