package com.example.springai;

import dev.whippletree.comparison.contender.Account;
import dev.whippletree.comparison.contender.Contender;
import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** Spring AI by its starter: an application context for each account, in turn. */
public final class SpringAi implements Contender {

    private final AtomicInteger turn = new AtomicInteger();
    private List<ConfigurableApplicationContext> contexts = List.of();
    private List<ChatClient> clients = List.of();

    /** The application: all of it is auto-configuration. */
    @Configuration
    @EnableAutoConfiguration
    public static class Application {}

    @Override
    public void start(Services services) {
        contexts = services.accounts().stream()
                .map(account -> new SpringApplicationBuilder(Application.class)
                        .web(WebApplicationType.NONE)
                        .bannerMode(org.springframework.boot.Banner.Mode.OFF)
                        .properties(properties(services, account))
                        .run())
                .toList();
        clients = contexts.stream()
                .map(context -> ChatClient.create(context.getBean(ChatModel.class)))
                .toList();
    }

    private static Map<String, Object> properties(Services services, Account account) {
        Map<String, Object> properties = new LinkedHashMap<>();
        // configuration
        properties.put("spring.ai.openai.base-url", account.url());
        properties.put("spring.ai.openai.api-key", account.token());
        properties.put("spring.ai.openai.chat.model", services.model());
        properties.put("spring.ai.openai.chat.max-tokens", services.maxTokens());
        // end
        if (services.best()) {
            // configuration best
            properties.put("spring.ai.openai.chat.max-retries", 42);
            properties.put("spring.ai.openai.chat.timeout", services.patience());
            properties.put("spring.ai.retry.max-attempts", 42);
            properties.put("spring.ai.retry.on-http-codes", 429);
            properties.put("spring.ai.retry.backoff.max-interval", Duration.ofSeconds(8));
            // end
        }
        properties.put("logging.level.root", "error");
        return properties;
    }

    private ChatClient next() {
        return clients.get(Math.floorMod(turn.getAndIncrement(), clients.size()));
    }

    @Override
    public String answer(Question question) {
        String text = next().prompt(question.text()).call().content();
        if (text == null) {
            throw new IllegalStateException("there is no content");
        }
        return text;
    }

    @Override
    public String stream(Question question) {
        return next().prompt(question.text()).stream().content().toStream().collect(Collectors.joining());
    }

    @Override
    public void close() {
        contexts.forEach(ConfigurableApplicationContext::close);
    }
}
