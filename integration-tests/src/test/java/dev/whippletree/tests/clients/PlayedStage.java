package dev.whippletree.tests.clients;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.model.Secret;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A gateway with a key, over accounts of a {@link PlayedService}. Thread-safe.
 *
 * <p>The route {@code played} answers, also under names by which clients choose another protocol. What makes an account
 * wait has accounts of its own: the routes {@code limited-N}, {@code line-N}, {@code failing-N} and {@code breaks-N},
 * for as many N as there are programs that want one. A prompt of {@code limited-N} has no time to wait, one of
 * {@code line-N} has.
 */
final class PlayedStage implements AutoCloseable {

    /** What a client has to show. */
    static final String KEY = "key-of-acme";

    private static final int ACCOUNTS = 16;

    private final SystemTimeline timeline = new SystemTimeline();
    private final PlayedService service;
    private final Whippletree whippletree;
    private final Gateway gateway;

    /**
     * Starts all of it.
     *
     * @param folder an existing one, for the configuration
     */
    PlayedStage(Path folder) throws IOException {
        service = new PlayedService();
        whippletree = Whippletree.builder()
                .timeline(timeline)
                .configuration(Files.writeString(folder.resolve("whippletree.yaml"), configuration()))
                .environment(Map.of())
                .build();
        service.waiting(() -> whippletree.status().waiting());
        gateway = Gateway.start(
                whippletree,
                GatewaySettings.DEFAULT
                        .withPort(0)
                        .withClients(
                                List.of(new GatewaySettings.Client("acme", Secret.of(KEY), List.of())),
                                Optional.empty())
                        .withBatches(GatewaySettings.Batches.in(folder.resolve("batches"))),
                timeline);
    }

    private String configuration() {
        List<String> accounts = new ArrayList<>(List.of("good"));
        StringBuilder routes = new StringBuilder();
        for (int n = 0; n < ACCOUNTS; n++) {
            accounts.addAll(List.of("limited-" + n, "failing-" + n, "breaks-" + n));
            routes.append(route("limited-" + n, "limited-" + n, "deadline: 1s"))
                    .append(route("line-" + n, "limited-" + n, "deadline: 1h"))
                    .append(route("failing-" + n, "failing-" + n, "attempts: 1"))
                    .append(route("breaks-" + n, "breaks-" + n, "attempts: 1"));
        }
        StringBuilder yaml = new StringBuilder("caches: []\naccounts:\n");
        accounts.forEach(id ->
                yaml.append("  - { id: %s, provider: openai, base-url: %s/v1 }%n".formatted(id, service.address())));
        return yaml.append("default-route: played\nroutes:\n")
                .append(route(
                        "played",
                        "good",
                        "attempts: 1, timeouts: { between-tokens: 1h, whole: 1h },"
                                + " aliases: [gpt-5.2-codex, gpt-4o, text-embedding-3-small, text-embedding-ada-002]"))
                .append(routes)
                .toString();
    }

    private static String route(String name, String account, String settings) {
        return "  %s: { model: played-model, accounts: [%s], %s }%n".formatted(name, account, settings);
    }

    /**
     * Returns what is added to the command of a client's program: base URL, key, and where the service tells what it
     * saw.
     */
    List<String> arguments() {
        return List.of(gateway.baseUrl(), KEY, service.address() + "/seen");
    }

    @Override
    public void close() {
        gateway.close(Duration.ZERO).join();
        whippletree.close();
        service.close();
        timeline.close();
    }
}
