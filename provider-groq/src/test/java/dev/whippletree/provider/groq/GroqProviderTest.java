package dev.whippletree.provider.groq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Role;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.provider.ProviderBench;
import dev.whippletree.testkit.provider.RecordingSink;
import dev.whippletree.testkit.provider.ScriptedReply;
import dev.whippletree.testkit.provider.ScriptedRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

final class GroqProviderTest {

    private static final ScriptedReply ANSWER =
            ScriptedReply.json(200, "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}");

    @AutoClose
    private final ProviderBench bench = Bench.open();

    @Test
    void request_goesToGroqsPath_withItsFieldForTheMaximum() {
        bench.send(
                Prompt.builder().user("Hi").maxTokens(5).temperature(0).build(), "openai/gpt-oss-20b", false, ANSWER);

        ScriptedRequest request = bench.lastRequest();
        assertThat(request.path()).isEqualTo("/openai/v1/chat/completions");
        assertThat(request.headers()).containsEntry("authorization", "Bearer " + Bench.TOKEN);
        assertThat(request.body())
                .isEqualTo("{\"model\":\"openai/gpt-oss-20b\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
                        + "\"max_completion_tokens\":5,\"temperature\":0.0}");
    }

    @Test
    void stream_isNotAskedForItsUsage_butTellsIt() {
        RecordingSink sink = bench.send(
                ScriptedReply.events(
                        "data: {\"model\":\"M\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n"
                                + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"x_groq\":{\"id\":\"req_1\","
                                + "\"usage\":{\"queue_time\":0.04,\"prompt_tokens\":9,\"completion_tokens\":1}}}\n\ndata: [DONE]\n\n"));

        AnswerEnd end = sink.awaitDone();
        assertThat(end.usage()).contains(TokenUsage.of(9, 1));
        assertThat(end.model()).isEqualTo("M");
        assertThat(bench.lastRequest().body()).contains("\"stream\":true").doesNotContain("stream_options");
    }

    @Test
    void headers_areBucketsOfTheModel_daysOfRequestsAndMinutesOfTokens() {
        RecordingSink sink = bench.send(ANSWER.with("x-ratelimit-limit-requests", "14400")
                .with("x-ratelimit-remaining-requests", "14369")
                .with("x-ratelimit-reset-requests", "3m6s")
                .with("x-ratelimit-limit-tokens", "6000")
                .with("x-ratelimit-remaining-tokens", "5963")
                .with("x-ratelimit-reset-tokens", "370ms"));

        sink.awaitDone();
        assertThat(sink.reports())
                .containsExactly(
                        bucket(Limit.Unit.REQUESTS, 14_400, 14_369, Duration.ofDays(1), Duration.ofSeconds(186)),
                        bucket(Limit.Unit.TOKENS, 6_000, 5_963, Duration.ofMinutes(1), Duration.ofMillis(370)));
    }

    private static RateLimitReport bucket(
            Limit.Unit unit, long amount, long remaining, Duration window, Duration untilFull) {
        return new RateLimitReport(
                Reach.MODEL,
                unit,
                OptionalLong.of(amount),
                OptionalLong.of(remaining),
                Optional.of(window),
                RateLimitReport.Refill.CONTINUOUS,
                Optional.of(untilFull));
    }

    @Test
    void whatGroqDoesNotTake_isRefusedBeforeTheCall() {
        Message named = new Message(Role.USER, "Hi", List.of(), List.of(), Optional.empty(), Map.of("name", "Ada"));
        assertThat(refused(Prompt.builder().user("Hi").message(named)))
                .contains("Groq doesn't accept the name of a message");
        for (String field : List.of("logprobs", "top_logprobs", "logit_bias")) {
            assertThat(refused(Prompt.builder().user("Hi").extra(field, 1))).contains("Groq doesn't accept " + field);
        }
        assertThat(refused(Prompt.builder().user("Hi").extra("n", 2)))
                .contains("n must be 1: this service gives one answer");
        assertThat(bench.client().embeddings()).isEmpty();
        assertThat(bench.client().refuses(Prompt.embedding(List.of("a")), "M"))
                .contains("Groq has no embeddings; name a model of another provider");
    }

    private Optional<String> refused(Prompt.Builder prompt) {
        return bench.client().refuses(prompt.build(), "M");
    }

    @Test
    void reasoningOfAnEarlierAnswer_isLeftOut() {
        Message earlier = new Message(
                Role.ASSISTANT, "So.", List.of(), List.of(), Optional.empty(), Map.of("reasoning_content", "Hm."));
        bench.send(Prompt.builder().user("Hi").message(earlier).user("And?").build(), "M", false, ANSWER)
                .awaitDone();
        assertThat(bench.lastRequest().body()).contains("So.").doesNotContain("reasoning_content", "Hm.");
    }

    @Test
    void admission_countsTheMaximumInFull_andGivesNothingBack() {
        assertThat(bench.client()
                        .admission(Prompt.builder().user("abc").maxTokens(500).build(), "M"))
                .isEqualTo(Admission.onEntry(9, 500).withoutCached());
    }

    @Test
    void limitThatOnlyProseTellsOf_isReportedAsABucketOfTheModel() {
        RecordingSink sink = bench.send(ScriptedReply.json(
                429,
                GroqErrors.limited(
                        "tokens per day (TPD)", "Limit 200000, Used 199500, Requested 1520", "7m20.64s", "tokens")));

        sink.awaitFailure();

        assertThat(sink.reports())
                .containsExactly(
                        bucket(Limit.Unit.TOKENS, 200_000, 500, Duration.ofDays(1), Duration.ofSeconds(86_184)));
    }

    @Test
    void accountWithoutSettings_goesToGroq() {
        try (FakeServices services = FakeServices.real();
                ProviderClient client = new GroqProvider()
                        .connect(
                                AccountSettings.of("groq-1", "groq", Optional.empty(), Settings.none("groq-1")),
                                services)) {
            assertThat(client).hasToString("account groq-1 at api.groq.com");
        }
    }

    @Test
    void keysInTheEnvironment_areAccounts() {
        GroqProvider provider = new GroqProvider();
        Map<String, String> keys = Map.of("GROQ_API_KEY", "a", "GROQ_API_KEY_3", "c", "GROQ_BASE_URL", "http://here ");

        assertThat(provider.fromEnvironment(keys))
                .extracting(
                        AccountSettings::id,
                        AccountSettings::provider,
                        account -> account.token().orElseThrow().reveal(),
                        account -> account.settings().text("base-url").orElseThrow())
                .containsExactly(
                        tuple("groq-1", "groq", "a", "http://here"), tuple("groq-3", "groq", "c", "http://here"));
        assertThat(provider.fromEnvironment(Map.of("GROQ_API_KEY", "a")).get(0).settings())
                .isEqualTo(Settings.none("account groq-1"));
        assertThat(provider.environmentVariables()).containsOnlyKeys("GROQ_API_KEY");
        assertThat(provider.settings())
                .extracting(SettingKey::name)
                .containsExactlyInAnyOrder("base-url", "connect-timeout");
    }
}
