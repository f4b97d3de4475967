package dev.whippletree.tests.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.example.guice.AnswerCount;
import com.example.guice.Interviewer;
import com.example.plain.Interview;
import com.example.spring.Application;
import com.google.inject.Injector;
import dev.whippletree.Whippletree;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.testkit.emulator.EmulatedServices;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.awaitility.Durations;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The examples of embedding work as they stand, over real sockets, against an emulated Groq. */
@Tag("slow")
final class ExamplesTest {

    private static final String KEY = "gsk_example";
    private static final String LOGGING_SYSTEM = "org.springframework.boot.logging.LoggingSystem";

    @TempDir
    private Path folder;

    @RegisterExtension
    final EmulatedServices services = EmulatedServices.of(
            ServiceSettings.builder(ServiceKind.GROQ).account("groq-1", KEY).build());

    @Test
    void plainJava_answersEachQuestion() {
        assertThat(Interview.answers(environment()))
                .hasSize(3)
                .doesNotContain("")
                .doesNotHaveDuplicates();
        assertThat(calls()).isEqualTo(3);
    }

    @Test
    void guice_injectsOneWhippletreeAndTakesTheApplicationsListener() {
        Injector injector = com.example.guice.Application.start(environment());
        try (Whippletree whippletree = injector.getInstance(Whippletree.class)) {
            assertThat(injector.getInstance(Interviewer.class)
                            .ask("Who are you?")
                            .join())
                    .isNotEmpty();
            assertThat(injector.getInstance(Whippletree.class)).isSameAs(whippletree);
        }
        // Listeners are told behind the caller's back, so that none of them keeps it waiting.
        await().atMost(Durations.ONE_MINUTE)
                .untilAsserted(
                        () -> assertThat(injector.getInstance(AnswerCount.class).answers())
                                .isEqualTo(1));
        assertThat(calls()).isEqualTo(1);
    }

    @Test
    void metrics_measuresWhatIsAsked() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Injector injector = com.example.metrics.Application.start(environment(), registry, OpenTelemetry.noop());
        try (Whippletree whippletree = injector.getInstance(Whippletree.class)) {
            whippletree.complete(Prompt.of("Who are you?")).join();
            await().atMost(Durations.ONE_MINUTE)
                    .untilAsserted(() -> assertThat(registry.get("whippletree.prompts")
                                    .tag("outcome", "service")
                                    .counter()
                                    .count())
                            .isEqualTo(1));
            await().atMost(Durations.ONE_MINUTE)
                    .untilAsserted(() -> assertThat(registry.get("gen_ai.client.operation.duration")
                                    .tag("gen_ai.provider.name", "groq")
                                    .timer()
                                    .count())
                            .isEqualTo(1));
        }
        await().atMost(Durations.ONE_MINUTE)
                .untilAsserted(() -> assertThat(registry.getMeters()).isEmpty());
        assertThat(calls()).isEqualTo(1);
    }

    @Test
    void springBoot_hasABeanAndClosesIt() throws IOException {
        Path file = Files.writeString(folder.resolve("accounts.yaml"), """
                accounts:
                  - id: groq-1
                    provider: groq
                    token: ${file:%s}
                    base-url: %s
                """.formatted(
                        Files.writeString(folder.resolve("key"), KEY), baseUrl()));
        Whippletree whippletree;
        try (ConfigurableApplicationContext context = start("--whippletree.config=" + file)) {
            whippletree = context.getBean(Whippletree.class);
            assertThat(whippletree.complete(Prompt.of("Who are you?")).join().text())
                    .isNotEmpty();
        }
        assertThat(calls()).isEqualTo(1);
        assertThatThrownBy(() -> whippletree.complete(Prompt.of("Still there?")).join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        PromptException.class,
                        closed -> assertThat(closed.reason()).isEqualTo(PromptException.Reason.CLOSED));
    }

    /** Leaves the logging of this JVM alone, which Spring Boot would otherwise set up anew. */
    private static ConfigurableApplicationContext start(String argument) {
        System.setProperty(LOGGING_SYSTEM, "none");
        try {
            return SpringApplication.run(Application.class, argument, "--spring.main.banner-mode=off");
        } finally {
            System.clearProperty(LOGGING_SYSTEM);
        }
    }

    private Map<String, String> environment() {
        return Map.of("GROQ_API_KEY", KEY, "GROQ_BASE_URL", baseUrl());
    }

    private String baseUrl() {
        return services.baseUrl(ServiceKind.GROQ);
    }

    private long calls() {
        return services.stats(ServiceKind.GROQ).calls();
    }
}
