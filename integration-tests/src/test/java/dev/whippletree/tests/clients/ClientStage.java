package dev.whippletree.tests.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.http.CallListener;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.emulator.script.AnswerScript;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.ServiceCall;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A gateway with a key, over accounts of an emulated Hugging Face and Groq, each of which fails in its own way or not
 * at all. What the services receive is kept. Thread-safe.
 *
 * <p>A client chooses by {@code account/model} who answers, or by a route: {@code limited}, whose account tells
 * everybody to wait longer than the route lets them, {@code waiting}, which lets them wait for that account, or
 * {@code impatient}, where answers break off.
 */
final class ClientStage implements AutoCloseable {

    /** What a client has to show. */
    static final String KEY = "key-of-acme";

    static final String MODEL = "openai/gpt-oss-20b";

    /** How long the account {@code limited} tells everybody to wait. */
    static final Duration CLOSED = Duration.ofMinutes(1);

    private static final List<String> FAULTS =
            List.of("400:mistaken", "502:broken", "429=60s:limited", "stall:stalling", "hang:silent");

    /** Texts that {@link ClientProtocolContract} knows. */
    private static final String SCRIPT = """
            [
              {"when": "easoning)", "answers": [{"reasoning": "They ask for a reason.", "content": "Because we listen."}]},
              {"when": "(refusal)", "answers": [{"refusal": "I can't help with that."}]},
              {"when": "(manyTurns)", "answers": [
                {"tool_calls": [{"id": "call_1", "type": "function",
                  "function": {"name": "weather", "arguments": "{\\"city\\": \\"Bern\\"}"}}]},
                {"tool_calls": [{"id": "call_2", "type": "function",
                  "function": {"name": "weather", "arguments": "{\\"city\\": \\"Basel\\"}"}}]},
                {"content": "It is warmer in Basel."}
              ]}
            ]
            """;

    private final AnswerScript script;
    private final SystemTimeline timeline = new SystemTimeline();
    private final List<JsonNode> received = new CopyOnWriteArrayList<>();
    private final List<String> left = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> silentCall = new CompletableFuture<>();
    private final CompletableFuture<Void> waitingCall = new CompletableFuture<>();
    private final EmulatorServer server;
    private final Whippletree whippletree;
    private final Gateway gateway;

    /**
     * Starts all of it.
     *
     * @param folder an existing one, for the configuration
     */
    ClientStage(Path folder) throws IOException {
        this(folder, AnswerScript.read(SCRIPT));
    }

    /**
     * Starts all of it.
     *
     * @param folder an existing one, for the configuration
     * @param script what the services answer
     */
    ClientStage(Path folder, AnswerScript script) throws IOException {
        this.script = script;
        server = EmulatorServer.start(
                List.of(emulated(ServiceKind.HUGGING_FACE, accounts()), emulated(ServiceKind.GROQ, List.of("groq"))),
                0,
                timeline,
                new Kept());
        Path file = Files.writeString(folder.resolve("whippletree.yaml"), configuration());
        whippletree = Whippletree.builder()
                .timeline(timeline)
                .configuration(file)
                .environment(Map.of())
                .listener(new Line())
                .build();
        GatewaySettings.Client acme = new GatewaySettings.Client("acme", Secret.of(KEY), List.of());
        gateway = Gateway.start(
                whippletree,
                GatewaySettings.DEFAULT
                        .withPort(0)
                        .withClients(List.of(acme), Optional.empty())
                        .withShowAccounts(true),
                timeline);
    }

    /** The account that answers, and one for each fault, called as the rule calls it. */
    private static List<String> accounts() {
        List<String> accounts = new ArrayList<>(List.of("good"));
        FAULTS.forEach(rule -> accounts.add(rule.substring(rule.indexOf(':') + 1)));
        return accounts;
    }

    private EmulatedService emulated(ServiceKind kind, List<String> accounts) {
        ServiceSettingsBuilder builder = ServiceSettings.builder(kind)
                .models(MODEL)
                .script(script)
                .faults(new FaultScript(FAULTS.stream().map(FaultRule::parse).toList()));
        accounts.forEach(id -> builder.account(id, token(id)));
        return new EmulatedService(builder.build(), timeline.nanoTime());
    }

    private static String token(String account) {
        return "token-of-" + account;
    }

    private String configuration() {
        StringBuilder yaml = new StringBuilder("accounts:\n");
        accounts().forEach(id -> yaml.append(account(id, ServiceKind.HUGGING_FACE)));
        yaml.append(account("groq", ServiceKind.GROQ));
        List<String> usual = new ArrayList<>(accounts());
        usual.add("groq");
        usual.remove("limited");
        return yaml + """
                routes:
                  usual: { model: %1$s, accounts: %2$s, attempts: 1, timeouts: { between-tokens: 1h, whole: 1h } }
                  limited: { model: %1$s, accounts: [limited], deadline: 1s }
                  waiting: { model: %1$s, accounts: [limited] }
                  agents: { model: %1$s, accounts: [good], aliases: [gpt-5.5, gpt-6.2-sol, claude-sonnet-4-5] }
                  impatient: { model: %1$s, accounts: [stalling], attempts: 1, timeouts: { between-tokens: 1s } }
                """.formatted(MODEL, usual);
    }

    private String account(String id, ServiceKind kind) {
        return "  - { id: %s, provider: %s, token: %s, base-url: %s }\n"
                .formatted(id, kind.provider(), token(id), server.baseUrl(kind));
    }

    /** Returns what a client's base URL is. */
    String baseUrl() {
        return gateway.baseUrl();
    }

    /** Returns how everything stands. */
    StatusSnapshot status() {
        return whippletree.status();
    }

    /** Returns the bodies of all requests that a service received in which a text stands, in their order. */
    List<JsonNode> received(String text) {
        return received.stream()
                .filter(body -> body.path("messages").toString().contains(text))
                .toList();
    }

    /** Returns whether a caller of a service left before the response to a request with this text was complete. */
    boolean left(String text) {
        return left.stream().anyMatch(body -> body.contains(text));
    }

    /** Ends when a service has got a request with this text. */
    CompletableFuture<Void> silentCall() {
        return silentCall;
    }

    /** Ends when a prompt that asks to be left in line waits there. */
    CompletableFuture<Void> waitingCall() {
        return waitingCall;
    }

    /** Returns whether the caller of that prompt has left. */
    boolean leftLine() {
        return waitingCall.isDone() && status().waiting() == 0;
    }

    @Override
    public void close() {
        gateway.close(Duration.ZERO).join();
        whippletree.close();
        server.close();
        timeline.close();
    }

    /** Sees who is about to wait. */
    private final class Line implements EngineListener {

        @Override
        public Consumer<ServiceCall> opened(Prompt prompt) {
            if (prompt.messages().stream().anyMatch(message -> message.text().contains("(leaveLine)"))) {
                waitingCall.completeAsync(() -> {
                    await().until(() -> status().waiting() > 0);
                    return null;
                });
            }
            return this::called;
        }
    }

    /** Keeps what arrives. */
    private final class Kept implements CallListener {

        @Override
        public void arrived(ServiceKind service, byte[] body) {
            received.add(JsonMapper.shared().readTree(body));
            if (new String(body, UTF_8).contains("(leave)")) {
                silentCall.complete(null);
            }
        }

        @Override
        public void left(ServiceKind service, byte[] body) {
            left.add(new String(body, UTF_8));
        }
    }
}
