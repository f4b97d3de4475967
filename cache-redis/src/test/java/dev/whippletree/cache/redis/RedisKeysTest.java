package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Scope;
import dev.whippletree.testkit.Samples;
import java.util.List;
import java.util.Optional;
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

    /** Processes of all versions that write {@code v1} have to agree about them. */
    @Test
    void keys_areThoseOfTheFirstVersion() {
        LimitName ofAll = new LimitName(Optional.empty(), "requests");
        LimitName ofModel = new LimitName(Optional.of("m"), "requests");
        String claim = text(keys.claim(Samples.key("alice", "q")));
        assertThat(claim)
                .isEqualTo("app:v1:claim:2bd806c97f0e00af1a1fc3328fa763a9:"
                        + Samples.key("alice", "q").digest());
        assertThat(List.of(
                        text(keys.state("acme")),
                        text(keys.limit("acme", ofAll)),
                        text(keys.limit(RedisKeys.place("acme", ofModel))),
                        text(keys.limits()),
                        text(keys.processes()),
                        text(keys.closings()),
                        text(keys.probe(Scope.of("acme"))),
                        text(keys.probe(Scope.of("acme", "m"))),
                        text(keys.notices()),
                        text(keys.answers(Optional.of("alice"))),
                        text(keys.answers(Optional.empty()))))
                .containsExactly(
                        "app:v1:{822b33ad87c148a0a20a5ba7cd5ebcaa}:state",
                        "app:v1:{822b33ad87c148a0a20a5ba7cd5ebcaa}:limit:ba439413a4821c1154b071cfade1c9ca",
                        "app:v1:{822b33ad87c148a0a20a5ba7cd5ebcaa}:limit:0b1a27b9311c686f0ffa4a7f937c0d60",
                        "app:v1:limits",
                        "app:v1:processes",
                        "app:v1:{scopes}:closings",
                        "app:v1:{scopes}:probe:fd834411077133aa771d847208eeb1e1",
                        "app:v1:{scopes}:probe:7d4a0920a9f8963aeea8f0550898e489",
                        "app:v1:notices",
                        "app:v1:2bd806c97f0e00af1a1fc3328fa763a9:*",
                        "app:v1:" + "?".repeat(32) + ":*");
    }

    private static String text(byte[] key) {
        return new String(key, US_ASCII);
    }
}
