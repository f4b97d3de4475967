package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.KnownPlugins.PluginKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {

    private static final List<String> KNOWN = List.of("provider", "token", "weight", "max-concurrency");

    @ParameterizedTest
    @CsvSource({"provdier,provider", "Token,token", "tokens,token", "maxconcurrency,max-concurrency", "wieght,weight"})
    void nearName_isOffered(String written, String meant) {
        assertThat(Names.suggestion(written, KNOWN)).isEqualTo("; did you mean '" + meant + "'?");
    }

    @Test
    void farName_getsAllThatAreKnown() {
        assertThat(Names.suggestion("zebra", KNOWN)).isEqualTo("; known: max-concurrency, provider, token, weight");
        assertThat(Names.suggestion("", List.of("a"))).isEqualTo("; known: a");
        assertThat(Names.suggestion("x", List.of())).isEqualTo("; none is known");
    }

    private static final PluginKind PROVIDERS =
            PluginKind.of("provider", Map.of("groq", Set.of(), "huggingface", Set.of(), "openai", Set.of()));

    /** None of these is a provider of ours, and all of them speak OpenAI's protocol. */
    @ParameterizedTest
    @ValueSource(strings = {"vLLM", "ollama", "tgi", "together-ai", "openrouter", "xai", "openai-compatible", "custom"})
    void serviceWithOpenaisProtocol_isReachedByThatProvider(String name) {
        assertThat(PROVIDERS.unknown(name).orElseThrow())
                .startsWith("no provider named '" + name + "'; known: groq, huggingface, openai; for a service")
                .contains("write 'provider: openai' and its 'base-url'");
    }

    @Test
    void nameThatIsNear_isProbablyMeant_andWithoutThatProviderItsModuleIsMissing() {
        assertThat(PROVIDERS.unknown("open-ai").orElseThrow()).endsWith("did you mean 'openai'?");
        assertThat(PluginKind.of("provider", Map.of("groq", Set.of()))
                        .unknown("vllm")
                        .orElseThrow())
                .doesNotContain("base-url")
                .contains("whippletree-provider-vllm");
    }
}
