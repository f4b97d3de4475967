package dev.whippletree.stress.interviews;

import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.emulator.model.ServiceSettingsBuilder;
import dev.whippletree.emulator.model.ServiceStats;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.time.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The emulated accounts of a stress run, listening on loopback. Thread-safe. */
public record StressEmulation(
        StressSettings settings, EmulatedService service, EmulatorServer server, Timeline timeline)
        implements AutoCloseable {

    private static final ServiceKind KIND = ServiceKind.HUGGING_FACE;
    private static final String TOKEN = "hf_emulated_";

    /**
     * Starts the emulated service on a free port. Blocks until it listens and is warm: a second or two.
     *
     * @throws IllegalStateException if no port can be had
     */
    public static StressEmulation start(StressSettings settings, Timeline timeline) {
        WarmUp.run(timeline);
        EmulatedService service = new EmulatedService(serviceSettings(settings), timeline.nanoTime());
        return new StressEmulation(settings, service, EmulatorServer.start(List.of(service), 0, timeline), timeline);
    }

    /** Returns the emulated service's own settings, for runs without sockets. */
    public static ServiceSettings serviceSettings(StressSettings settings) {
        ServiceSettingsBuilder builder = ServiceSettings.builder(KIND)
                .latency(settings.latency())
                .faults(settings.faults())
                .seed(settings.interviews().seed());
        for (int number = 1; number <= settings.accounts(); number++) {
            builder.account(StressSettings.accountId(number), TOKEN + number, ServiceLimit.sliding(settings.limit()));
        }
        return builder.build();
    }

    /** Lets the times of fault rules count from now on: call it right before the interviews start. */
    public void begin() {
        service.startFaultsAt(timeline.nanoTime());
    }

    /** Returns the accounts to configure a Whippletree with: the limits declared, the address the emulator's. */
    public List<AccountSettings> accounts() {
        return accounts(settings, KIND.provider(), Map.of("base-url", server.baseUrl(KIND)));
    }

    /** Returns the accounts of a run, for whoever puts another provider, with its settings, in front of the service. */
    public static List<AccountSettings> accounts(StressSettings settings, String provider, Map<String, String> values) {
        List<AccountSettings> accounts = new ArrayList<>();
        for (int number = 1; number <= settings.accounts(); number++) {
            String id = StressSettings.accountId(number);
            accounts.add(AccountSettings.builder(id, provider)
                    .token(TOKEN + number)
                    .maxConcurrency(settings.maxConcurrency())
                    .transit(settings.transit())
                    .limit(settings.limit())
                    .settings(values)
                    .build());
        }
        return accounts;
    }

    public ServiceStats stats() {
        return service.stats();
    }

    @Override
    public void close() {
        server.close();
    }
}
