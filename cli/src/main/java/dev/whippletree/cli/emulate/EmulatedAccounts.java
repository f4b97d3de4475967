package dev.whippletree.cli.emulate;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.EngineListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One emulated account with a Whippletree that asks it, over real sockets. Thread-safe. */
public record EmulatedAccounts(EmulatedServices services, Whippletree whippletree) implements AutoCloseable {

    private static final ServiceKind KIND = ServiceKind.HUGGING_FACE;
    private static final Latency LATENCY = Latency.constant(Duration.ofMillis(300));

    /**
     * Starts an emulated service on a free port, and a Whippletree whose only account is with it.
     *
     * @param model to ask for, if not the usual one
     * @param listeners hear what the Whippletree does
     */
    public static EmulatedAccounts open(
            Surroundings surroundings, Optional<String> model, List<EngineListener> listeners) {
        EmulatedServices services = EmulatedServices.open(surroundings, LATENCY, KIND);
        try {
            AccountSettings account = AccountSettings.builder(EmulatedServices.ID, KIND.provider())
                    .token(EmulatedServices.TOKEN)
                    .setting("base-url", services.baseUrl(KIND))
                    .build();
            Whippletree.Builder builder = surroundings.builders().get().account(account);
            model.ifPresent(builder::model);
            listeners.forEach(builder::listener);
            return new EmulatedAccounts(services, builder.build());
        } catch (RuntimeException e) {
            services.close();
            throw e;
        }
    }

    @Override
    public void close() {
        whippletree.close();
        services.close();
    }
}
