package dev.whippletree.springboot;

import static dev.whippletree.springboot.Application.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.mockito.Mockito.mock;

import dev.whippletree.Whippletree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** What somebody reads who wrote something wrong. */
final class BadInputTest {

    @TempDir
    private Path folder;

    private FailureAnalysis analysis(ApplicationContextRunner application) {
        FailureAnalysis[] found = new FailureAnalysis[1];
        application.run(context -> {
            assertThat(context).hasFailed();
            found[0] = analysis(Objects.requireNonNull(context.getStartupFailure()));
        });
        return found[0];
    }

    /** Asks as Spring Boot does: the first analyzer that knows the failure. */
    private static FailureAnalysis analysis(Throwable failure) {
        List<FailureAnalyzer> analyzers = SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, SpringFactoriesLoader.FailureHandler.logging(mock()));
        for (FailureAnalyzer analyzer : analyzers) {
            @Nullable FailureAnalysis analysis = analyzer.analyze(failure);
            if (analysis != null) {
                return analysis;
            }
        }
        throw new AssertionError("nobody knows", failure);
    }

    private Path file() {
        return folder.resolve("application.yaml");
    }

    @Test
    void noAccount() throws IOException {
        FailureAnalysis analysis = analysis(Application.of(folder, "spring.application.name: test"));

        assertThat(analysis.getDescription().lines())
                .containsExactly(
                        "Whippletree can't be opened with this configuration:",
                        "",
                        "    application properties: whippletree.accounts: there is no account, neither in this file"
                                + " nor in the environment");
        assertThat(analysis.getAction())
                .contains("Add an account, for example in application.yaml:")
                .contains("token: ${HF_TOKEN}")
                .contains("or set HF_TOKEN or GROQ_API_KEY in the environment");
    }

    @Test
    void wrongKeysAndValues_areToldTogetherWithTheirLines() throws IOException {
        FailureAnalysis analysis =
                analysis(Application.of(folder, """
                        whippletree:
                          accounts:
                            - id: a
                              provider: fake
                              tokn: ${FAKE_TOKEN}
                            - id: b
                              provider: hugingface
                              weight: many
                          linesize: 5x
                          cachs: []
                        """).withPropertyValues("whippletree.batch-share=90%"));

        assertThat(analysis.getDescription().lines().skip(2))
                .containsExactlyInAnyOrder(
                        "    " + file() + ", line 5: whippletree.accounts[0].tokn: unknown key; did you mean 'token'?",
                        "    " + file() + ", line 7: whippletree.accounts[1].provider: no provider named 'hugingface';"
                                + " known: fake, groq, huggingface, openai; did you mean 'huggingface'?",
                        "    " + file() + ", line 8: whippletree.accounts[1].weight: expected a whole number, 1 or"
                                + " more, not 'many'",
                        "    " + file()
                                + ", line 9: whippletree.line-size: expected a whole number, 0 or more, not '5x'",
                        "    " + file() + ", line 10: whippletree.cachs: unknown key; did you mean 'caches'?",
                        "    test: whippletree.batch-share: expected a percentage from 0% to 50%, not '90%'");
        assertThat(analysis.getAction()).isEqualTo("Change the properties that are named above.");
    }

    @Test
    void badTokens() throws IOException {
        FailureAnalysis analysis = analysis(Application.of(folder, """
                whippletree:
                  accounts:
                    - {id: a, provider: fake, token: "${MISSING_TOKEN}"}
                    - {id: b, provider: fake, token: "${my.missing.token}"}
                    - {id: c, provider: fake, token: "${FAKE_TOKEN} "}
                    - {id: d, provider: fake, token: "${file:/no/such/file}"}
                    - {id: e, provider: fake, token: ""}
                    - {id: f, provider: fake, weight: "${FAKE_TOKEN}", token: x}
                """));

        assertThat(analysis.getDescription())
                .contains(
                        "line 3: whippletree.accounts[0].token: the property or environment variable MISSING_TOKEN"
                                + " isn't set",
                        "line 4: whippletree.accounts[1].token: the property or environment variable my.missing.token"
                                + " isn't set",
                        "line 5: whippletree.accounts[2].token: a reference must be ${VARIABLE} or ${file:/path} alone",
                        "line 6: whippletree.accounts[3].token: the file /no/such/file can't be read",
                        "line 7: whippletree.accounts[4].token: the token is empty",
                        "line 8: whippletree.accounts[5].weight: expected a whole number, 1 or more, not"
                                + " '${FAKE_TOKEN}'")
                .doesNotContain(Application.TOKEN);
    }

    @Test
    void twoChatModels() throws IOException {
        FailureAnalysis analysis = analysis(Application.of(folder, account("a"))
                .withConfiguration(AutoConfigurations.of(ChatClientAutoConfiguration.class))
                .withBean("openAiChatModel", ChatModel.class, () -> mock(ChatModel.class))
                .withBean("wanted", Wanted.class));

        assertThat(analysis.getDescription())
                .isEqualTo("One org.springframework.ai.chat.model.ChatModel is needed, and there are 2:"
                        + " openAiChatModel, whippletreeChatModel.");
        assertThat(analysis.getAction())
                .isEqualTo("To use Whippletree's alone, set spring.ai.model.chat to whippletree, or remove the"
                        + " dependency that brings the other one. To use both, mark one bean as @Primary, and ask for"
                        + " the other by its name with @Qualifier.");
    }

    @ParameterizedTest
    @CsvSource({
        "org.springframework.ai.embedding.EmbeddingModel, set spring.ai.model.embedding to whippletree",
        "dev.langchain4j.model.chat.ChatModel, remove the key of the other model",
        "dev.langchain4j.model.chat.StreamingChatModel, remove the key of the other model"
    })
    void twoOtherModels(Class<?> type, String choice) {
        assertThat(analysis(new NoUniqueBeanDefinitionException(type, "whippletreeModel", "another"))
                        .getAction())
                .startsWith("To use Whippletree's alone, " + choice + ",");
        assertThat(new ChatModelsFailureAnalyzer().analyze(new NoUniqueBeanDefinitionException(type, "one", "another")))
                .isNull();
    }

    @Test
    void severalWhippletrees_unlessOneIsPrimary() throws IOException {
        ApplicationContextRunner application = Application.of(folder, account("a"))
                .withBean("ours", Whippletree.class, () -> mock(Whippletree.class))
                .withBean("theirs", Whippletree.class, () -> mock(Whippletree.class));
        FailureAnalysis analysis = analysis(application);

        assertThat(analysis.getDescription())
                .isEqualTo("One dev.whippletree.Whippletree is needed, and there are 2: ours, theirs.");
        assertThat(analysis.getAction()).startsWith("Mark one bean as @Primary, for the models, the health and");
        Whippletree first = Whippletree.builder()
                .provider(new FakeProvider())
                .account("mine", "fake", "x")
                .build();
        application
                .withBean("first", Whippletree.class, () -> first, definition -> definition.setPrimary(true))
                .run(context -> assertThat(context).getBean(Whippletree.class).isSameAs(first));
    }

    /** What an application has that uses Spring AI. */
    record Wanted(ChatClient.Builder builder) {}

    @Test
    void anUnknownOptionOfTheModel() throws IOException {
        FailureAnalysis analysis = analysis(Application.of(folder, account("a") + """
                spring.ai.whippletree.chat:
                  temprature: 0.5
                """));

        assertThat(analysis.getDescription()).contains("spring.ai.whippletree.chat.temprature");
    }

    @Test
    void anUnsupportedParameter() throws IOException {
        Application.of(folder, account("a")).run(context -> {
            ChatModel model = context.getBean(ChatModel.class);
            assertThat(catchThrowable(() -> model.call(
                            new Prompt("Hi", ChatOptions.builder().topK(5).build()))))
                    .hasMessageStartingWith("topK isn't supported by Whippletree: ");
        });
    }

    @Test
    void reloadOfAWhippletreeOfTheApplication_isRefused() {
        try (Whippletree own = Whippletree.builder()
                .provider(new FakeProvider())
                .account("mine", "fake", "x")
                .build()) {
            assertThat(new WhippletreeEndpoint(own).reload().getStatus()).isEqualTo(400);
            assertThat(String.valueOf(new WhippletreeEndpoint(own).reload().getBody()))
                    .contains("this Whippletree wasn't built from a file");
        }
    }

    @Test
    void reloadOfABrokenConfiguration_changesNothing_andSaysWhatIsWrong() throws IOException {
        Application.of(folder, account("a")).run(context -> {
            WhippletreeEndpoint endpoint = new WhippletreeEndpoint(context.getBean(Whippletree.class));

            Application.write(folder, account("a").replace("id: a", "id: a\n      wieght: 2"));
            assertThat(endpoint.reload().getStatus()).isEqualTo(400);
            assertThat(endpoint.reload().getBody())
                    .containsEntry(
                            "problems",
                            List.of(file() + ", line 4: whippletree.accounts[0].wieght: unknown key; did you mean"
                                    + " 'weight'?"));

            Application.write(folder, "whippletree:\n  accounts: [{id: a, token: fake-secret-token\n");
            assertThat(String.valueOf(endpoint.reload().getBody()))
                    .contains("the application's properties can't be read again: ")
                    .contains("line 3")
                    .doesNotContain("fake-secret-token");
            assertThat(context.getBean(Whippletree.class).configuration().accounts())
                    .hasSize(1);
        });
    }
}
