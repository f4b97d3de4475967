package dev.whippletree.provider.openai;

import dev.whippletree.model.Secret;
import dev.whippletree.provider.openai.dialect.ErrorReader;
import dev.whippletree.provider.openai.dialect.ResponseHead;
import dev.whippletree.provider.openai.dialect.ServiceError;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.provider.ProviderBench;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Connects accounts of the generic provider, and makes what services send. */
public final class Bench {

    static final String TOKEN = "sk-test-0123456789";
    public static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    private Bench() {}

    public static ProviderBench open(Map<String, String> settings) {
        return new ProviderBench(new OpenAiProvider(), address -> account(address, settings));
    }

    public static AccountSettings account(String address, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("base-url", address + "/v1");
        return AccountSettings.of(
                "local-1", "openai", Optional.of(Secret.of(TOKEN)), new Settings("account local-1", all));
    }

    public static ServiceError error(int status, Map<String, String> headers, String body) {
        return ErrorReader.ofBody(new ResponseHead(status, headers), body.getBytes(StandardCharsets.UTF_8), () -> NOW);
    }

    public static ServiceError error(int status, String body) {
        return error(status, Map.of(), body);
    }
}
