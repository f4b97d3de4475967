package dev.whippletree.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Embedding;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.provider.ProviderBench;
import dev.whippletree.testkit.provider.RecordingSink;
import dev.whippletree.testkit.provider.ScriptedReply;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EmbeddingCallTest {

    private static final String ONE = Embedding.encode(new float[] {0.1f, -0.2f});
    private static final Prompt PROMPT = Prompt.embedding(List.of("a text"));

    private static ScriptedReply data(String items) {
        return ScriptedReply.json(200, "{\"object\":\"list\",\"data\":[" + items + "],\"model\":\"served\"}");
    }

    private static ScriptedReply vector(String json) {
        return data("{\"index\":0,\"embedding\":" + json + "}");
    }

    private static RecordingSink send(ProviderBench bench, Prompt prompt, ScriptedReply reply) {
        return bench.send(prompt, "small", false, reply);
    }

    @Test
    void request_asksForBase64BelowTheBaseUrl() {
        Prompt prompt = Prompt.builder()
                .operation(Prompt.Operation.EMBEDDING)
                .user("a \"text\"")
                .message(Message.tokens(List.of(104, 101)))
                .extra("dimensions", 2)
                .build();
        try (ProviderBench bench = Bench.open(Map.of())) {
            send(bench, prompt, data("{\"embedding\":\"" + ONE + "\"},{\"embedding\":[1,2]}"))
                    .awaitDone();

            assertThat(bench.lastRequest().method() + " " + bench.lastRequest().path())
                    .isEqualTo("POST /v1/embeddings");
            assertThat(bench.lastRequest().body())
                    .isEqualTo("{\"model\":\"small\",\"input\":[\"a \\\"text\\\"\",[104,101]],"
                            + "\"encoding_format\":\"base64\",\"dimensions\":2}");
        }
    }

    @Test
    void base64_isPassedOnUnchanged_andNumbersBecomeBase64() {
        try (ProviderBench bench = Bench.open(Map.of())) {
            RecordingSink sink = send(bench, PROMPT, vector('"' + ONE + '"'));
            assertThat(sink.awaitDone().model()).isEqualTo("served");
            assertThat(sink.text()).isEqualTo(ONE);

            RecordingSink numbers = send(bench, PROMPT, vector("[0.1,-0.2]"));
            numbers.awaitDone();
            assertThat(numbers.text()).isEqualTo(ONE);
        }
    }

    @Test
    void usage_isThePrompts() {
        try (ProviderBench bench = Bench.open(Map.of())) {
            RecordingSink sink = send(
                    bench,
                    PROMPT,
                    ScriptedReply.json(
                            200,
                            "{\"data\":[{\"embedding\":[1]}],\"usage\":{\"prompt_tokens\":7,\"total_tokens\":7}}"));
            assertThat(sink.awaitDone().usage()).contains(TokenUsage.of(7, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5",
                "\"\"",
                "\"not base64!\"",
                "\"AAA=\"",
                "\"AADAfw==\"",
                "[]",
                "[\"1\"]",
                "[null]",
                "[1e39]",
                "[1e4000]",
                "{}"
            })
    void vectorThatIsNone_isNoAnswer(String json) {
        try (ProviderBench bench = Bench.open(Map.of())) {
            Failure failure = send(bench, PROMPT, vector(json)).awaitFailure();
            assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
            assertThat(failure.code()).contains(Failure.DAMAGED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"index\":0,\"embedding\":[1]},{\"index\":0,\"embedding\":[2]}",
                "{\"index\":1,\"embedding\":[1]},{\"index\":2,\"embedding\":[2]}",
                "{\"index\":0,\"embedding\":null},{\"index\":1,\"embedding\":[1]}",
                "{\"index\":0,\"embedding\":[1]},7",
            })
    void vectorsThatCannotBeMatched_areNoAnswer(String items) {
        try (ProviderBench bench = Bench.open(Map.of())) {
            assertThat(send(bench, Prompt.embedding(List.of("a", "b")), data(items))
                            .awaitFailure()
                            .kind())
                    .isEqualTo(FailureKind.UNAVAILABLE);
        }
    }

    @Test
    void dimensionThatTheModelLacks_isRefusedInTheServicesWords() {
        Prompt prompt = Prompt.builder()
                .operation(Prompt.Operation.EMBEDDING)
                .user("a")
                .extra("dimensions", 3)
                .build();
        try (ProviderBench bench = Bench.open(Map.of())) {
            Failure refused = send(
                            bench,
                            prompt,
                            ScriptedReply.json(
                                    400,
                                    "{\"error\":{\"message\":\"This model does not support specifying dimensions.\"}}"))
                    .awaitFailure();
            assertThat(refused.kind()).isEqualTo(FailureKind.REJECTED);
            assertThat(refused.message()).isEqualTo("This model does not support specifying dimensions.");

            Failure ignored = send(bench, prompt, vector("[1,2]")).awaitFailure();
            assertThat(ignored.kind()).isEqualTo(FailureKind.REJECTED);
            assertThat(ignored.message()).contains("vectors of 2 dimensions", "\"dimensions\": 3");
        }
    }

    @Test
    void bounds_areTheServicesUnlessSet() {
        assertThat(bounds("https://api.openai.com/v1", Map.of())).isEqualTo(new EmbeddingBounds(1_000, 300_000));
        assertThat(bounds("http://localhost:8080/v1", Map.of())).isEqualTo(new EmbeddingBounds(32, 300_000));
        assertThat(bounds("http://localhost:8080/v1", Map.of("embedding-inputs", "128", "embedding-tokens", "16384")))
                .isEqualTo(new EmbeddingBounds(128, 16_384));
        assertThatThrownBy(() -> bounds("http://localhost:8080/v1", Map.of("embedding-inputs", "0")))
                .hasMessageContaining("embedding-inputs");
    }

    private static EmbeddingBounds bounds(String address, Map<String, String> settings) {
        AccountSettings account = AccountSettings.builder("local-1", "openai")
                .token(Secret.of("t"))
                .settings(settings)
                .setting("base-url", address)
                .build();
        try (FakeServices services = FakeServices.real();
                ProviderClient client = new OpenAiProvider().connect(account, services)) {
            return client.embeddings().orElseThrow();
        }
    }

    @Test
    void tokensOfTexts_areEstimatedByTheirNumber() {
        try (FakeServices services = FakeServices.real();
                ProviderClient client = new OpenAiProvider()
                        .connect(
                                AccountSettings.of(
                                        "a",
                                        "openai",
                                        Optional.empty(),
                                        new Settings("a", Map.of("base-url", "http://localhost:1/v1"))),
                                services)) {
            Prompt prompt = Prompt.builder()
                    .operation(Prompt.Operation.EMBEDDING)
                    .message(Message.tokens(List.of(104, 101, 7)))
                    .build();
            assertThat(client.admission(prompt, "m").promptTokens()).isBetween(3L, 12L);
        }
    }
}
