package dev.whippletree.tests.benchmark;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.config.GatewaySettings.Client;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.model.Secret;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;

/**
 * How long one client of a gateway waits while another one keeps the line full. Client A sends many prompts at once,
 * and again as soon as all are answered; client B sends one a second. The service is emulated, and answers four calls
 * at once in 60 ms each.
 */
public final class TenantFigures implements AutoCloseable {

    private static final int PROMPTS_OF_B = 60;
    private static final int AT_ONCE = 4;
    private static final int OK = 200;
    private static final Duration LATENCY = Duration.ofMillis(60);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final SystemTimeline timeline = new SystemTimeline();
    private final AtomicInteger prompts = new AtomicInteger();
    private final EmulatorServer service;
    private final Whippletree whippletree;
    private final Gateway gateway;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** How long a prompt of B took by its own clock, and for how long of that it waited for room, by the gateway's. */
    private record Times(long tookMillis, long waitedMillis) {

        static Times of(HttpResponse<String> response, long tookNanos) {
            if (response.statusCode() != OK) {
                throw new IllegalStateException("B was answered " + response.statusCode());
            }
            return new Times(
                    Duration.ofNanos(tookNanos).toMillis(),
                    response.headers()
                            .firstValueAsLong("x-whippletree-waited-ms")
                            .orElseThrow());
        }
    }

    /** Keeps A's prompts coming. */
    private final class Crowd {
        private final int many;
        private final boolean sessions;
        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicInteger refused = new AtomicInteger();
        private final AtomicInteger underWay = new AtomicInteger();
        private volatile boolean over;

        Crowd(int many, boolean sessions) {
            this.many = many;
            this.sessions = sessions;
        }

        void send() {
            underWay.set(many);
            for (int number = 0; number < many; number++) {
                Optional<String> session = sessions ? Optional.of("session " + number) : Optional.empty();
                var unused = ask("A", session).thenAccept(response -> answered(response.statusCode()));
            }
        }

        private void answered(int status) {
            if (over) {
                return;
            }
            (status == OK ? answered : refused).incrementAndGet();
            if (underWay.decrementAndGet() == 0) {
                send();
            }
        }
    }

    private TenantFigures() throws IOException {
        ServiceSettings settings = ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account("hf-1", "token-1")
                .latency(Latency.constant(LATENCY))
                .build();
        service = EmulatorServer.start(List.of(new EmulatedService(settings, timeline.nanoTime())), 0, timeline);
        whippletree = Whippletree.builder()
                .timeline(timeline)
                .account(AccountSettings.builder("hf-1", "huggingface")
                        .token("token-1")
                        .setting("base-url", service.baseUrl(ServiceKind.HUGGING_FACE))
                        .maxConcurrency(AT_ONCE)
                        .build())
                .build();
        gateway = Gateway.start(
                whippletree,
                GatewaySettings.DEFAULT.withPort(0).withClients(List.of(client("A"), client("B")), Optional.empty()),
                timeline);
    }

    private static Client client(String name) {
        return new Client(name, Secret.of(key(name)), List.of());
    }

    private static String key(String name) {
        return "the-key-of-client-" + name;
    }

    /** Prints the figures. */
    public static void main(String[] arguments) throws Exception {
        print("alone", 0, false);
        print("beside 500 at once", 500, false);
        print("beside 2,000 at once", 2_000, false);
        print("beside 2,000 at once, each of a session of its own", 2_000, true);
    }

    private static void print(String name, int many, boolean sessions) throws Exception {
        try (TenantFigures figures = new TenantFigures()) {
            figures.ask("B", Optional.empty()).join(); // Connections and classes are there from now on.
            Crowd crowd = figures.new Crowd(many, sessions);
            crowd.send();
            List<Times> times = figures.timesOfB();
            crowd.over = true;
            System.out.printf(
                    "B, one prompt a second, %s: answered in %s, of which in line %s; %s%n",
                    name,
                    summary(times, Times::tookMillis),
                    summary(times, Times::waitedMillis),
                    figures.shares(crowd));
        }
    }

    private static String summary(List<Times> times, ToLongFunction<Times> figure) {
        long[] sorted = times.stream().mapToLong(figure).sorted().toArray();
        return String.format(
                "p50 %d ms, p95 %d ms, p100 %d ms",
                sorted[sorted.length / 2], sorted[sorted.length * 95 / 100], sorted[sorted.length - 1]);
    }

    private String shares(Crowd crowd) {
        StatusSnapshot status = whippletree.status();
        return status.tenants().stream()
                        .filter(tenant -> tenant.name().equals(Optional.of("B")))
                        .findFirst()
                        .map(b -> String.format("%.1f %% of the starts", status.shareOfStarts(b) * 100))
                        .orElse("all of the starts")
                + "; A had " + crowd.answered.get() + " answers and " + crowd.refused.get() + " refusals";
    }

    private List<Times> timesOfB() throws InterruptedException {
        List<CompletableFuture<Times>> times = new ArrayList<>();
        for (int number = 0; number < PROMPTS_OF_B; number++) {
            Thread.sleep(PAUSE.toMillis());
            long begun = System.nanoTime();
            times.add(ask("B", Optional.empty()).thenApply(response -> Times.of(response, System.nanoTime() - begun)));
        }
        return times.stream().map(CompletableFuture::join).toList();
    }

    private CompletableFuture<HttpResponse<String>> ask(String client, Optional<String> session) {
        String body = "{\"model\":\"default\",\"messages\":[{\"role\":\"user\",\"content\":\"question "
                + prompts.incrementAndGet() + "\"}]}";
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway.baseUrl() + "/chat/completions"))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + key(client))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        session.ifPresent(name -> request.header("x-whippletree-session", name));
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        gateway.close(Duration.ZERO).join();
        whippletree.close(Duration.ZERO).join();
        service.close();
        timeline.close();
    }
}
