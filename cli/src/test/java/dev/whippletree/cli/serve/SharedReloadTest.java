package dev.whippletree.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.ScriptedProvider;
import dev.whippletree.config.Configuration;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway with keys on a public address, whose configuration changes while it runs. */
class SharedReloadTest {

    private static final String KEY = "key-of-acme-0123456789";
    private static final String ACCOUNTS =
            "accounts: [{id: one, provider: scripted}]\nroutes: {first: {model: m}}\ncaches: []\n";
    private static final String OTHER_ACCOUNTS =
            "accounts: [{id: two, provider: scripted}]\nroutes: {second: {model: m}}\ncaches: []\n";
    private static final String GATEWAY = "gateway: {clients: [{name: acme, key: '${ACME_KEY}'}]}\n";

    private final SystemTimeline timeline = new SystemTimeline();
    private final StringWriter err = new StringWriter();
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private Whippletree whippletree;
    private Gateway gateway;
    private SharedReload reload;

    @BeforeEach
    void serve() throws IOException {
        serve("0.0.0.0", GATEWAY);
    }

    private void serve(String host, String section) throws IOException {
        write(ACCOUNTS + section);
        whippletree = Whippletree.builder()
                .timeline(timeline)
                .provider(new ScriptedProvider())
                .configuration(folder.resolve("whippletree.yaml"))
                .environment(Map.of("ACME_KEY", KEY, ScriptedProvider.VARIABLE, "sesame"))
                .build();
        ServeRun.Wish wish = new ServeRun.Wish(Optional.of(host), Optional.of(0), Duration.ZERO, 100);
        gateway = Gateway.start(whippletree, wish.settings(whippletree.configuration()), timeline);
        reload = new SharedReload(
                whippletree, gateway, Optional.of(folder.resolve("whippletree.yaml")), wish, new PrintWriter(err));
    }

    @AfterEach
    void end() {
        stop();
        timeline.close();
    }

    private void stop() {
        gateway.close(Duration.ZERO).join();
        whippletree.close(Duration.ZERO).join();
    }

    private void write(String yaml) throws IOException {
        Files.writeString(folder.resolve("whippletree.yaml"), yaml);
    }

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String models() throws IOException, InterruptedException {
        return get("/v1/models", "Authorization", "Bearer " + KEY).body();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no such pipes")
    void fileThatBecomesAPipe_isNotWaitedFor_andALaterFileIsRead() throws Exception {
        Path file = folder.resolve("whippletree.yaml");
        Files.delete(file);
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        CompletableFuture.runAsync(reload).get(20, TimeUnit.SECONDS);
        assertThat(err.toString()).contains("this is a pipe or a device now, not a file", "the old one stays in use");
        Files.delete(file);
        write(OTHER_ACCOUNTS + GATEWAY);
        reload.run();
        assertThat(err.toString()).contains("the configuration has been reloaded");
    }

    @Test
    void bothPartsChangeTogether() throws Exception {
        write(OTHER_ACCOUNTS + "gateway: {clients: [{name: other, key: another-key-0123456789}]}\n");
        reload.run();
        assertThat(err.toString())
                .contains("account two: added", "has been reloaded")
                .doesNotContain("restart");
        assertThat(get("/v1/models", "Authorization", "Bearer another-key-0123456789")
                        .body())
                .contains("second");
        assertThat(get("/v1/models", "Authorization", "Bearer " + KEY).statusCode())
                .isEqualTo(401);
        write(OTHER_ACCOUNTS + GATEWAY.replace("clients", "max-connections: 50, clients"));
        reload.run();
        assertThat(err.toString())
                .contains("changes other than clients, watch-key and show-accounts take effect after");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gateway: {port: 0}\n",
                "gateway: {clients: []}\n",
                "gateway: {clients: [{name: acme, key: '${file:/no/such/key}'}]}\n",
                "gateway: {clients: [{name: a, key: same-key-0123456789}, {name: b, key: same-key-0123456789}]}\n",
                "gateway: {clients: [{name: a, key: some-key-0123456789, routes: [first]}]}\n",
                "gateway: {host: no.such.host.invalid, clients: [{name: acme, key: some-key-0123456789}]}\nzzz: 1\n",
                "zzz: 1\n"
            })
    void gatewayThatCannotBeUsed_changesNothing_neitherHereNorInTheAccounts(String section) throws Exception {
        Configuration before = whippletree.configuration();
        String models = models();
        write(OTHER_ACCOUNTS + section);

        reload.run();

        assertThat(err.toString()).contains("the old one stays in use").doesNotContain("has been reloaded", "same-key");
        assertThat(get("/v1/models").statusCode()).isEqualTo(401);
        assertThat(get("/status").statusCode()).isEqualTo(403);
        assertThat(models()).isEqualTo(models).contains("first");
        assertThat(whippletree.configuration()).isSameAs(before);
        assertThat(whippletree.status().accounts())
                .extracting(account -> account.id())
                .containsExactly("one");
    }

