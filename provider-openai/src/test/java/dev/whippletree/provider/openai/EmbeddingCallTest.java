package dev.whippletree.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Embedding;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Message;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.provider.ProviderBench;
import dev.whippletree.testkit.provider.RecordingSink;
import dev.whippletree.testkit.provider.ScriptedReply;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EmbeddingCallTest {

    private static final String ONE = Embedding.encode(new float[] {0.1f, -0.2f});
    private static final Prompt PROMPT = Prompt.embedding(List.of("a text"));

    @AutoClose
    private final ProviderBench bench = Bench.open(Map.of());

    private static ScriptedReply data(String items) {
        return ScriptedReply.json(200, "{\"object\":\"list\",\"data\":[" + items + "],\"model\":\"served\"}");
    }

    private static ScriptedReply vector(String json) {
        return data("{\"index\":0,\"embedding\":" + json + "}");
    }

    private RecordingSink send(Prompt prompt, ScriptedReply reply) {
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
        send(prompt, data("{\"embedding\":\"" + ONE + "\"},{\"embedding\":[1,2]}"))
                .awaitDone();

        assertThat(bench.lastRequest().method() + " " + bench.lastRequest().path())
                .isEqualTo("POST /v1/embeddings");
        assertThat(bench.lastRequest().body())
                .isEqualTo("{\"model\":\"small\",\"input\":[\"a \\\"text\\\"\",[104,101]],"
                        + "\"encoding_format\":\"base64\",\"dimensions\":2}");
    }

    @Test
    void base64_isPassedOnUnchanged_numbersBecomeBase64_andTheUsageIsThePrompts() {
        RecordingSink sink = send(
                Prompt.embedding(List.of("a", "b")),
                ScriptedReply.json(
                        200,
                        "{\"id\":\"e\",\"model\":\"served\",\"data\":[{\"index\":1,\"embedding\":[0.1,-0.2]},{\"index\":0,"
                                + "\"embedding\":\"" + ONE
                                + "\"}],\"usage\":{\"prompt_tokens\":7,\"total_tokens\":7}}"));

        assertThat(sink.awaitDone())
                .isEqualTo(
                        new AnswerEnd(FinishReason.STOP, Optional.of(TokenUsage.of(7, 0)), "served", Optional.of("e")));
        assertThat(sink.text()).isEqualTo(ONE + "\n" + ONE);
    }

    @Test
    void tokensOfTexts_areEstimatedByTheirNumber() {
        Prompt prompt = Prompt.builder()
                .operation(Prompt.Operation.EMBEDDING)
                .message(Message.tokens(List.of(104, 101, 7)))
                .message(Message.tokens(List.of(104)))
                .build();
        assertThat(bench.client().admission(prompt, "m")).isEqualTo(Admission.asMade(8 + 3 + 8 + 1, 0));
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
        Failure failure = send(PROMPT, vector(json)).awaitFailure();
        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(failure.code()).contains(Failure.DAMAGED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'index':0,'embedding':[1]},{'index':0,'embedding':[2]} | isn't an answer",
                "{'index':1,'embedding':[1]},{'index':2,'embedding':[2]} | isn't an answer",
                "{'index':0,'embedding':null},{'index':1,'embedding':[1]} | isn't an answer",
                "{'index':0,'embedding':[1]},7 | isn't an answer",
                "{'index':0,'embedding':[1]} | the service sent 1 vectors for 2 texts",
                "{'embedding':[1]},{'embedding':[2]},{'embedding':[3]} | the service sent 3 vectors for 2 texts",
                "{'embedding':[1]},{'embedding':[2,3]} | of different dimensions, or empty ones"
            })
    void vectorsThatCannotBeMatched_areNoAnswer(String items, String words) {
        Failure failure = send(Prompt.embedding(List.of("a", "b")), data(items.replace('\'', '"')))
                .awaitFailure();
        assertThat(failure.kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(failure.code()).contains(Failure.DAMAGED);
        assertThat(failure.message()).contains(words);
    }

    /** Services that don't know Base64 send each number as a value of JSON, of which other answers have fewer. */
    @Test
    void moreThanAMillionNumbers_areRead() {
        String numbers = "[" + "0,".repeat(2_047) + "1]";
        RecordingSink sink = send(
                Prompt.embedding(Collections.nCopies(500, "a text")),
                data(String.join(",", Collections.nCopies(500, "{\"embedding\":" + numbers + "}"))));

        sink.awaitDone();
        float[] expected = new float[2_048];
        expected[2_047] = 1;
        assertThat(sink.text().lines()).hasSize(500).containsOnly(Embedding.encode(expected));
    }

    @Test
    void dimensionThatTheModelLacks_isRefusedInTheServicesWords() {
        Prompt prompt = Prompt.builder()
                .operation(Prompt.Operation.EMBEDDING)
                .user("a")
                .extra("dimensions", 3)
                .build();
        Failure refused = send(
                        prompt,
                        ScriptedReply.json(
                                400,
                                "{\"error\":{\"message\":\"This model does not support specifying dimensions.\"}}"))
                .awaitFailure();
        assertThat(refused.kind()).isEqualTo(FailureKind.REJECTED);
        assertThat(refused.message()).isEqualTo("This model does not support specifying dimensions.");

        Failure ignored = send(prompt, vector("[1,2]")).awaitFailure();
        assertThat(ignored.kind()).isEqualTo(FailureKind.REJECTED);
        assertThat(ignored.message()).contains("vectors of 2 dimensions", "\"dimensions\": 3");
        assertThat(ignored.param()).contains("dimensions");
        assertThat(ignored.status()).hasValue(400);
        Failure limited = send(prompt, ScriptedReply.json(200, "{\"error\":{\"message\":\"slow\",\"code\":429}}"))
                .awaitFailure();
        assertThat(limited.kind()).isEqualTo(FailureKind.RATE_LIMITED);
        assertThat(send(prompt, ScriptedReply.json(200, "")).awaitFailure().message())
                .contains("empty body");
    }

    @Test
    void bounds_areTheServicesUnlessSet() {
        assertThat(bounds("https://api.openai.com/v1", Map.of())).isEqualTo(new EmbeddingBounds(1_000, 300_000));
        assertThat(bounds("https://us.api.openai.com/v1", Map.of())).isEqualTo(new EmbeddingBounds(1_000, 300_000));
        assertThat(bounds("https://myapi.openai.com/v1", Map.of())).isEqualTo(new EmbeddingBounds(32, 300_000));
        assertThat(bounds("http://localhost:8080/v1", Map.of())).isEqualTo(new EmbeddingBounds(32, 300_000));
        assertThat(bounds("http://localhost:8080/v1", Map.of("embedding-inputs", "128", "embedding-tokens", "16384")))
                .isEqualTo(new EmbeddingBounds(128, 16_384));
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
}
