package dev.whippletree.provider.groq;

import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.provider.ProviderBench;
import java.util.Map;
import java.util.Optional;

/** Connects accounts of Groq to a scripted service. */
final class Bench {

    static final String TOKEN = "gsk_test0123456789";

    private Bench() {}

    static ProviderBench open() {
        return new ProviderBench(
                new GroqProvider(),
                address -> AccountSettings.of(
                        "groq-1",
                        "groq",
                        Optional.of(Secret.of(TOKEN)),
                        new Settings("account groq-1", Map.of("base-url", address))));
    }
}
