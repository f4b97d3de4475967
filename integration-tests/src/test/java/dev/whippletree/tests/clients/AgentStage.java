package dev.whippletree.tests.clients;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.emulator.http.CallListener;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.script.AnswerScript;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.model.Secret;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway with a key, over an account whose answers are written beforehand, under each name that agents ask for. */
final class AgentStage implements AutoCloseable {

    /** What a client has to show. */
    static final String KEY = "key-of-acme";

    private static final String MODEL = "openai/gpt-oss-20b";

    private final SystemTimeline timeline = new SystemTimeline();
    private final List<JsonNode> received = new CopyOnWriteArrayList<>();
    private final EmulatorServer server;
    private final Whippletree whippletree;
    private final Gateway gateway;

    /**
     * Starts all of it.
     *
     * @param folder an existing one, for the configuration
     * @param script what the service answers
     */
    AgentStage(Path folder, AnswerScript script) throws IOException {
        ServiceSettings settings = ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .models(MODEL)
                .script(script)
                .account("good", "token-1")
                .build();
        server = EmulatorServer.start(
                List.of(new EmulatedService(settings, timeline.nanoTime())), 0, timeline, new CallListener() {
                    @Override
                    public void arrived(ServiceKind service, byte[] body) {
                        received.add(JsonMapper.shared().readTree(body));
                    }
                });
        Path file = Files.writeString(
                folder.resolve("whippletree.yaml"), """
                accounts: [{ id: good, provider: huggingface, token: token-1, base-url: %s }]
                routes: { agents: { model: %s, aliases: [gpt-5.5, gpt-6.2-sol, claude-sonnet-4-5] } }
                """.formatted(server.baseUrl(ServiceKind.HUGGING_FACE), MODEL));
        whippletree = Whippletree.builder()
                .timeline(timeline)
                .configuration(file)
                .environment(Map.of())
                .build();
        GatewaySettings.Client acme = new GatewaySettings.Client("acme", Secret.of(KEY), List.of());
        gateway = Gateway.start(
                whippletree,
                GatewaySettings.DEFAULT.withPort(0).withClients(List.of(acme), Optional.empty()),
                timeline);
    }

    /** Returns what a client's base URL is. */
    String baseUrl() {
        return gateway.baseUrl();
    }

    /** Returns the bodies of all requests that the service received in which a text stands, in their order. */
    List<JsonNode> received(String text) {
        return received.stream()
                .filter(body -> body.path("messages").toString().contains(text))
                .toList();
    }

    @Override
    public void close() {
        gateway.close(Duration.ZERO).join();
        whippletree.close();
        server.close();
        timeline.close();
    }
}