    /** There a proxy that speaks TLS may stand in front, so that everybody reaches it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gateway: {}\n",
                "gateway: {host: 127.0.0.1, watch-key: watch-key-0123456789}\n",
                "gateway: {clients: [], watch-key: watch-key-0123456789}\n",
                "gateway: {clients: [{name: acme, key: '${ACME_KEY}'}]}\n"
            })
    void fileWithoutKeys_leavesTheGatewayClosed_alsoOnALoopbackAddress(String section) throws Exception {
        stop();
        serve("127.0.0.1", GATEWAY.replace("clients", "watch-key: watch-key-0123456789, clients"));
        write(OTHER_ACCOUNTS + section);

        reload.run();

        assertThat(err.toString())
                .contains("restart", "the old one stays in use")
                .doesNotContain("has been reloaded");
        assertThat(get("/v1/models").statusCode()).isEqualTo(401);
        assertThat(get("/status").statusCode()).isEqualTo(401);
        assertThat(get("/status", "Authorization", "Bearer watch-key-0123456789")
                        .statusCode())
                .isEqualTo(200);
        assertThat(models()).contains("first");
    }

    /** Also those that came by a reload can't leave by one. */
    @Test
    void keysThatAReloadBrought_stay() throws Exception {
        stop();
        serve("127.0.0.1", "");
        assertThat(get("/v1/models").statusCode()).isEqualTo(200);
        write(ACCOUNTS + GATEWAY);
        reload.run();
        assertThat(get("/v1/models").statusCode()).isEqualTo(401);
        write(ACCOUNTS);
        reload.run();
        assertThat(get("/v1/models").statusCode()).isEqualTo(401);
        assertThat(get("/status").statusCode()).isEqualTo(403);
    }

    /** Whoever follows what is printed gets there. */
    @Test
    void addressThatIsPrinted_opens_whereItListensOnAll() throws Exception {
        assertThat(gateway.baseUrl()).isEqualTo("http://127.0.0.1:" + gateway.port() + "/v1");
        stop();
        serve("::", GATEWAY);
        HttpRequest page = HttpRequest.newBuilder(URI.create(gateway.pageUrl())).build();
        assertThat(http.send(page, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void fileThatIsAway_changesNothing_alsoWhereTheEnvironmentHasAccounts() throws Exception {
        Files.delete(folder.resolve("whippletree.yaml"));
        reload.run();
        assertThat(err.toString()).contains("there is no such file", "the old one stays in use");
        assertThat(get("/v1/models").statusCode()).isEqualTo(401);
        assertThat(models()).contains("first");
    }

    @Test
    void callsDuringAReload_becomeOneMore() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(98);
        List<Thread> calls = new ArrayList<>();
        Thread other = new Thread(() -> whippletree.reload(next -> {
            begun.countDown();
            await(hangs);
            return () -> {};
        }));
        other.start();
        await(begun);
        for (int call = 0; call < 100; call++) {
            calls.add(new Thread(() -> {
                reload.run();
                ended.countDown();
            }));
        }
        try {
            calls.forEach(Thread::start);
            await(ended);
        } finally {
            hangs.countDown();
            other.join();
            for (Thread call : calls) {
                call.join();
            }
        }
        assertThat(err.toString().split("has been reloaded", -1))
                .as("two reloads")
                .hasSize(3);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatElseFails_isToldToo() {
        whippletree.close(Duration.ZERO).join();
        reload.run();
        assertThat(err.toString()).contains("wasn't reloaded", "closed");
    }
}
