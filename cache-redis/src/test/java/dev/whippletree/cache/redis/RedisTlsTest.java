package dev.whippletree.cache.redis;

import static dev.whippletree.cache.redis.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.testkit.Samples;
import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** A real Redis behind TLS: who is trusted, who isn't, and what is said then. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisTlsTest {

    private static final String PASSWORD = "right-secret";
    private static final LimitUse ONE_OF_THREE = CoordinatedProcess.one(3, Duration.ofDays(1));
    private static final CacheKey KEY = Samples.key("t", "q");

    private RedisProcess redis;
    private Certificates certificates;
    private int port;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        certificates = Certificates.in(folder);
        port = RedisProcess.freePort();
        List<String> settings = new ArrayList<>(List.of(certificates.serverSettings(port)));
        settings.add("requirepass " + PASSWORD);
        redis = RedisProcess.started(settings.toArray(String[]::new));
    }

    @AfterAll
    void stop() {
        redis.close();
    }

    @BeforeEach
    void empty() {
        plainly(RedisCommands::flushall);
    }

    @Test
    void signedByTheGivenAuthority_works() {
        assertWorks(trusting(certificates.authority()));
    }

    @Test
    void signedByAnAuthorityOfTheJvm_works() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("childJdk"), "bin", "java").toString());
        command.addAll(certificates.optionsThatTrustTheAuthority());
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), OtherJvm.class.getName(), uri(), PASSWORD));
        Process other = new ProcessBuilder(command).redirectErrorStream(true).start();

        assertThat(new String(other.getInputStream().readAllBytes(), UTF_8)).contains("stored and connected");
    }

    /** Whom a JVM trusts is decided at its start. */
    static final class OtherJvm {

        public static void main(String[] arguments) {
            Map<String, String> settings = all(Map.of("password", arguments[1]));
            try (CachingProcess cache = new CachingProcess(arguments[0], settings);
                    CoordinatedProcess process = new CoordinatedProcess(arguments[0], settings)) {
                putOnceConnected(cache);
                await().until(() -> process.status().connected());
                System.out.println(cache.isStored(KEY) ? "stored and connected" : "nothing stored");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rediss://localhost:TLS |         | accepted: unable to find valid certification path | set ca-certificate to a PEM",
                "rediss://localhost:TLS | other   | accepted: unable to find valid certification path | set ca-certificate to a PEM",
                "rediss://127.0.0.1:TLS | trusted | accepted: No subject alternative names matching IP | set uri to a host name",
                "redis://localhost:TLS  |         | Connection | if so, uri begins with rediss://",
                "rediss://localhost:OPEN | trusted | timed out | if not, uri begins with redis://"
            })
    void whoeverCannotBeTrusted_orSpeaksNoTls_isRefused_andItIsSaidWhatToDo(
            String uri, @Nullable String trusted, String reason, String remedy) {
        assertRefused(
                uri.replace("TLS", "" + port).replace("OPEN", "" + redis.port()),
                trusted == null
                        ? Map.of()
                        : trusting(trusted.equals("other") ? certificates.stranger() : certificates.authority()),
                reason,
                remedy);
    }

    @Test
    void serverThatWantsACertificateOfItsClients_isToldToDoWithout() {
        set("tls-auth-clients", "yes");
        try {
            assertRefused(
                    uri(),
                    trusting(certificates.authority()),
                    // JDKs word the rest differently.
                    "certificate_required",
                    "set tls-auth-clients to no");
        } finally {
            set("tls-auth-clients", "no");
        }
    }

    private void assertWorks(Map<String, String> settings) {
        try (CachingProcess cache = new CachingProcess(uri(), all(settings));
                CoordinatedProcess one = new CoordinatedProcess(uri(), all(settings));
                CoordinatedProcess two = new CoordinatedProcess(uri(), all(settings))) {
            putOnceConnected(cache);
            assertThat(cache.isStored(KEY)).isTrue();
            await().until(() -> one.status().processes() == 2 && two.status().processes() == 2);
            int used = one.reserveAll(ONE_OF_THREE).size();
            assertThat(used).isEqualTo(3);
            assertThat(two.reserve(ONE_OF_THREE)).isInstanceOf(Grant.Refused.class);
        }
    }

    /** A JVM's first handshake can take longer than an attempt may; the link attempts it again. */
    private static void putOnceConnected(CachingProcess cache) {
        await().atMost(1, TimeUnit.MINUTES).ignoreExceptions().untilAsserted(() -> cache.put(KEY));
    }

    /** Not every attempt need fail for the same reason: either side may be the first to close. */
    private void assertRefused(String uri, Map<String, String> settings, String reason, String remedy) {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        logged.start();
        root.addAppender(logged);
        try (CachingProcess cache = new CachingProcess(uri, all(settings));
                CoordinatedProcess one = new CoordinatedProcess(uri, all(settings))) {
            await().untilAsserted(() -> assertThat(cache.fault(KEY)).contains(reason));
            await().untilAsserted(() -> assertThat(one.status().problem())
                    .get()
                    .asString()
                    .contains(reason, remedy)
                    .doesNotContain(PASSWORD));
            assertThat(one.status().connected()).isFalse();
            assertThat(one.reserve(ONE_OF_THREE)).isInstanceOf(Grant.Granted.class);
            assertThat(List.copyOf(logged.list).stream().map(ILoggingEvent::getFormattedMessage))
                    .anyMatch(line -> line.startsWith("cache redis") && line.contains("; until it is back, "))
                    .noneMatch(line -> line.contains(PASSWORD));
        } finally {
            root.detachAppender(logged);
        }
    }

    private String uri() {
        return "rediss://localhost:" + port;
    }

    private static Map<String, String> trusting(Path authority) {
        return Map.of("ca-certificate", authority.toString());
    }

    private static Map<String, String> all(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("password", PASSWORD, "command-timeout", "5s"));
        all.putAll(settings);
        return all;
    }

    private void set(String name, String value) {
        plainly(client -> client.configSet(name, value));
    }

    private void plainly(Function<RedisCommands<String, String>, ?> use) {
        OtherClient.ask("redis://:" + PASSWORD + "@127.0.0.1:" + redis.port(), use);
    }
}
