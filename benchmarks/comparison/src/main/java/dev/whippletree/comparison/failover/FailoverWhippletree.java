package dev.whippletree.comparison.failover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whippletree's gateway. */
public record FailoverWhippletree(FailoverRow row, boolean hasFallback, String more) implements FailoverGateway {

    public static final FailoverWhippletree ACCOUNTS_ONLY = new FailoverWhippletree(
            new FailoverRow(
                    "whippletree-accounts",
                    "Whippletree, accounts only",
                    "docs/reference/configuration.md: only what is required. There is no fallback, so the bench's rules"
                            + " about one don't concern it."),
            false,
            "");

    public static final FailoverWhippletree FALLBACK = new FailoverWhippletree(
            new FailoverRow(
                    "whippletree-fallback",
                    "Whippletree, with a fallback",
                    "docs/reference/configuration.md, \"routes\": a second tier. Everything else is the default."),
            true,
            "");

    public static final FailoverWhippletree TIMEOUTS = new FailoverWhippletree(
            new FailoverRow(
                    "whippletree-timeouts",
                    "Whippletree, with a fallback and timeouts",
                    "docs/reference/configuration.md, \"Timeouts\": each is 10 s."),
            true,
            ", timeouts: { first-byte: 10s, first-token: 10s, between-tokens: 10s }");

    private static final String KEY = "key-of-the-bench-of-failures";

    @Override
    public String library() {
        return "whippletree";
    }

    @Override
    public String configuration(List<FailoverScenario> scenarios, String wall) {
        return "accounts:\n"
                + Stream.concat(scenarios.stream().map(FailoverScenario::id), fallbacks(scenarios))
                        .map(id -> "  - { id: %1$s, provider: openai, token: token-%1$s, base-url: '%2$s' }\n"
                                .formatted(id, wall))
                        .collect(Collectors.joining())
                + "routes:\n"
                + scenarios.stream().map(this::route).collect(Collectors.joining())
                + fallbacks(scenarios)
                        .map(id -> "  %1$s: { tiers: [%2$s] }\n".formatted(id, target(id, id)))
                        .collect(Collectors.joining())
                + "gateway: { clients: [{ name: bench, key: %s }] }\n".formatted(KEY);
    }

    private static Stream<String> fallbacks(List<FailoverScenario> scenarios) {
        return scenarios.stream().map(FailoverScenario::fallback).distinct();
    }

    private static String target(String account, String model) {
        return "{ account: %s, model: %s }".formatted(account, model);
    }

    private String route(FailoverScenario scenario) {
        String first = target(scenario.id(), scenario.firstChoice());
        return "  %s: { tiers: [%s%s]%s }\n"
                .formatted(
                        scenario.firstChoice(),
                        first,
                        hasFallback ? ", " + target(scenario.fallback(), scenario.fallback()) : "",
                        more);
    }

    @Override
    public List<String> command(Installed installed, Path folder, int port, String wall) throws IOException {
        Path file = Files.writeString(
                folder.resolve("whippletree.yaml"), configuration(List.of(FailoverScenario.values()), wall));
        return List.of(
                "env",
                "WHIPPLETREE_JAVA_OPTIONS=-Xmx" + Installed.HEAP_MB + "m",
                installed.whippletree().toString(),
                "serve",
                "--config",
                file.toString(),
                "--port",
                "" + port);
    }

    @Override
    public Map<String, String> headers(String model, String fallback, String wall) {
        return Map.of("Authorization", "Bearer " + KEY);
    }
}
