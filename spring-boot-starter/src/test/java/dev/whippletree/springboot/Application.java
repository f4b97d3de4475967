package dev.whippletree.springboot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;

/** An application with the starter, a service that is a bean, and an application.yaml in a folder. Immutable. */
final class Application {

    static final String TOKEN = "fake-secret-token";

    private Application() {}

    /**
     * Returns an application whose file is that, with what the starter would find on a class path.
     *
     * @param profiles what its main method activates
     */
    static ApplicationContextRunner of(Path folder, String yaml, String... profiles) throws IOException {
        write(folder, yaml);
        return new ApplicationContextRunner()
                .withInitializer(context -> TestPropertyValues.of("spring.config.location=" + folder + "/")
                        .applyTo(context))
                .withInitializer(context -> TestPropertyValues.of(Map.of("FAKE_TOKEN", TOKEN, "OTHER_TOKEN", "other"))
                        .applyTo(context.getEnvironment(), TestPropertyValues.Type.SYSTEM_ENVIRONMENT))
                .withInitializer(context -> List.of(profiles).forEach(context.getEnvironment()::addActiveProfile))
                .withInitializer(new ConfigDataApplicationContextInitializer())
                .withConfiguration(AutoConfigurations.of(
                        WhippletreeAutoConfiguration.class,
                        SpringAiAutoConfiguration.class,
                        SpringAiEmbeddingAutoConfiguration.class,
                        MetricsAutoConfiguration.class,
                        HealthAutoConfiguration.class,
                        ActuatorAutoConfiguration.class))
                .withBean(FakeProvider.class);
    }

    static void write(Path folder, String yaml) throws IOException {
        Files.writeString(folder.resolve("application.yaml"), yaml);
    }

    /** Returns the properties of one account. */
    static String account(String id) {
        return """
                whippletree:
                  accounts:
                    - id: %s
                      provider: fake
                      token: ${FAKE_TOKEN}
                  caches: []
                """.formatted(id);
    }
}
