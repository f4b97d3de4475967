package dev.whippletree.provider.huggingface;

import dev.whippletree.model.Secret;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import dev.whippletree.testkit.provider.ProviderBench;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Connects accounts of Hugging Face to a scripted service. */
final class Bench {

    static final String TOKEN = "hf_test0123456789";

    private Bench() {}

    static ProviderBench open(Map<String, String> settings) {
        return new ProviderBench(new HuggingFaceProvider(), address -> account(address, settings));
    }

    private static AccountSettings account(String address, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("base-url", address + "/v1");
        return AccountSettings.of(
                "hf-1", "huggingface", Optional.of(Secret.of(TOKEN)), new Settings("account hf-1", all));
    }
}
