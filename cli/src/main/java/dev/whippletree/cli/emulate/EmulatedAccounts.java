package dev.whippletree.cli.emulate;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.EngineListener;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One emulated account with a Whippletree that asks it, over real sockets. Thread-safe. */
public final class EmulatedAccounts implements AutoCloseable {

    private static final String ID = "emulated-1";
    private static final String TOKEN = "emulated-token-1";
    private static final Latency LATENCY = Latency.constant(Duration.ofMillis(300));

    private final EmulatorServer server;
    private final Whippletree whippletree;

    private EmulatedAccounts(EmulatorServer server, Whippletree whippletree) {
        this.server = server;
        this.whippletree = whippletree;
    }

    /** Starts an emulated service on a free port, and a Whippletree whose only account is with it. */
    public static EmulatedAccounts open(Surroundings surroundings) {
        return open(surroundings, List.of());
    }

    /** Starts the same, and tells listeners what the Whippletree does. */
    public static EmulatedAccounts open(Surroundings surroundings, List<EngineListener> listeners) {
        ServiceSettings settings = ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account(ID, TOKEN)
                .latency(LATENCY)
                .build();
        EmulatedService service =
                new EmulatedService(settings, surroundings.timeline().nanoTime());
        EmulatorServer server = EmulatorServer.start(List.of(service), 0, surroundings.timeline());
        try {
            AccountSettings account = AccountSettings.of(
                    ID,
                    settings.kind().provider(),
                    Optional.of(Secret.of(TOKEN)),
                    new Settings("account " + ID, Map.of("base-url", server.baseUrl(settings.kind()))));
            Whippletree.Builder builder = surroundings.builders().get().account(account);
            listeners.forEach(builder::listener);
            return new EmulatedAccounts(server, builder.build());
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Returns the Whippletree that asks it. */
    public Whippletree whippletree() {
        return whippletree;
    }

    /** Closes the Whippletree, then the service. */
    @Override
    public void close() {
        whippletree.close();
        server.close();
    }
}
