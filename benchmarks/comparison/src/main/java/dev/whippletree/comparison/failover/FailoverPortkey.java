package dev.whippletree.comparison.failover;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Portkey's gateway, which takes its configuration from a header of each request. */
public record FailoverPortkey(FailoverRow row, int timeoutSeconds) implements FailoverGateway {

    public static final FailoverPortkey BASELINE = new FailoverPortkey(
            new FailoverRow(
                    "portkey",
                    "Portkey",
                    "As Failover Bench has it: Portkey's documentation, \"Fallbacks\", \"Automatic Retries\" and \"Request"
                            + " Timeouts\"."),
            30);

    public static final FailoverPortkey TUNED = new FailoverPortkey(
            new FailoverRow(
                    "portkey-10s", "Portkey, with a timeout of 10 s", "As above, with a request_timeout of 10 s."),
            10);

    @Override
    public String library() {
        return "@portkey-ai/gateway";
    }

    @Override
    public String configuration(List<FailoverScenario> scenarios, String wall) {
        return scenarios.stream()
                .map(scenario -> "x-portkey-config: " + header(scenario.firstChoice(), scenario.fallback(), wall))
                .collect(Collectors.joining("\n"));
    }

    private String header(String model, String fallback, String wall) {
        Map<String, Object> first = target(model, wall);
        first.put(
                "retry",
                ordered(
                        "attempts",
                        2,
                        "on_status_codes",
                        List.of(429, 500, 502, 503, 504),
                        "use_retry_after_header",
                        true));
        return new JsonMapper()
                .writeValueAsString(ordered(
                        "strategy", Map.of("mode", "fallback"),
                        "request_timeout", timeoutSeconds * 1_000,
                        "targets", List.of(first, target(fallback, wall))));
    }

    private static Map<String, Object> target(String model, String wall) {
        return ordered(
                "provider",
                "openai",
                "api_key",
                "token-" + model,
                "custom_host",
                wall,
                "override_params",
                Map.of("model", model));
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    @Override
    public List<String> command(Installed installed, Path folder, int port, String wall) {
        return List.of(
                "node",
                "--max-old-space-size=" + Installed.HEAP_MB,
                installed
                        .contenders()
                        .resolve("node/node_modules/@portkey-ai/gateway/build/start-server.js")
                        .toString(),
                "--headless",
                "--port=" + port);
    }

    @Override
    public Map<String, String> headers(String model, String fallback, String wall) {
        return Map.of("Authorization", "Bearer none", "x-portkey-config", header(model, fallback, wall));
    }
}
