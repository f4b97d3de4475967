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

/** One emulated service of each kind on a free port, which answers at once. Thread-safe. */
public final class EmulatedServices implements AutoCloseable {

    /** The token that each service takes. */
    public static final String TOKEN = "emulated-token-1";

    private static final Latency LATENCY = Latency.constant(Duration.ofMillis(1));

    private final EmulatorServer server;

    private EmulatedServices(EmulatorServer server) {
        this.server = server;
    }

    /** Starts them. Blocks until they listen. */
    public static EmulatedServices open(Surroundings surroundings) {
        long now = surroundings.timeline().nanoTime();
        List<EmulatedService> services = Stream.of(ServiceKind.values())
                .map(kind -> new EmulatedService(settings(kind), now))
                .toList();
        return new EmulatedServices(EmulatorServer.start(services, 0, surroundings.timeline()));
    }

    private static ServiceSettings settings(ServiceKind kind) {
        return ServiceSettings.builder(kind)
                .account("emulated-1", TOKEN)
                .latency(LATENCY)
                .build();
    }

    /** Returns the base URL of each, by the provider that asks it. */
    public Map<String, String> baseUrls() {
        Map<String, String> urls = new LinkedHashMap<>();
        for (ServiceKind kind : ServiceKind.values()) {
            urls.put(kind.provider(), server.baseUrl(kind));
        }
        return urls;
    }

    /** Ends them. */
    @Override
    public void close() {
        server.close();
    }
}
