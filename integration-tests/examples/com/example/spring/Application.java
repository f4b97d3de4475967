package com.example.spring;

import dev.whippletree.Whippletree;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Spring Boot: a bean, and nothing else. Spring closes it with its context, and prompts under way get five seconds to
 * end.
 *
 * <p>The accounts are in the file that the property {@code whippletree.config} names.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
public class Application {

    /** The one Whippletree of the application. */
    @Bean
    Whippletree whippletree(@Value("${whippletree.config:whippletree.yaml}") Path file) {
        return Whippletree.open(file);
    }

    /** Starts the application. */
    public static void main(String[] arguments) {
        SpringApplication.run(Application.class, arguments);
    }
}
