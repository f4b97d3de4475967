package dev.whippletree.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.langchain4j.model.chat.ChatModel;
import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.springai.WhippletreeChatModel;
import dev.whippletree.test.FakeWhippletree;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application that names services, tokens and stores that the test doesn't have. */
@SpringBootTest(
        classes = WhippletreeTestTest.Application.class,
        properties = {
            "spring.main.banner-mode=off",
            "whippletree.accounts[0].id=hf-1",
            "whippletree.accounts[0].provider=huggingface",
            "whippletree.accounts[0].token=${TOKEN_THAT_NOBODY_HAS}",
            "whippletree.accounts[0].limits[0]=2 requests / 1h",
            "whippletree.accounts[1].id=groq-1",
            "whippletree.accounts[1].provider=groq",
            "whippletree.accounts[1].token=${file:/no/such/token}",
            "whippletree.accounts[1].limits[0]=3 requests / 1h",
            "whippletree.routes.interviews.model=some-model",
            "whippletree.caches[0].redis.uri=${REDIS}",
            "whippletree.coordinator.redis.uri=${REDIS}",
            "whippletree.gateway.watch-key=${WATCH_KEY}",
            "whippletree.state=/no/such/folder"
        })
@WhippletreeTest
final class WhippletreeTestTest {

    @Autowired
    private FakeWhippletree fake;

    @Autowired
    private Whippletree whippletree;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        MeterRegistry meterRegistry() {
            return new SimpleMeterRegistry();
        }
    }

    @AfterEach
    void heal() {
        fake.healing().answers(prompt -> "a fake answer").timeFlies(true);
    }

    @Test
    void application_keepsItsAccountsAndRoutes_withoutTheirTokensAndStores() {
        assertThat(whippletree).isSameAs(fake.whippletree());
        assertThat(whippletree.configuration().accounts())
                .extracting(AccountSettings::id, AccountSettings::provider)
                .containsExactly(tuple("hf-1", "huggingface"), tuple("groq-1", "groq"));
        assertThat(whippletree.configuration().caches()).isEmpty();
        assertThat(whippletree.configuration().warnings()).isEmpty();
        assertThat(whippletree
                        .complete(Prompt.builder()
                                .user("Who are you?")
                                .route("interviews")
                                .build())
                        .join()
                        .origin()
                        .model())
                .isEqualTo("some-model");
    }

    @Test
    void hoursOfQuota_areOverAtOnce_unlessTimeStands() {
        int before = fake.asked().size();
        CompletableFuture.allOf(ask("first", 20).toArray(CompletableFuture[]::new))
                .join();
        assertThat(fake.asked()).hasSize(before + 20);
        fake.timeFlies(false);
        fake.advance(Duration.ofHours(2));
        List<CompletableFuture<Completion>> answers = ask("then", 7);
        assertThat(fake.asked()).hasSize(before + 25);
        fake.advance(Duration.ofHours(2));
        assertThat(answers).allMatch(CompletableFuture::isDone);
    }

    private List<CompletableFuture<Completion>> ask(String text, int prompts) {
        return IntStream.range(0, prompts)
                .mapToObj(i -> whippletree.complete(Prompt.of(text + " " + i)))
                .toList();
    }

    @Test
    void bothChatModels_answerAsTheTestSays(
            @Autowired WhippletreeChatModel springAi,
            @Autowired ChatModel langChain4j,
            @Autowired MeterRegistry registry) {
        fake.answers(prompt -> "You said " + prompt.messages().get(0).text());
        ChatClient chat = ChatClient.create(springAi);
        assertThat(chat.prompt("Hi").call().content()).isEqualTo("You said Hi");
        assertThat(chat.prompt("Hello").stream().content().collectList().block())
                .isNotEmpty()
                .satisfies(words -> assertThat(String.join("", words)).isEqualTo("You said Hello"));
        assertThat(langChain4j.chat("Howdy")).isEqualTo("You said Howdy");
        fake.failing("bad", FailureKind.TOO_LARGE);
        assertThatThrownBy(() -> chat.prompt("a bad one").call().content())
                .hasMessageContaining("the test fails 'bad'");
        assertThat(registry.find("whippletree.account.state").gauges()).isNotEmpty();
    }

    @Test
    void health_isThatOfTheFake(@Autowired WhippletreeHealthIndicator health) {
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void fakeOfTheTests_isUsedInstead(@TempDir Path folder) throws IOException {
        application(folder, "whippletree.enabled: false")
                .withBean(FakeWhippletree.class, () -> FakeWhippletree.answering(prompt -> "mine"))
                .run(context -> {
                    Whippletree opened = context.getBean(Whippletree.class);
                    assertThat(opened.complete(Prompt.of("Hi")).join().text()).isEqualTo("mine");
                    assertThat(context.getBean(FakeWhippletree.class).asked()).hasSize(1);
                });
    }

    @Test
    void withoutAccounts_itAnswersTooAndIsPreferredToTheApplicationsOwn(@TempDir Path folder) throws IOException {
        Whippletree own = Whippletree.builder()
                .provider(new FakeProvider())
                .account("mine", "fake", "x")
                .build();
        application(folder, "spring.application.name: test")
                .withBean("own", Whippletree.class, () -> own)
                .run(context -> assertThat(context.getBean(Whippletree.class)
                                .complete(Prompt.of("Hi"))
                                .join()
                                .text())
                        .isEqualTo("a fake answer"));
    }

    @Test
    void closingApplication_failsWhatStillWaits_atOnce(@TempDir Path folder) throws IOException {
        List<CompletableFuture<Completion>> answers = new ArrayList<>();
        application(folder, "whippletree.accounts: [{id: a, provider: groq, limits: [1 requests / 1h]}]")
                .run(context -> {
                    context.getBean(FakeWhippletree.class).timeFlies(false);
                    IntStream.range(0, 3)
                            .mapToObj(i -> context.getBean(Whippletree.class).complete(Prompt.of("late " + i)))
                            .forEach(answers::add);
                });
        assertThat(answers).allMatch(CompletableFuture::isDone);
        assertThatThrownBy(answers.get(2)::join).hasMessageContaining("closed");
    }

    private static ApplicationContextRunner application(Path folder, String yaml) throws IOException {
        Files.writeString(folder.resolve("application.yaml"), yaml);
        return new ApplicationContextRunner()
                .withPropertyValues("spring.config.location=" + folder + "/")
                .withInitializer(new ConfigDataApplicationContextInitializer())
                .withConfiguration(
                        AutoConfigurations.of(FakeAutoConfiguration.class, WhippletreeAutoConfiguration.class));
    }
}
