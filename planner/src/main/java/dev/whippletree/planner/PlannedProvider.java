package dev.whippletree.planner;

import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.simulation.SimulatedProvider;
import dev.whippletree.model.Prompt;
import dev.whippletree.planner.PlannedAccount.Target;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.time.Timeline;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Connects each account to its emulated service and counts the calls. Confined to its simulation. */
record PlannedProvider(
        Map<String, EmulatedService> servicesByName, Timeline timeline, Recorder recorder, PromptPadding padding)
        implements Provider {

    /** Differs from every real provider's name, since those may be there too. */
    static final String NAME = "planned";

    /** Tells accounts of one service, which counts their prompts alike, from those of another. */
    static final String SERVICE = "service";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of(new SettingKey(SERVICE, "the service that imitates the account's own"));
    }

    @Override
    public ProviderClient connect(AccountSettings account, Services services) {
        EmulatedService service =
                servicesByName.get(account.settings().text(SERVICE).orElse(""));
        if (service == null) {
            throw new IllegalArgumentException("account " + account.id() + ": it isn't part of the plan");
        }
        return new CountedClient(account.id(), new SimulatedProvider(NAME, service, timeline).connect(account));
    }

    private final class CountedClient implements ProviderClient {

        private final String account;
        private final ProviderClient client;

        CountedClient(String account, ProviderClient client) {
            this.account = account;
            this.client = client;
        }

        @Override
        public Optional<String> refuses(Prompt prompt, String model) {
            return client.refuses(padding.of(prompt), model);
        }

        @Override
        public Admission admission(Prompt prompt, String model) {
            return client.admission(padding.of(prompt), model);
        }

        @Override
        public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
            return client.send(padding.of(prompt), model, recorder.call(new Target(account, model), sink));
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
