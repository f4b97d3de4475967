package dev.whippletree.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.config.KnownPlugins.PluginKind;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KnownPluginsTest {

    private static final PluginKind PROVIDERS =
            PluginKind.of("provider", Map.of("groq", Set.of(), "huggingface", Set.of(), "openai", Set.of()));

    /** None of these is a provider of ours, and all of them speak OpenAI's protocol. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "vllm", "vLLM", "ollama", "lmstudio", "lm-studio", "llama.cpp", "llamacpp", "llama-server", "localai",
                "sglang", "tgi", "litellm", "together", "together-ai", "openrouter", "fireworks", "deepseek", "mistral",
                "cerebras", "azure", "xai", "gemini", "openai-compatible", "custom"
            })
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
