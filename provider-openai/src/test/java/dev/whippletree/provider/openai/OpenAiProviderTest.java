package dev.whippletree.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.logging.LoggedLines;
import dev.whippletree.testkit.provider.ProviderBench;
import dev.whippletree.testkit.provider.RecordingSink;
import dev.whippletree.testkit.provider.ScriptedReply;
import dev.whippletree.testkit.provider.ScriptedRequest;
import dev.whippletree.time.VirtualTimeline;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OpenAiProviderTest {

    private static final ScriptedReply ANSWER =
            ScriptedReply.json(200, "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}");

    private static ProviderBench with(Optional<Secret> token) {
        return new ProviderBench(
                new OpenAiProvider(),
                address -> AccountSettings.of(
                        "local-1", "openai", token, new Settings("local-1", Map.of("base-url", address + "/"))));
    }

    /** A packed stream comes in pieces as large as whoever packs it likes: the first word would be late. */
    @Test
    void request_goesBelowTheBaseUrl_withTheToken_andOnlyAWholeAnswerMayComePacked() {
        try (ProviderBench bench = Bench.open(Map.of("max-tokens-field", "max_completion_tokens"))) {
            bench.send(Prompt.builder().user("Hi").maxTokens(5).build(), "m", false, ANSWER);

            ScriptedRequest request = bench.lastRequest();
            assertThat(request.method() + " " + request.path()).isEqualTo("POST /v1/chat/completions");
            assertThat(request.headers())
                    .containsEntry("authorization", "Bearer " + Bench.TOKEN)
                    .containsEntry("content-type", "application/json")
                    .containsEntry("accept", "application/json")
                    .containsEntry("accept-encoding", "gzip")
                    .containsEntry("user-agent", "whippletree");
            assertThat(request.body()).contains("\"max_completion_tokens\":5");

            bench.send(Prompt.of("Hi"), "m", true, ANSWER);
            assertThat(bench.lastRequest().headers())
                    .containsEntry("accept", "text/event-stream")
                    .containsEntry("accept-encoding", "identity");
        }
    }

    /** So 'whippletree check' reports it with its line. */
    @Test
    void settings_areCheckedByTheirKeys() {
        assertThat(new OpenAiProvider().settings()).hasSize(5).allSatisfy(key -> {
            Settings wrong = new Settings("account a", Map.of(key.name(), "?!"));
            assertThatThrownBy(() -> key.check().accept(wrong))
                    .hasMessageStartingWith("account a: " + key.name() + " ");
        });
    }

    @Test
    void notFound_saysToCheckTheBaseUrlFirst_untilItHasAnswered() {
        ScriptedReply notFound = ScriptedReply.json(404, "{\"detail\":\"Not Found\"}");
        try (ProviderBench bench = with(Optional.empty())) {
            assertThat(bench.failure(notFound).message())
                    .matches("check base-url: 127.0.0.1:\\d+/chat/completions isn't found; is /v1 missing\\?"
                            + " The service says: Not Found");
            assertThat(bench.failure(ScriptedReply.json(404, "{\"error\":\"model 'm' not found\"}"))
                            .message())
                    .isEqualTo("model 'm' not found");
            bench.send(ANSWER).awaitDone();
            assertThat(bench.lastRequest().headers()).doesNotContainKey("authorization");
            assertThat(bench.failure(notFound).message()).isEqualTo("Not Found");
            assertThat(bench.send(Prompt.embedding(List.of("Hi")), "m", false, notFound)
                            .awaitFailure()
                            .message())
                    .isEqualTo("the service has no embeddings, or none of this model; it says: Not Found");
        }
        try (ProviderBench bench = Bench.open(Map.of())) {
            assertThat(bench.failure(notFound).message())
                    .endsWith("/v1/chat/completions isn't found. The service says: Not Found");
        }
    }

    @Test
    void token_isReadAnewForEachCall() {
        String[] token = {"first"};
        try (ProviderBench bench = with(Optional.of(Secret.from(() -> token[0])))) {
            bench.send(ANSWER);
            token[0] = "second\n";
            bench.send(ANSWER);

            assertThat(bench.service().requests())
                    .extracting(request -> request.headers().get("authorization"))
                    .containsExactly("Bearer first", "Bearer second");
        }
    }

    @Test
    void errorInTheMiddleOfACall_isToldLikeAnythingElseThatGoesWrong() {
        VirtualTimeline timeline = new VirtualTimeline(1);
        AccountSettings account = AccountSettings.builder("local-1", "openai")
                .token(Secret.from(() -> {
                    throw new StackOverflowError("too deep");
                }))
                .setting("base-url", "http://127.0.0.1:1")
                .build();
        try (LoggedLines log = new LoggedLines("dev.whippletree.provider.openai");
                ProviderClient client = new OpenAiProvider().connect(account, FakeServices.on(timeline))) {
            RecordingSink sink = new RecordingSink(false);
            client.send(Prompt.of("Hi"), "m", sink);
            timeline.advance(Duration.ZERO); // Here, or the line may come once nobody captures it any more.
            Failure failure = sink.awaitFailure();

            assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
            assertThat(failure.message()).contains("see the log");
            assertThat(log.all()).containsExactly("ERROR Account local-1: a call failed unexpectedly");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"two\nlines", "größer", " "})
    void tokenThatCannotBeSent_isUnauthorized_andNeverShown(String token) {
        try (ProviderBench bench = with(Optional.of(Secret.of(token)))) {
            Failure failure = bench.failure(ANSWER);

            assertThat(failure.kind()).isEqualTo(FailureKind.UNAUTHORIZED);
            assertThat(failure.message())
                    .isEqualTo("account local-1: its token is empty or contains characters that a token can't have;"
                            + " set a valid one");
            assertThat(bench.service().requests()).isEmpty();
        }
    }

    /** A caller is told what the service calls its refusal and the field, wherever it said so. */
    @ParameterizedTest
    @CsvSource({
        "'\"code\":\"bad\",\"param\":\"messages[1].content\"', bad, messages[1].content",
        "'\"code\":\"bad\",\"type\":\"content_filter\",\"param\":\"sk-of-somebody-0123\"', content_filter, ",
        "'\"code\":null', from-the-header, "
    })
    void codeAndField_areTheServicesOwn_unlessTheyAreSecrets(String error, String code, @Nullable String field) {
        try (ProviderBench bench = Bench.open(Map.of())) {
            Failure failure = bench.failure(ScriptedReply.json(400, "{\"error\":{\"message\":\"words\"," + error + "}}")
                    .with("x-error-code", "from-the-header"));

            assertThat(failure.code()).contains(code);
            assertThat(failure.param()).isEqualTo(Optional.ofNullable(field));
            assertThat(failure.kind())
                    .isEqualTo(code.equals("content_filter") ? FailureKind.FILTERED : FailureKind.REJECTED);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1.5, false", "129, false", "1, true", "128, true"})
    void numberOfAnswers_isCheckedBeforeTheCall(double n, boolean possible) {
        try (ProviderBench bench = Bench.open(Map.of())) {
            Prompt prompt = Prompt.builder().user("Hi").extra("n", n).build();

            assertThat(bench.client().refuses(prompt, "m"))
                    .isEqualTo(possible ? Optional.empty() : Optional.of("n must be a whole number from 1 to 128"));
        }
    }

    @Test
    void admission_isPromptAndMaximumForEachAnswer_ofWhichWhatIsMadeCounts_exceptAtOpenAi() {
        Prompt prompt =
                Prompt.builder().user("abc").maxTokens(500).extra("n", 3).build();
        try (ProviderBench bench = Bench.open(Map.of())) {
            assertThat(bench.client().admission(prompt, "m"))
                    .isEqualTo(Admission.asMade(13, 500).times(3));
        }
        for (String host : List.of("api.openai.com", "eu.api.openai.com")) {
            OpenAiDialect own = new OpenAiDialect(
                    URI.create("https://" + host + "/v1/chat/completions"), "max_tokens", Optional.empty());
            assertThat(own.admission(prompt, "m"))
                    .isEqualTo(Admission.onEntry(13, 500).times(3));
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost:11434",
                "ftp://host",
                "http://user@host/v1",
                "http://:secret@host/v1",
                "http://host/v1#secret",
                "http://host/v1?key=secret",
                "http://"
            })
    void baseUrlThatCannotBeUsed_isAnErrorThatDoesNotRepeatIt(String address) {
        assertThatThrownBy(() -> connect(Map.of("base-url", address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("account local-1", "base-url")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "max-tokens-field, tokens",
        "connect-timeout, soon",
        "connect-timeout, 61m",
        "embedding-inputs, 0",
        "embedding-inputs, 2049",
        "embedding-tokens, 0"
    })
    void otherSettingThatCannotBeUsed_isAnError(String name, String value) {
        assertThatThrownBy(() -> connect(Map.of("base-url", "http://localhost:1/v1", name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("account local-1: " + name);
    }

    @Test
    void settings_areThoseThatAnAccountMayHave() {
        assertThat(new OpenAiProvider().settings())
                .extracting(SettingKey::name)
                .containsExactlyInAnyOrder(
                        "base-url", "connect-timeout", "max-tokens-field", "embedding-inputs", "embedding-tokens");
    }

    @Test
    void missingBaseUrl_isAnErrorAndNoCallOfAPublicService() {
        assertThatThrownBy(() -> connect(Map.of())).hasMessageContaining("account local-1: base-url is missing");
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
