package dev.whippletree.config;

import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Plugins that the tests' configurations may name. */
final class Plugins {

    static final KnownPlugins KNOWN = new KnownPlugins(
            KnownPlugins.PluginKind.of(
                    "provider", Map.of("huggingface", keys("base-url", "bill-to"), "groq", keys("base-url"))),
            KnownPlugins.PluginKind.of("cache", Map.of("ehcache", keys("heap"), "redis", keys("uri"))),
            KnownPlugins.PluginKind.of("strategy", Map.of("round-robin", keys(), "least-loaded", keys("choices"))),
            KnownPlugins.PluginKind.of("coordinator", Map.of("redis", keys("uri"))));

    private Plugins() {}

    private static Set<SettingKey> keys(String... names) {
        return Arrays.stream(names)
                .map(name -> new SettingKey(name, "", settings -> check(settings, name)))
                .collect(Collectors.toSet());
    }

    /** A value that begins like this can't be used. */
    private static void check(Settings settings, String name) {
        settings.text(name).filter(value -> value.startsWith("wrong")).ifPresent(value -> {
            throw new IllegalArgumentException(settings.where() + ": " + name + " can't be '" + value + "'");
        });
    }
}
