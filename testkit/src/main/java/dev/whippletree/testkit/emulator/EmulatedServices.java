package dev.whippletree.testkit.emulator;

import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.time.SystemTimeline;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that gives each test its own emulated services, on the loopback interface, with all limits unused.
 *
 * <pre>{@code
 * @RegisterExtension
 * final EmulatedServices services = EmulatedServices.of(ServiceSettings.builder(ServiceKind.GROQ)
 *         .account("groq-1", "any token", ServiceLimit.bucket(Limit.parse("30 requests / 1m")))
 *         .build());
 *
 * @Test
 * void answers() {
 *     … Map.of("base-url", services.baseUrl(ServiceKind.GROQ)) …
 *     assertThat(services.stats(ServiceKind.GROQ).rateLimited()).isZero();
 * }
 * }</pre>
 *
 * <p>They use the wall clock. For virtual time, use {@code dev.whippletree.emulator.simulation}. Confined to the test's
 * thread.
 */
public final class EmulatedServices implements BeforeEachCallback, AfterEachCallback {

    private final List<ServiceSettings> settings;
    private @Nullable SystemTimeline timeline;
    private @Nullable EmulatorServer server;

    private EmulatedServices(List<ServiceSettings> settings) {
        this.settings = settings;
    }

    /**
     * Returns an extension that emulates services.
     *
     * @param settings each service, at most one of a kind
     */
    public static EmulatedServices of(ServiceSettings... settings) {
        return new EmulatedServices(List.of(settings));
    }

    /** Starts the services. Blocks until they listen, each time on a port that is free. */
    @Override
    public void beforeEach(ExtensionContext context) {
        SystemTimeline clock = new SystemTimeline();
        timeline = clock;
        server = EmulatorServer.start(
                settings.stream()
                        .map(service -> new EmulatedService(service, clock.nanoTime()))
                        .toList(),
                0,
                clock);
    }

    /** Stops them, and breaks off what is under way. */
    @Override
    public void afterEach(ExtensionContext context) {
        if (server != null) {
            server.close();
            server = null;
        }
        if (timeline != null) {
            timeline.close();
            timeline = null;
        }
    }

    /**
     * Returns what the setting {@code base-url} of a provider has to be, so that it speaks to the emulated service.
     *
     * @throws IllegalStateException if no test is running
     */
    public String baseUrl(ServiceKind kind) {
        return running().baseUrl(kind);
    }

    /**
     * Returns what a service has seen during this test: calls, what it refused, its fullest windows.
     *
     * @throws IllegalArgumentException if it isn't emulated
     * @throws IllegalStateException if no test is running
     */
    public ServiceStats stats(ServiceKind kind) {
        return running().stats().stream()
                .filter(stats -> stats.service().equals(kind.provider()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(kind + " isn't among the emulated services"));
    }

    private EmulatorServer running() {
        if (server == null) {
            throw new IllegalStateException(
                    "the services run only during a test; is the field annotated with @RegisterExtension?");
        }
        return server;
    }
}
