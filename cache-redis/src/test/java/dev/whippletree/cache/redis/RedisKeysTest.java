package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.testkit.Samples;
import org.junit.jupiter.api.Test;

class RedisKeysTest {

    private final RedisKeys keys = new RedisKeys("app");

    @Test
    void key_isPrefixVersionTenantDigest() {
        String key = text(keys.answer(Samples.key("alice", "q")));

        assertThat(key).matches("app:v1:[0-9a-f]{32}:[0-9a-f]{64}").doesNotContain("alice");
        assertThat(key).startsWith("app:v1:2bd806c97f0e00af1a1fc3328fa763a9:");
    }

    @Test
    void tenantOfAnyCharacters_makesAPlainKey() {
        for (String tenant : new String[] {"", "*", "a:b", "{x}", "\n", "Zoë 😀"}) {
            assertThat(text(keys.answer(Samples.key(tenant, "q")))).matches("app:v1:[0-9a-f]{32}:[0-9a-f]{64}");
        }
    }

    private static String text(byte[] key) {
        return new String(key, US_ASCII);
    }
}
