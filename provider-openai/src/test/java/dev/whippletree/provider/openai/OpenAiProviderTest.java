package dev.whippletree.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.testkit.provider.ProviderBench;
import dev.whippletree.testkit.provider.RecordingSink;
import dev.whippletree.testkit.provider.ScriptedReply;
import dev.whippletree.testkit.provider.ScriptedRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OpenAiProviderTest {

    private static final ScriptedReply ANSWER =
            ScriptedReply.json(200, "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}");

    @Test
    void request_goesBelowTheBaseUrl_withTheToken() {
        try (ProviderBench bench = Bench.open(Map.of())) {
            bench.send(ANSWER);

            ScriptedRequest request = bench.lastRequest();
            assertThat(request.method() + " " + request.path()).isEqualTo("POST /v1/chat/completions");
            assertThat(request.headers())
                    .containsEntry("authorization", "Bearer " + Bench.TOKEN)
                    .containsEntry("content-type", "application/json")
                    .containsEntry("accept", "application/json");
        }
    }

    @Test
    void notFound_saysToCheckTheBaseUrlFirst_untilItHasAnswered() {
        ScriptedReply notFound = ScriptedReply.json(404, "{\"detail\":\"Not Found\"}");
        try (ProviderBench bench = new ProviderBench(
                new OpenAiProvider(),
                address -> AccountSettings.of(
                        "local-1", "openai", Optional.empty(), new Settings("local-1", Map.of("base-url", address))))) {
            assertThat(bench.failure(notFound).message())
                    .startsWith("check base-url: ")
                    .endsWith("/chat/completions isn't found; is /v1 missing? The service says: Not Found");
            assertThat(bench.failure(ScriptedReply.json(404, "{\"error\":\"model 'm' not found\"}"))
                            .message())
                    .isEqualTo("model 'm' not found");
            bench.send(ANSWER).awaitDone();
            assertThat(bench.failure(notFound).message()).isEqualTo("Not Found");
        }
        try (ProviderBench bench = Bench.open(Map.of())) {
            assertThat(bench.failure(notFound).message())
                    .endsWith("/v1/chat/completions isn't found. The service says: Not Found");
        }
    }

    /** A packed stream comes in pieces as large as whoever packs it likes: the first word would be late. */
    @Test
    void onlyAWholeAnswer_mayComePacked() {
        try (ProviderBench bench = Bench.open(Map.of())) {
            bench.send(ANSWER);
            assertThat(bench.lastRequest().headers()).containsEntry("accept-encoding", "gzip");
        }
        try (ProviderBench bench = Bench.open(Map.of())) {
            bench.send(Prompt.of("Hi"), "m", true, ANSWER);
            assertThat(bench.lastRequest().headers()).containsEntry("accept-encoding", "identity");
        }
    }

    @Test
    void accountWithoutToken_sendsNone() {
        try (ProviderBench bench = new ProviderBench(
                new OpenAiProvider(),
                address -> AccountSettings.of(
                        "local-1",
                        "openai",
                        Optional.empty(),
                        new Settings("local-1", Map.of("base-url", address + "/"))))) {
            bench.send(ANSWER).awaitDone();

            assertThat(bench.lastRequest().headers()).doesNotContainKey("authorization");
            assertThat(bench.lastRequest().path()).isEqualTo("/chat/completions");
        }
    }

    @Test
    void token_isReadAnewForEachCall() {
        String[] token = {"first"};
        try (ProviderBench bench = new ProviderBench(
                new OpenAiProvider(),
                address -> AccountSettings.of(
                        "local-1",
                        "openai",
                        Optional.of(Secret.from(() -> token[0])),
                        new Settings("local-1", Map.of("base-url", address))))) {
            bench.send(ANSWER);
            token[0] = "second\n";
            bench.send(ANSWER);

            assertThat(bench.service().requests())
                    .extracting(request -> request.headers().get("authorization"))
                    .containsExactly("Bearer first", "Bearer second");
        }
    }

    @Test
    void errorInTheMiddleOfACall_isToldLikeAnythingElseThatGoesWrong() throws InterruptedException {
        try (LoggedLines log = new LoggedLines("dev.whippletree.provider.openai");
                ProviderBench bench = new ProviderBench(
                        new OpenAiProvider(),
                        address -> AccountSettings.of(
                                "local-1",
                                "openai",
                                Optional.of(Secret.from(() -> {
                                    throw new StackOverflowError("too deep");
                                })),
                                new Settings("local-1", Map.of("base-url", address))))) {
            var failure = bench.failure(ANSWER);

            assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
            assertThat(failure.message()).contains("see the log");
            assertThat(log.awaitFirst().all()).containsExactly("ERROR Account local-1: a call failed unexpectedly");
        }
    }

    @Test
    void tokenThatCannotBeSent_isUnauthorized_andNeverShown() {
        try (ProviderBench bench = new ProviderBench(
                new OpenAiProvider(),
                address -> AccountSettings.of(
                        "local-1",
                        "openai",
                        Optional.of(Secret.of("two\nlines")),
                        new Settings("local-1", Map.of("base-url", address))))) {
            var failure = bench.failure(ANSWER);

            assertThat(failure.kind()).isEqualTo(FailureKind.UNAUTHORIZED);
            assertThat(failure.message()).contains("account local-1").doesNotContain("lines");
        }
    }

    @Test
    void nameForLocalhost_isReached() {
        try (ProviderBench bench = new ProviderBench(
                new OpenAiProvider(), address -> Bench.account(address.replace("127.0.0.1", "localhost"), Map.of()))) {
            bench.send(ANSWER).awaitDone();
        }
    }

    @Test
    void limits_areReported_withAnswersAndWithRefusals() {
        try (ProviderBench bench = Bench.open(Map.of())) {
            RecordingSink answered = bench.send(limited(ANSWER));
            RecordingSink refused = bench.send(limited(ScriptedReply.json(429, "{\"error\":\"slow down\"}")));

            assertThat(answered.reports()).hasSize(1).isEqualTo(refused.reports());
            RateLimitReport report = answered.reports().get(0);
            assertThat(report.unit()).isEqualTo(Limit.Unit.REQUESTS);
            assertThat(report.reset()).contains(Duration.ofSeconds(8));
            assertThat(refused.awaitFailure().retryAfter()).contains(Duration.ofSeconds(8));
        }
    }

    private static ScriptedReply limited(ScriptedReply reply) {
        return reply.with("x-ratelimit-limit-requests", "350")
                .with("x-ratelimit-remaining-requests", "0")
                .with("x-ratelimit-reset-requests", "7");
    }

    @Test
    void impossibleNumberOfAnswers_isRefusedBeforeTheCall() {
        try (ProviderBench bench = Bench.open(Map.of())) {
            for (Object n : List.of(0, 1.5, 129, "2")) {
                assertThat(bench.client()
                                .refuses(
                                        Prompt.builder()
                                                .user("Hi")
                                                .extra("n", n)
                                                .build(),
                                        "m"))
                        .contains("n must be a whole number from 1 to 128");
            }
            for (Object n : List.of(1, 2L, 128)) {
                assertThat(bench.client()
                                .refuses(
                                        Prompt.builder()
                                                .user("Hi")
                                                .extra("n", n)
                                                .build(),
                                        "m"))
                        .isEmpty();
            }
        }
    }

    @Test
    void severalAnswers_areAdmittedSeveralTimes() {
        Prompt prompt =
                Prompt.builder().user("abc").maxTokens(500).extra("n", 3).build();
        try (ProviderBench bench = Bench.open(Map.of())) {
            Admission admission = bench.client().admission(prompt, "m");
            assertThat(admission.completionBound()).hasValue(1500);
            assertThat(admission.completions()).isEqualTo(3);
        }
        OpenAiDialect own = new OpenAiDialect(
                URI.create(OpenAiDialect.BASE_URL + "/chat/completions"), "max_tokens", Optional.empty());
        assertThat(own.admission(prompt, "m").counting()).isEqualTo(Admission.Counting.ON_ENTRY);
        assertThat(own.admission(prompt, "m").completionBound()).hasValue(1500);
    }

    @Test
    void admission_isPromptAndMaximum_ofWhichWhatIsMadeCounts() {
        try (ProviderBench bench = Bench.open(Map.of())) {
            assertThat(bench.client()
                            .admission(
                                    Prompt.builder().user("abc").maxTokens(500).build(), "m"))
                    .isEqualTo(Admission.asMade(9, 500));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost:11434",
                "ftp://host",
                "http://user:secret@host/v1",
                "http://host/v1?key=secret",
                "http://"
            })
    void baseUrlThatCannotBeUsed_isAnErrorThatDoesNotRepeatIt(String address) {
        assertThatThrownBy(() -> connect(Map.of("base-url", address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("account local-1", "base-url")
                .hasMessageNotContaining("secret");
    }

    @Test
    void otherSettingsThatCannotBeUsed_areErrors() {
        assertThatThrownBy(() -> connect(Map.of("max-tokens-field", "tokens")))
                .hasMessageContaining("account local-1: max-tokens-field");
        assertThatThrownBy(() -> connect(Map.of("base-url", "http://localhost:1/v1", "connect-timeout", "soon")))
                .hasMessageContaining("account local-1: connect-timeout");
        assertThatThrownBy(() -> connect(Map.of("base-url", "http://localhost:1/v1", "connect-timeout", "30d")))
                .hasMessageContaining("account local-1: connect-timeout");
    }

    @Test
    void missingBaseUrl_isAnErrorAndNoCallOfAPublicService() {
        assertThatThrownBy(() -> connect(Map.of())).hasMessageContaining("account local-1: base-url is missing");
    }

    @Test
    void maxTokensField_isSent() {
        try (ProviderBench bench = Bench.open(Map.of("max-tokens-field", "max_completion_tokens"))) {
            bench.send(Prompt.builder().user("Hi").maxTokens(5).build(), "m", false, ANSWER);

            assertThat(bench.lastRequest().body()).contains("\"max_completion_tokens\":5");
        }
    }

    private static void connect(Map<String, String> values) {
        try (FakeServices services = FakeServices.real()) {
            new OpenAiProvider()
                    .connect(
                            AccountSettings.of(
                                    "local-1", "openai", Optional.empty(), new Settings("account local-1", values)),
                            services)
                    .close();
        }
    }
}
