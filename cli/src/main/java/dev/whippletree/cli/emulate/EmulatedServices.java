package dev.whippletree.cli.emulate;

import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Emulated services on a free port, each with one account. Thread-safe. */
public record EmulatedServices(EmulatorServer server) implements AutoCloseable {

    /** The token that each service takes. */
    public static final String TOKEN = "emulated-token-1";

    static final String ID = "emulated-1";

    private static final Latency AT_ONCE = Latency.constant(Duration.ofMillis(1));

    /** Starts one of each kind, which answers at once. Blocks until they listen. */
    public static EmulatedServices open(Surroundings surroundings) {
        return open(surroundings, AT_ONCE, ServiceKind.values());
    }

    static EmulatedServices open(Surroundings surroundings, Latency latency, ServiceKind... kinds) {
        long now = surroundings.timeline().nanoTime();
        List<EmulatedService> services = Stream.of(kinds)
                .map(kind -> new EmulatedService(
                        ServiceSettings.builder(kind)
                                .account(ID, TOKEN)
                                .latency(latency)
                                .build(),
                        now))
                .toList();
        return new EmulatedServices(EmulatorServer.start(services, 0, surroundings.timeline()));
    }

    String baseUrl(ServiceKind kind) {
        return server.baseUrl(kind);
    }

    /** Returns the base URL of each, by the provider that asks it. */
    public Map<String, String> baseUrls() {
        Map<String, String> urls = new LinkedHashMap<>();
        for (ServiceKind kind : ServiceKind.values()) {
            urls.put(kind.provider(), baseUrl(kind));
        }
        return urls;
    }

    @Override
    public void close() {
        server.close();
    }
}
