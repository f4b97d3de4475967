package dev.whippletree.springboot;

import static dev.whippletree.springboot.Application.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Configuration;
import dev.whippletree.metrics.MicrometerListener;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.springai.WhippletreeChatModel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.SmartLifecycle;

final class WhippletreeAutoConfigurationTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private ApplicationContextRunner application(String yaml) throws IOException {
        return Application.of(folder, yaml);
    }

    @Test
    void properties_openAWhippletree_thatAnswers() throws IOException {
        application(account("a")).run(context -> {
            Whippletree whippletree = context.getBean(Whippletree.class);
            assertThat(whippletree.complete(Prompt.of("Hi")))
                    .succeedsWithin(LONG)
                    .extracting(Completion::text)
                    .isEqualTo("Hello from a, openai/gpt-oss-20b");
            assertThat(whippletree.configuration().warnings()).isEmpty();
        });
    }

    @Test
    void profile_changesWhatItSays() throws IOException {
        Files.writeString(folder.resolve("application-prod.yaml"), """
                whippletree:
                  accounts: [{id: b, provider: fake, token: "${OTHER_TOKEN}"}]
                  routes.main.attempts: 5
                """);
        application(account("a") + "  routes: {main: {model: m}}\n")
                .withPropertyValues("spring.profiles.active=prod", "whippletree.lineSize=7")
                .run(context -> {
                    Configuration configuration =
                            context.getBean(Whippletree.class).configuration();
                    assertThat(configuration.accounts())
                            .extracting(AccountSettings::id)
                            .containsExactly("b");
                    assertThat(configuration.accounts().get(0).token().map(Secret::reveal))
                            .contains("other");
                    assertThat(configuration.routes())
                            .extracting(RouteSettings::name)
                            .containsExactly("main");
                    assertThat(configuration.routes().get(0).retries().attemptsPerTarget())
                            .isEqualTo(5);
                    assertThat(configuration.engine().lineSize()).isEqualTo(7);
                });
    }

    @Test
    void environment_declaresAccountsAndOverridesKeys() throws IOException {
        application("spring.application.name: test")
                .withSystemProperties()
                .withInitializer(context -> TestPropertyValues.of(
                                "HF_TOKEN=hf_secret", "WHIPPLETREE_MODEL=m", "WHIPPLETREE_CACHES=")
                        .applyTo(context.getEnvironment(), TestPropertyValues.Type.SYSTEM_ENVIRONMENT))
                .run(context -> {
                    Configuration configuration =
                            context.getBean(Whippletree.class).configuration();
                    assertThat(configuration.accounts())
                            .extracting(AccountSettings::provider)
                            .containsExactly("huggingface");
                    assertThat(configuration.routes().get(0).tiers().get(0).targets())
                            .allSatisfy(target -> assertThat(target.model()).isEqualTo("m"));
                });
    }

    @Test
    void notEnabled_hasNoBeansOfOurs_andNeedsNoAccount() throws IOException {
        for (String off : List.of("whippletree.enabled: false", "whippletree: {enabled: false, accounts: wrong}")) {
            application(off)
                    .withConfiguration(AutoConfigurations.of(LangChain4jAutoConfiguration.class))
                    .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                    .run(context -> assertThat(context)
                            .hasNotFailed()
                            .satisfies(started -> assertThat(started.getBeanDefinitionNames())
                                    .noneMatch(name ->
                                            name.toLowerCase(Locale.ROOT).contains("whippletree"))));
        }
    }

    @Test
    void enabledInSoManyWords_isNoUnknownKey() throws IOException {
        application(account("a") + "  enabled: true\n")
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Whippletree.class));
        application(account("a"))
                .withInitializer(context -> TestPropertyValues.of("WHIPPLETREE_ENABLED=false")
                        .applyTo(context.getEnvironment(), TestPropertyValues.Type.SYSTEM_ENVIRONMENT))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Whippletree.class));
    }

    @Test
    void aWhippletreeOfTheApplication_isTheOnlyOne() throws IOException {
        Whippletree own = Whippletree.builder()
                .provider(new FakeProvider())
                .account("mine", "fake", "x")
                .build();
        application("whippletree.accounts: wrong")
                .withBean("own", Whippletree.class, () -> own)
                .run(context -> assertThat(context).getBean(Whippletree.class).isSameAs(own));
    }

    @Test
    void springAi_hasAModelWithTheOptionsOfItsProperties() throws IOException {
        application(account("a") + "  routes: {main: {model: m}, other: {model: n}}\n")
                .withPropertyValues("spring.ai.whippletree.chat.model=other", "spring.ai.whippletree.chat.max-tokens=9")
                .run(context -> {
                    WhippletreeChatModel model = context.getBean(WhippletreeChatModel.class);
                    assertThat(context).getBean(ChatModel.class).isSameAs(model);
                    assertThat(model.getOptions().getMaxTokens()).isEqualTo(9);
                    assertThat(ChatClient.create(model).prompt("Hi").call().content())
                            .isEqualTo("Hello from a, n");
                });
    }

    @Test
    void springAi_hasNoModelOfOurs_ifAnotherIsChosenOrItIsAbsent() throws IOException {
        ApplicationContextRunner application = application(account("a"));
        application
                .withPropertyValues("spring.ai.model.chat=openai")
                .run(context -> assertThat(context).doesNotHaveBean(ChatModel.class));
        application
                .withClassLoader(new FilteredClassLoader("dev.whippletree.springai", "org.springframework.ai"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Whippletree.class));
    }

    @Test
    void meters_areOnTheRegistryOfTheApplication() throws IOException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        ApplicationContextRunner application = application(account("a"));
        application.withBean(MeterRegistry.class, () -> registry).run(context -> {
            context.getBean(Whippletree.class).complete(Prompt.of("Hi")).join();
            assertThat(registry.find("whippletree.account.state").gauges()).isNotEmpty();
        });
        assertThat(registry.find("whippletree.account.state").gauges())
                .as("of a closed application")
                .isEmpty();
        application.run(context -> assertThat(context).doesNotHaveBean(MicrometerListener.class));
    }

    @Test
    void withoutActuatorAndMicrometer_itStarts() throws IOException {
        application(account("a"))
                .withClassLoader(new FilteredClassLoader(
                        "org.springframework.boot.actuate", "org.springframework.boot.health", "io.micrometer.core"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Whippletree.class));
    }

    @Test
    void shutdown_letsPromptsEnd_afterTheWebServerAndBeforeOtherBeans() throws IOException {
        application(account("a")).run(context -> {
            WhippletreeLifecycle lifecycle = context.getBean(WhippletreeLifecycle.class);
            assertThat(lifecycle.getPhase())
                    .as("after the phases of Spring Boot's web servers")
                    .isLessThan(SmartLifecycle.DEFAULT_PHASE - 2 * 1024);
            assertThat(lifecycle.isRunning()).isTrue();

            CompletableFuture<Completion> answer =
                    context.getBean(Whippletree.class).complete(Prompt.of("wait"));
            FakeProvider service = context.getBean(FakeProvider.class);
            assertThat(service.waiting).succeedsWithin(LONG);
            CompletableFuture<Void> stopped = new CompletableFuture<>();
            lifecycle.stop(() -> stopped.complete(null));
            assertThat(stopped).as("while a prompt is under way").isNotDone();
            assertThat(answer).isNotDone();

            FakeProvider.answer(service.waiting.join(), "at last");
            assertThat(stopped).succeedsWithin(LONG);
            assertThat(answer).succeedsWithin(LONG).extracting(Completion::text).isEqualTo("at last");
        });
    }

    @Test
    void lifecycle_isNotPausedBetweenTests() {
        assertThat(new WhippletreeLifecycle(mock(), LONG).isPauseable()).isFalse();
    }
}
