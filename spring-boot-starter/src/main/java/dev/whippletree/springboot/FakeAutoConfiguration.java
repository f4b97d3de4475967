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
import java.util.function.Function;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.ConfigurableEnvironment;

/** Replaces the Whippletree of an application under test, as {@link WhippletreeTest} says. */
@AutoConfiguration(before = WhippletreeAutoConfiguration.class)
final class FakeAutoConfiguration {

    private static final String TOKEN = "token of a test";

    @Bean
    @ConditionalOnMissingBean
    static FakeWhippletree fakeWhippletree(ConfigurableEnvironment environment, BeanFactory beans) {
        Whippletree.Builder builder = WhippletreeAutoConfiguration.builder(beans);
        ConfigurationTree tree = PropertyTree.of(environment, PropertyKeys.of(builder));
        Map<String, Object> values = new LinkedHashMap<>(tree.values());
        values.keySet().removeAll(Set.of("coordinator", "gateway", "state"));
        values.put("caches", List.of());
        values.putIfAbsent("accounts", List.of(Map.of("id", "fake", "provider", "fake")));
        values.replaceAll((key, value) -> key.equals("accounts") ? withoutTokens(value) : value);
        Function<String, Optional<String>> variables = name ->
                name.equals(TOKEN) ? Optional.of(name) : tree.properties().apply(name);
        ConfigurationTree fake = new ConfigurationTree(
                tree.source(), tree.prefix(), values, tree.places(), tree.environment(), variables);
        return FakeWhippletree.answering(prompt -> "a fake answer")
                .over(builder.configuration(() -> fake))
                .timeFlies(true);
    }

    private static Object withoutTokens(Object value) {
        if (value instanceof List<?> accounts) {
            return accounts.stream().map(FakeAutoConfiguration::withoutTokens).toList();
        }
        Map<Object, Object> account = new LinkedHashMap<>(value instanceof Map<?, ?> map ? map : Map.of());
        account.replace("token", "${" + TOKEN + "}");
        return account;
    }

    @Bean
    @Primary
    static Whippletree fakeWhippletreeOfTests(FakeWhippletree fake) {
        return fake.whippletree();
    }

    /** Nobody answers what still waits in the end. */
    @Bean
    static WhippletreeLifecycle whippletreeLifecycle(Whippletree whippletree) {
        return new WhippletreeLifecycle(whippletree, Duration.ZERO);
    }
}
