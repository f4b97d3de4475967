package dev.whippletree.springboot;

import static dev.whippletree.springboot.Application.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.whippletree.Whippletree;
import dev.whippletree.config.Configuration;
import dev.whippletree.metrics.MicrometerListener;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.springai.WhippletreeChatModel;
import dev.whippletree.springai.WhippletreeChatOptions;
import dev.whippletree.springai.WhippletreeEmbeddingModel;
import dev.whippletree.testkit.cache.MapCache;
import dev.whippletree.testkit.logging.LoggedLines;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.observation.ChatModelMeterObservationHandler;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.observation.ChatModelObservationDocumentation;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;

final class WhippletreeAutoConfigurationTest {

    private static final String TOKENS = "gen_ai.client.token.usage";
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
        String[] properties = {
            "model=other",
            "temperature=0.5",
            "top-p=0.9",
            "max-tokens=9",
            "frequency-penalty=0.1",
            "presence-penalty=0.2",
            "stop=END",
            "seed=7",
            "tenant=acme",
            "session=s",
            "priority=batch",
            "deadline=1m",
            "cache-read=false",
            "cache-store=true",
            "cache-ttl=2m",
            "extra-body.effort=low"
        };
        assertThat(properties)
                .hasSameSizeAs(
                        PropertyKeys.components(WhippletreeChatProperties.class).keySet());
        application(account("a") + "  routes: {main: {model: m}, other: {model: n}}\n")
                .withPropertyValues(Stream.of(properties)
                        .map(property -> "spring.ai.whippletree.chat." + property)
                        .toArray(String[]::new))
                .run(context -> {
                    WhippletreeChatModel model = context.getBean(WhippletreeChatModel.class);
                    assertThat(context).getBean(ChatModel.class).isSameAs(model);
                    assertThat(model.getOptions())
                            .isEqualTo(WhippletreeChatOptions.builder()
                                    .model("other")
                                    .temperature(0.5)
                                    .topP(0.9)
                                    .maxTokens(9)
                                    .frequencyPenalty(0.1)
                                    .presencePenalty(0.2)
                                    .stopSequences(List.of("END"))
                                    .seed(7L)
                                    .tenant("acme")
                                    .session("s")
                                    .priority(Priority.BATCH)
                                    .deadline(Duration.ofMinutes(1))
                                    .cacheRead(false)
                                    .cacheStore(true)
                                    .cacheTtl(Duration.ofMinutes(2))
                                    .extraBody(Map.of("effort", "low"))
                                    .build());
                    assertThat(ChatClient.create(model).prompt("Hi").call().content())
                            .isEqualTo("Hello from a, n");
                });
    }

    @Test
    void springAi_hasAnEmbeddingModelWithTheOptionsOfItsProperties() throws IOException {
        application(account("a") + "  routes: {main: {model: m}, vectors: {model: n}}\n")
                .withPropertyValues(
                        "spring.ai.whippletree.embedding.model=vectors",
                        "spring.ai.whippletree.embedding.dimensions=3",
                        "spring.ai.whippletree.embedding.priority=batch",
                        "spring.ai.whippletree.embedding.tenant=acme",
                        "spring.ai.whippletree.embedding.deadline=1m",
                        "spring.ai.whippletree.embedding.extra-body.truncate=true")
                .run(context -> {
                    EmbeddingModel model = context.getBean(EmbeddingModel.class);
                    assertThat(model).isInstanceOf(WhippletreeEmbeddingModel.class);
                    assertThat(model.embed("Hi")).containsExactly(1, 2, 3);
                    assertThat(model.dimensions()).isEqualTo(3);
                    assertThat(context.getBean(FakeProvider.class).embedded)
                            .containsExactly("n {truncate=true, dimensions=3} BATCH acme true");
                });
    }

    @Test
    void answersThatAChatClientCantConvert_areForgotten() throws IOException {
        application(account("a").replace("caches: []", "caches: [map]"))
                .withBean(MapCache.class)
                .withConfiguration(AutoConfigurations.of(ChatClientAutoConfiguration.class))
                .run(context -> {
                    ChatClient client =
                            context.getBean(ChatClient.Builder.class).build();
                    for (int i = 0; i < 2; i++) {
                        assertThat(client.prompt("Hi").call().content()).isEqualTo("Hello from a, openai/gpt-oss-20b");
                        assertThatThrownBy(() -> client.prompt("Hi").call().entity(LocalDate.class));
                    }
                    assertThat(context.getBean(Whippletree.class)
                                    .status()
                                    .accounts()
                                    .get(0)
                                    .answered())
                            .as("calls: one, and one for each answer of no use")
                            .isEqualTo(3);
                });
    }

    @Test
    void springAi_hasNoEmbeddingModelOfOurs_ifAnythingElseBringsOne() throws IOException {
        ApplicationContextRunner application = application(account("a"));
        application
                .withPropertyValues("spring.ai.model.embedding=openai")
                .run(context -> assertThat(context).doesNotHaveBean(EmbeddingModel.class));
        application
                .withConfiguration(AutoConfigurations.of(OtherEmbeddingAutoConfiguration.class))
                .run(context -> assertThat(context)
                        .getBean(EmbeddingModel.class)
                        .isNotInstanceOf(WhippletreeEmbeddingModel.class));
    }

    /** By its name it would come after ours. */
    @AutoConfiguration
    static final class OtherEmbeddingAutoConfiguration {

        OtherEmbeddingAutoConfiguration() {}

        @Bean
        static EmbeddingModel other() {
            return mock(EmbeddingModel.class);
        }
    }

    @Test
    void keysOfAGateway_areWarnedOf_once() throws IOException {
        try (LoggedLines log = new LoggedLines(WhippletreeAutoConfiguration.class)) {
            application(account("a") + "  gateway: {port: 4114}\n")
                    .run(context -> assertThat(context).hasNotFailed());
            application(account("a")).run(context -> assertThat(context).hasNotFailed());
            assertThat(log.all())
                    .filteredOn(line -> line.startsWith("WARN"))
                    .singleElement()
                    .asString()
                    .contains("whippletree.gateway.* has no effect", "the starter opens no port");
        }
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
    void tokens_areCountedOnce_besideTheObservationsOfSpringAi() throws IOException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        application(account("a"))
                .withBean(MeterRegistry.class, () -> registry)
                .withBean(ObservationRegistry.class, ObservationRegistry::create)
                .run(context -> {
                    context.getBeansOfType(MeterFilter.class).values().forEach(registry.config()::meterFilter);
                    ObservationRegistry observations = context.getBean(ObservationRegistry.class);
                    observations.observationConfig().observationHandler(new ChatModelMeterObservationHandler(registry));
                    context.getBean(ChatModel.class).call("Hi");
                    observe("other", observations);

                    assertThat(registry.find(TOKENS).meters())
                            .filteredOn(meter -> meter.getId().getTag("gen_ai.system") == null)
                            .as("of our calls")
                            .hasSize(2)
                            .allSatisfy(meter -> assertThat(meter).isInstanceOf(DistributionSummary.class));
                    assertThat(registry.find(TOKENS).counters())
                            .as("of another model's prompts")
                            .isNotEmpty()
                            .allSatisfy(meter -> assertThat(meter.getId().getTag("gen_ai.system"))
                                    .isEqualTo("other"));
                });
    }

    /** Observes a prompt to a model as Spring AI's models do. */
    private static void observe(String provider, ObservationRegistry observations) {
        ChatModelObservationContext prompt = ChatModelObservationContext.builder()
                .prompt(new org.springframework.ai.chat.prompt.Prompt("Hi"))
                .provider(provider)
                .build();
        ChatModelObservationDocumentation.CHAT_MODEL_OPERATION
                .observation(null, new DefaultChatModelObservationConvention(), () -> prompt, observations)
                .observe(() -> prompt.setResponse(new ChatResponse(
                        List.of(new Generation(new AssistantMessage("Hello"))),
                        ChatResponseMetadata.builder()
                                .model("m")
                                .usage(new DefaultUsage(3, 4))
                                .build())));
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
    void lifecycle_isNotPausedBetweenTests_andLeavesATenthOfTheTimeToOthers() {
        Whippletree closing = mock();
        when(closing.close(Duration.ofSeconds(27))).thenReturn(CompletableFuture.completedFuture(null));
        WhippletreeLifecycle lifecycle = new WhippletreeLifecycle(closing, LONG);
        lifecycle.start();
        assertThat(lifecycle.isPauseable()).isFalse();
        lifecycle.stop();
        assertThat(lifecycle.isRunning()).isFalse();
        verify(closing).close(Duration.ofSeconds(27));
    }
}
