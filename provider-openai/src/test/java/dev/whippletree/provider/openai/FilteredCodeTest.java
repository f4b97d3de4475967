package dev.whippletree.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.testkit.provider.ProviderBench;
import dev.whippletree.testkit.provider.ScriptedReply;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller is told what the service calls its refusal, wherever it said so. */
final class FilteredCodeTest {

    private final ProviderBench bench = Bench.open(Map.of());

    @AfterEach
    void close() {
        bench.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"error\":{\"message\":\"words\",\"code\":\"content_policy_violation\"}} | content_policy_violation",
                "{\"error\":{\"message\":\"words\",\"code\":\"content_filter\",\"type\":null}} | content_filter",
                "{\"error\":{\"message\":\"words\",\"type\":\"content_policy_violation\"}} | content_policy_violation",
                "{\"error\":{\"message\":\"words\",\"type\":\"content_filter\",\"code\":null}} | content_filter",
                "{\"error\":{\"message\":\"words\",\"type\":\"content_filter\",\"code\":400}} | content_filter",
                "{\"error\":{\"message\":\"words\",\"type\":\"content_filter\",\"code\":\"bad\"}} | content_filter",
                "{\"error\":\"words\",\"error_type\":\"content_filter\"} | content_filter",
                "{\"message\":\"words\",\"code\":\"content_policy_violation\"} | content_policy_violation"
            })
    void code_isTheServicesOwn(String error, String code) {
        assertFiltered(bench.failure(ScriptedReply.json(400, error)), code);
        assertFiltered(bench.failure(ScriptedReply.events("event: error\ndata: " + error + "\n\n")), code);
        if (error.contains("\"error\"")) {
            assertFiltered(bench.failure(ScriptedReply.json(200, error)), code);
            assertFiltered(bench.failure(ScriptedReply.events("data: " + error + "\n\n")), code);
        }
    }

    @Test
    void codeInAHeader_isTheServicesOwn() {
        assertFiltered(
                bench.failure(ScriptedReply.json(400, "{}").with("x-error-code", "content_policy_violation")),
                "content_policy_violation");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void finishReason_isTheCode(boolean streamed) {
        String choice = "{\"choices\":[{\"%s\":{\"content\":\"Hi\"},\"finish_reason\":\"content_filter\"}]}";

        assertFiltered(
                bench.failure(
                        streamed
                                ? ScriptedReply.events("data: " + choice.formatted("delta") + "\n\n")
                                : ScriptedReply.json(200, choice.formatted("message"))),
                "content_filter");
    }

    @Test
    void codeThatDecidesNothing_staysTheServicesOwn() {
        Failure failure = bench.failure(ScriptedReply.json(
                400, "{\"error\":{\"message\":\"words\",\"type\":\"some_error\",\"code\":\"bad\"}}"));

        assertThat(failure.kind()).isEqualTo(FailureKind.REJECTED);
        assertThat(failure.code()).contains("bad");
    }

    @ParameterizedTest
    @CsvSource({"messages[1].content, messages[1].content", "temperature, temperature", "sk-of-somebody-0123, "})
    void field_isTheServicesOwn_unlessItIsASecret(String param, @Nullable String told) {
        Failure failure = bench.failure(ScriptedReply.json(
                400, "{\"error\":{\"message\":\"words\",\"code\":\"bad\",\"param\":\"" + param + "\"}}"));

        assertThat(failure.param()).isEqualTo(Optional.ofNullable(told));
    }

    private static void assertFiltered(Failure failure, String code) {
        assertThat(failure.kind()).isEqualTo(FailureKind.FILTERED);
        assertThat(failure.code()).contains(code);
    }
}
