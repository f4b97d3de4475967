package dev.whippletree.comparison.failover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** LiteLLM's proxy. */
public record FailoverLiteLlm(FailoverRow row, String settings) implements FailoverGateway {

    public static final FailoverLiteLlm BASELINE = new FailoverLiteLlm(
            new FailoverRow(
                    "litellm",
                    "LiteLLM",
                    "As Failover Bench has it: LiteLLM's documentation, \"Fallbacks (Provider Failover)\" and \"Timeouts\"."),
            "  timeout: 30\n");

    public static final FailoverLiteLlm TUNED = new FailoverLiteLlm(
            new FailoverRow(
                    "litellm-10s",
                    "LiteLLM, with timeouts of 10 s",
                    "As above, and its documentation, \"Timeouts\" (stream_timeout) and \"Retries, fallbacks and"
                            + " cooldowns\" (retry_policy)."),
            """
              timeout: 10
              stream_timeout: 10
              retry_policy: { TimeoutErrorRetries: 0 }
            """);

    private static final String KEY = "sk-Xk29-of-the-bench-of-failures-7fQ4";

    @Override
    public String configuration(List<FailoverScenario> scenarios, String wall) {
        String fallbacks = scenarios.stream()
                .map(scenario -> "    - { %s: [%s] }\n".formatted(scenario.firstChoice(), scenario.fallback()))
                .collect(Collectors.joining());
        return "model_list:\n"
                + Stream.concat(
                                scenarios.stream().map(FailoverScenario::firstChoice),
                                scenarios.stream()
                                        .map(FailoverScenario::fallback)
                                        .distinct())
                        .map(model -> ("  - { model_name: %1$s, litellm_params:"
                                        + " { model: openai/%1$s, api_base: '%2$s', api_key: token-%1$s } }\n")
                                .formatted(model, wall))
                        .collect(Collectors.joining())
                + "router_settings:\n  num_retries: 2\n" + settings
                + "  fallbacks:\n" + fallbacks
                + "  context_window_fallbacks:\n" + fallbacks
                + "litellm_settings: { drop_params: true }\n"
                + "general_settings: { master_key: %s }\n".formatted(KEY);
    }

    @Override
    public String library() {
        return "litellm";
    }

    @Override
    public List<String> command(Installed installed, Path folder, int port, String wall) throws IOException {
        Path file = Files.writeString(
                folder.resolve("litellm.yaml"), configuration(List.of(FailoverScenario.values()), wall));
        return List.of(
                "env",
                // Its prices are of no use here, and without the Internet it waits for them.
                "LITELLM_LOCAL_MODEL_COST_MAP=True",
                "LITELLM_LOG=ERROR",
                installed.contenders().resolve("python/venv/bin/litellm").toString(),
                "--config",
                file.toString(),
                "--host",
                "127.0.0.1",
                "--port",
                "" + port);
    }

    @Override
    public Map<String, String> headers(String model, String fallback, String wall) {
        return Map.of("Authorization", "Bearer " + KEY);
    }
}
