package dev.whippletree.cache.redis.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.whippletree.cache.redis.contact.CoordinationSettings;
import dev.whippletree.spi.SettingKey;
import dev.whippletree.spi.Settings;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisSettingsTest {

    /** So 'whippletree check' reports it with its line. */
    @ParameterizedTest
    @ValueSource(strings = {"uri", "key-prefix", "command-timeout", "processes", "claim-lease", "call-lease"})
    void setting_isCheckedByItsKey(String name) {
        SettingKey key = CoordinationSettings.KEYS.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        key.check().accept(Settings.none("coordinator redis"));
        Settings wrong = new Settings("coordinator redis", Map.of(name, "?!"));
        assertThat(catchThrowable(() -> key.check().accept(wrong)))
                .hasMessageStartingWith("coordinator redis: " + name + " ");
    }

    @Test
    void nothingSet_meansTheDefaults() {
        RedisSettings settings = read(Map.of());

        assertThat(settings.address()).isEqualTo("localhost:6379");
        assertThat(settings.keyPrefix()).isEqualTo("whippletree");
        assertThat(settings.commandTimeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(settings.uris().get(0).isSsl()).isFalse();
    }

    @Test
    void whatTheUriSays_isKept_andCredentialsBesideAreForTheMasterAlone() {
        RedisURI one = read(Map.of("uri", "rediss://a:b@cache/5", "username", "alice", "password", "secret"))
                .uris()
                .get(0);
        assertThat(one.isSsl()).isTrue();
        assertThat(one.getDatabase()).isEqualTo(5);
        assertThat(credentials(one).getUsername()).isEqualTo("alice");

        RedisURI sentinels = read(Map.of("uri", "rediss-sentinel://a,b/0#main", "password", "secret"))
                .uris()
                .get(0);
        assertThat(sentinels.isSsl()).isTrue();
        assertThat(sentinels.getSentinels()).hasSize(2).allSatisfy(sentinel -> {
            assertThat(sentinel.isSsl()).isTrue();
            assertThat(credentials(sentinel).hasPassword()).isFalse();
        });
    }

    @Test
    void cluster_isKnownByAnyOfItsNodes_whichHaveOneUser() {
        RedisSettings cluster = read(Map.of("uri", "rediss-cluster://a:b@one:7000,two", "password", "secret"));

        assertThat(cluster.isCluster()).isTrue();
        assertThat(cluster.isSsl()).isTrue();
        assertThat(cluster.uris())
                .hasSize(2)
                .allSatisfy(node -> {
                    assertThat(node.isSsl()).isTrue();
                    assertThat(credentials(node).getPassword()).containsExactly("secret".toCharArray());
                })
                .extracting(node -> node.getHost() + ":" + node.getPort())
                .containsExactly("one:7000", "two:6379");
        assertThat(read(Map.of("uri", "redis-cluster://one")).isSsl()).isFalse();
        assertThat(read(Map.of("uri", "redis://one")).isCluster()).isFalse();
        assertThat(read(Map.of("uri", "redis-sentinel://a,b#main")).isCluster()).isFalse();
    }

    /** As where somebody gives a password alone. */
    @Test
    void wordThatMayBeAPassword_isNotShownAsAHost_andTheFormOfTheUriIs() {
        for (String uri : List.of("redis://s3cret", "rediss://s3cret/1", "redis-cluster://one:7000,s3cret")) {
            RedisSettings settings = read(Map.of("uri", uri));
            assertThat(settings.toString()).contains("***").doesNotContain("s3cret");
            assertThat(settings.shown("s3cret: not known, nor [s3cret:6379], of s3crets"))
                    .isEqualTo("***: not known, nor [***:6379], of s3crets");
            assertThat(Remedy.of("refused", settings)).endsWith("redis://:password@host:port (*** may be a password)");
        }
        for (String host : List.of("one:6379", "one.two", "localhost", "[::1]", "127.0.0.1")) {
            assertThat(read(Map.of("uri", "redis://" + host)).address()).startsWith(host);
        }
        assertThat(read(Map.of("uri", "redis://:s3cret@one")).address()).isEqualTo("one:6379");
    }

    @Test
    void cluster_hasOneDatabase() {
        assertThat(catchThrowable(() -> read(Map.of("uri", "redis-cluster://:secret@one,two/1"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cache redis: a cluster has database 0 only; leave it out of uri");
        assertThat(read(Map.of("uri", "redis-cluster://one,two/0")).uris()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "key-prefix, '', key-prefix must be",
        "key-prefix, a*, key-prefix must be",
        "key-prefix, a?, key-prefix must be",
        "key-prefix, a[b], key-prefix must be",
        "key-prefix, {a}, key-prefix must be",
        "key-prefix, ä, key-prefix must be",
        "command-timeout, 5001ms, 'command-timeout is 1ms to 5s, not 5001ms'",
        "username, alice, username needs a password",
        "ca-certificate, ca.pem, ca-certificate is for TLS",
        "processes, 0, processes",
        "claim-lease, 999ms, 'claim-lease is 1s to 1d, not 999ms'",
        "call-lease, 86401s, 'call-lease is 1s to 1d, not 86401s'"
    })
    void settingThatCannotBeUsed_isRefused(String name, String value, String message) {
        Settings settings = new Settings("cache redis", Map.of("uri", "redis://:secret@cache", name, value));
        assertThat(catchThrowable(() -> CoordinationSettings.from(settings)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cache redis: " + message)
                .hasMessageNotContaining("secret");
    }

    @Test
    void leastAndMostOfACoordinatorsSettings_areTaken() {
        Map<String, String> values =
                Map.of("processes", "1", "claim-lease", "1s", "call-lease", "1d", "command-timeout", "5s");
        CoordinationSettings read = CoordinationSettings.from(new Settings("coordinator redis", values));
        assertThat(read.redis().commandTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(read.processes()).isEqualTo(1);
        assertThat(read.claimLease()).isEqualTo(Duration.ofSeconds(1));
        assertThat(read.callLease()).isEqualTo(Duration.ofDays(1));
        CoordinationSettings usual = CoordinationSettings.from(Settings.none("coordinator redis"));
        assertThat(usual.processes()).isZero();
        assertThat(usual.claimLease()).isEqualTo(Duration.ofSeconds(10));
        assertThat(usual.callLease()).isEqualTo(Duration.ofSeconds(150));
    }

    @ParameterizedTest
    @CsvSource({
        "redis://cache:7000/2, cache:7000",
        "rediss://cache:7000, cache:7000",
        "redis://[::1]:7000, [::1]:7000",
        "redis://:s%40cret@cache, cache:6379",
        "redis://user:secret@cache:7000, cache:7000",
        "'redis-sentinel://a:26379,b:26379/0#main', Sentinel master main",
        "redis-socket:///run/redis.sock, /run/redis.sock",
        "redis-cluster://cache.local, cluster cache.local:6379",
        "'redis-cluster://a:7000,b:6379', 'cluster a:7000, b:6379'",
        "'rediss-cluster://user:s%40cret@a,[::1]:7001/0', 'cluster a:6379, [::1]:7001'"
    })
    void uriOfAnyKind_isNamedWithoutCredentials(String uri, String address) {
        RedisSettings settings = read(Map.of("uri", uri));

        assertThat(settings.address()).isEqualTo(address);
        assertThat(settings).hasToString("cache redis at " + address);
    }

    @ParameterizedTest
    @MethodSource("passwords")
    void password_isAtHand_soThatNoConnectionIsHandedOutBeforeItTakesCommands(Map<String, String> settings) {
        RedisURI uri = read(settings).uris().get(0);

        assertThat(uri.getCredentialsProvider()).isInstanceOf(ImmediateRedisCredentialsProvider.class);
        assertThat(credentials(uri).getPassword()).containsExactly("secret".toCharArray());
    }

    static List<Map<String, String>> passwords() {
        return List.of(
                Map.of("uri", "redis://:secret@cache"),
                Map.of("uri", "redis://alice:secret@cache"),
                Map.of("uri", "redis-sentinel://:secret@a,b#main"),
                Map.of("uri", "redis://cache", "password", "secret"),
                Map.of("uri", "redis://cache", "username", "alice", "password", "secret"),
                Map.of("uri", "redis-sentinel://a,b#main", "password", "secret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "cache:6379",
                "http://x:secret@cache",
                "redis://:sec ret@cache",
                "redis://x:secret@cache:port",
                "redis-cluster://",
                "redis-cluster://x:secret@one,,two",
                "redis-cluster://x:secret@one:7000,two:port",
                "redis-cluster://:sec ret@one"
            })
    void uriThatIsNone_isRefusedWithoutItsValue(String uri) {
        Throwable refusal = catchThrowable(() -> read(Map.of("uri", uri)));

        StringWriter all = new StringWriter();
        refusal.printStackTrace(new PrintWriter(all));
        assertThat(refusal)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cache redis: uri is not a Redis URI");
        assertThat(all.toString()).doesNotContain("secret").doesNotContain("sec ret");
    }

    @ParameterizedTest
    @CsvSource({"missing,", "none, no certificate", "empty, ''"})
    void certificatesThatCannotBeRead_areRefused(String name, @Nullable String content, @TempDir Path folder)
            throws IOException {
        Path file = folder.resolve(name);
        if (content != null) {
            Files.writeString(file, content);
        }

        assertThat(catchThrowable(() -> read(Map.of("uri", "rediss://cache", "ca-certificate", file.toString()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cache redis: ca-certificate must be a PEM file")
                .hasMessageContaining(file.toString());
    }

    private static RedisSettings read(Map<String, String> values) {
        return RedisSettings.from(new Settings("cache redis", values));
    }

    private static RedisCredentials credentials(RedisURI uri) {
        return Objects.requireNonNull(
                uri.getCredentialsProvider().resolveCredentials().block());
    }
}
