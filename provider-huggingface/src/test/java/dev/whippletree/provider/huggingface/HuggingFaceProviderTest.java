package dev.whippletree.provider.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.model.Embedding;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.provider.ProviderBench;
import dev.whippletree.testkit.provider.RecordingSink;
import dev.whippletree.testkit.provider.ScriptedReply;
import dev.whippletree.testkit.provider.ScriptedRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class HuggingFaceProviderTest {

    private static final ScriptedReply ANSWER =
            ScriptedReply.json(200, "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}");

    @Test
    void request_hasTheModelFirst_withItsSuffix() {
        try (ProviderBench bench = Bench.open(Map.of())) {
            bench.send(Prompt.builder().user("Hi").maxTokens(5).build(), "openai/gpt-oss-20b:cheapest", false, ANSWER);

            ScriptedRequest request = bench.lastRequest();
            assertThat(request.path()).isEqualTo("/v1/chat/completions");
            assertThat(request.headers())
                    .containsEntry("authorization", "Bearer " + Bench.TOKEN)
                    .doesNotContainKey("x-hf-bill-to");
            assertThat(request.body())
                    .startsWith("{\"model\":\"openai/gpt-oss-20b:cheapest\",")
                    .endsWith(",\"max_tokens\":5}");
        }
    }

    @Test
    void settings_areThoseThatAnAccountMayHave() {
        HuggingFaceProvider provider = new HuggingFaceProvider();
        assertThat(provider.settings())
                .extracting(SettingKey::name)
                .containsExactlyInAnyOrder(
                        "base-url", "connect-timeout", "bill-to", "embedding-inputs", "embedding-tokens");
        assertThat(provider.environmentVariables()).containsOnlyKeys("HF_TOKEN");
    }

    @Test
    void accountWithoutSettings_goesToTheRouter() {
        try (FakeServices services = FakeServices.real();
                ProviderClient client = new HuggingFaceProvider()
                        .connect(
                                AccountSettings.of("hf-1", "huggingface", Optional.empty(), Settings.none("hf-1")),
                                services)) {
            assertThat(client).hasToString("account hf-1 at router.huggingface.co");
        }
    }

    @Test
    void payer_isNamed_ifItCanBe() {
        try (ProviderBench bench = Bench.open(Map.of("bill-to", " acme "))) {
            bench.send(ANSWER).awaitDone();

            assertThat(bench.lastRequest().headers()).containsEntry("x-hf-bill-to", "acme");
            assertThat(bench.client()
                            .admission(
                                    Prompt.builder().user("abc").maxTokens(500).build(), "M"))
                    .isEqualTo(Admission.asMade(9, 500));
        }
        assertThatThrownBy(() -> Bench.open(Map.of("bill-to", "acme\nX-Other: 1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("account hf-1: bill-to");
    }

    @Test
    void texts_areEmbeddedByHfInference() {
        Prompt prompt = Prompt.builder()
                .operation(Prompt.Operation.EMBEDDING)
                .user("a")
                .user("b")
                .extra("normalize", true)
                .extra("user", "u")
                .extra("encoding_format", "base64")
                .build();
        for (String model : List.of("BAAI/bge-small-en-v1.5", "BAAI/bge-small-en-v1.5:hf-inference")) {
            try (ProviderBench bench = Bench.open(Map.of())) {
                RecordingSink sink = bench.send(prompt, model, false, ScriptedReply.json(200, "[[0.5,1],[2,3]]"));
                assertThat(sink.awaitDone().usage()).isEmpty();
                assertThat(sink.text().lines().map(Embedding::decode))
                        .containsExactly(new float[] {0.5f, 1}, new float[] {2, 3});
                assertThat(bench.lastRequest().path())
                        .isEqualTo("/hf-inference/models/BAAI/bge-small-en-v1.5/pipeline/feature-extraction");
                assertThat(bench.lastRequest().body()).isEqualTo("{\"inputs\":[\"a\",\"b\"],\"normalize\":true}");
            }
        }
    }

    /** Such models send a vector for each token. */
    @Test
    void vectorsOfTokens_areNoAnswer() {
        try (ProviderBench bench = Bench.open(Map.of())) {
            RecordingSink sink = bench.send(
                    Prompt.embedding(List.of("a")), "gpt2", false, ScriptedReply.json(200, "[[[0.5,1],[2,3]]]"));
            assertThat(sink.awaitFailure().kind()).isEqualTo(FailureKind.UNAVAILABLE);
        }
    }

    @Test
    void embeddingsThatHfInferenceLacks_areRefusedBeforeACall() {
        try (ProviderBench bench = Bench.open(Map.of())) {
            assertThat(bench.client().refuses(Prompt.embedding(List.of("a")), "BAAI/bge-small-en-v1.5:nebius"))
                    .hasValueSatisfying(why -> assertThat(why).contains("leave ':nebius' out"));
            Prompt tokens = Prompt.builder()
                    .operation(Prompt.Operation.EMBEDDING)
                    .message(Message.tokens(List.of(1, 2)))
                    .build();
            assertThat(bench.client().refuses(tokens, "BAAI/bge-small-en-v1.5")).isPresent();
            assertThat(bench.client().refuses(Prompt.embedding(List.of("a")), "BAAI/bge-small-en-v1.5"))
                    .isEmpty();
        }
    }
}
