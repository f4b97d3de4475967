package dev.whippletree.cache.redis.contact;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Scope;
import dev.whippletree.testkit.Samples;
import io.lettuce.core.cluster.SlotHash;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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

    /** Processes of all versions that write these have to agree about them. */
    @Test
    void keys_areThoseOfTheirVersions() {
        LimitName ofAll = new LimitName(Optional.empty(), "requests");
        LimitName ofModel = new LimitName(Optional.of("m"), "requests");
        String claim = text(keys.claim(Samples.key("alice", "q")));
        assertThat(claim)
                .isEqualTo("app:v2:claim:2bd806c97f0e00af1a1fc3328fa763a9:"
                        + Samples.key("alice", "q").digest());
        assertThat(List.of(
                        text(keys.state("acme")),
                        text(keys.limit("acme", ofAll)),
                        text(keys.limit(RedisKeys.place("acme", ofModel))),
                        text(keys.limits()),
                        text(keys.processes()),
                        text(keys.processesOfVersion1()),
                        text(keys.closings()),
                        text(keys.probe(Scope.of("acme"))),
                        text(keys.probe(Scope.of("acme", "m"))),
                        text(keys.notices()),
                        text(keys.answers(Optional.of("alice"))),
                        text(keys.answers(Optional.empty()))))
                .containsExactly(
                        "app:v2:{822b33ad87c148a0a20a5ba7cd5ebcaa}:state",
                        "app:v2:{822b33ad87c148a0a20a5ba7cd5ebcaa}:limit:ba439413a4821c1154b071cfade1c9ca",
                        "app:v2:{822b33ad87c148a0a20a5ba7cd5ebcaa}:limit:0b1a27b9311c686f0ffa4a7f937c0d60",
                        "app:v2:limits",
                        "app:v2:{processes}",
                        "app:v1:processes",
                        "app:v2:{scopes}:closings",
                        "app:v2:{scopes}:probe:fd834411077133aa771d847208eeb1e1",
                        "app:v2:{scopes}:probe:7d4a0920a9f8963aeea8f0550898e489",
                        "app:v2:notices",
                        "app:v1:2bd806c97f0e00af1a1fc3328fa763a9:*",
                        "app:v1:" + "?".repeat(32) + ":*");
    }

    /** A script that touches keys of several slots is refused by a cluster; a beat's two keys show that it is one. */
    @Test
    void whatOneScriptTouches_isInOneSlot_butForABeatToAServerAlone() {
        LimitName requests = new LimitName(Optional.empty(), "requests");
        LimitName tokens = new LimitName(Optional.of("m"), "tokens");
        for (String organization : List.of("acme", "a{b}c", "}{", "test/other")) {
            assertThat(Stream.of(
                                    keys.state(organization),
                                    keys.limit(organization, requests),
                                    keys.limit(organization, tokens))
                            .map(SlotHash::getSlot))
                    .containsOnly(SlotHash.getSlot(keys.state(organization)));
        }
        assertThat(Stream.of(keys.closings(), keys.probe(Scope.of("acme")), keys.probe(Scope.of("acme", "m")))
                        .map(SlotHash::getSlot))
                .containsOnly(SlotHash.getSlot(keys.closings()));
        assertThat(SlotHash.getSlot(keys.processes())).isNotEqualTo(SlotHash.getSlot(keys.closings()));
    }

    private static String text(byte[] key) {
        return new String(key, US_ASCII);
    }
}
