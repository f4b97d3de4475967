package com.example.springai;

import dev.whippletree.comparison.contender.Contender;
import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Spring AI behind Spring's cache, by Caffeine, which also lets equal questions share a call. */
public final class CachedSpringAi implements Contender {

    private final SpringAi ai = new SpringAi();
    private ConfigurableApplicationContext context;
    private Answers answers;

    /** The application around Spring AI. */
    @Configuration
    @EnableCaching
    @ImportAutoConfiguration(CacheAutoConfiguration.class)
    public static class CachedApplication {

        @Bean
        Answers answers(SpringAi ai) {
            return new Answers(ai);
        }
    }

    /** Answers questions, each once. */
    public static class Answers {

        private final SpringAi ai;

        Answers(SpringAi ai) {
            this.ai = ai;
        }

        // configuration
        @Cacheable(cacheNames = "answers", key = "#p0.text()", sync = true)
        public String answer(Question question) {
            return ai.answer(question);
        }
        // end
    }

    @Override
    public void start(Services services) {
        ai.start(services);
        Map<String, Object> properties = new LinkedHashMap<>();
        // configuration
        properties.put("spring.cache.type", "caffeine");
        properties.put("spring.cache.cache-names", "answers");
        properties.put("spring.cache.caffeine.spec", "initialCapacity=10000,maximumSize=10000");
        // end
        properties.put("logging.level.root", "error");
        context = new SpringApplicationBuilder(CachedApplication.class)
                .web(WebApplicationType.NONE)
                .bannerMode(org.springframework.boot.Banner.Mode.OFF)
                .properties(properties)
                .initializers(starting -> starting.getBeanFactory().registerSingleton("ai", ai))
                .run();
        answers = context.getBean(Answers.class);
    }

    @Override
    public String answer(Question question) {
        return answers.answer(question);
    }

    /** A stream is not a value that this cache could hold. */
    @Override
    public String stream(Question question) {
        return ai.stream(question);
    }

    @Override
    public void close() {
        context.close();
        ai.close();
    }
}
