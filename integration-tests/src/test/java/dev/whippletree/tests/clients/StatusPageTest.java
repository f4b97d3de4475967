package dev.whippletree.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.gateway.Telemetry;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.spi.Cache;
import dev.whippletree.spi.CacheStore;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gateway's page in a browser, by what is seen there. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StatusPageTest {

    private static final int PHONE = 390;
    private static final String ANSWERED = "[data-stat=answered] .number";
    private static final String REFUSED = ".account[data-state=off]";

    @TempDir
    private @Nullable Path folder;

    private final SystemTimeline timeline = new SystemTimeline();
    private @Nullable Browser started;
    private @Nullable EmulatorServer server;
    private @Nullable Whippletree whippletree;
    private @Nullable Gateway gateway;

    @BeforeAll
    void startBrowser() throws IOException {
        started = Browser.start();
    }

    @AfterAll
    void endBrowser() {
        if (started != null) {
            started.close();
        }
        timeline.close();
    }

    @BeforeEach
    void open() throws IOException {
        open("""
                - { id: hf-1, provider: huggingface, token: token-1, limits: [1000 requests / 1h] }
                - { id: hf-2, provider: huggingface, token: token-2 }
                """);
    }

    private void open(String accounts) throws IOException {
        assertThat(folder).isNotNull();
        ServiceSettings service = ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account("hf-1", "token-1")
                .account("hf-2", "token-2")
                .faults(FaultScript.of(FaultRule.parse("401:hf-2")))
                .build();
        server = EmulatorServer.start(List.of(new EmulatedService(service, timeline.nanoTime())), 0, timeline);
        Path file = Files.writeString(folder.resolve("whippletree.yaml"), """
                accounts:
                %s
                routes: { default: { strategy: in-order } }
                caches: [ehcache, talkative]
                """.formatted(
                        accounts.replace(" }", ", base-url: " + server.baseUrl(ServiceKind.HUGGING_FACE) + " }")));
        Telemetry telemetry = new Telemetry(timeline);
        Whippletree.Builder builder = Whippletree.builder()
                .timeline(timeline)
                .cache(talkative())
                .configuration(file)
                .environment(Map.of());
        telemetry.listeners().forEach(builder::listener);
        whippletree = builder.build();
        gateway = Gateway.start(whippletree, settings(), timeline, telemetry);
    }

    /** A cache that never has an answer, and a remark instead. */
    private static Cache talkative() {
        CacheStore store = mock(CacheStore.class);
        when(store.get(any())).thenReturn(CompletableFuture.completedFuture(Optional.empty()));
        when(store.put(any(), any())).thenReturn(CompletableFuture.completedFuture(null));
        when(store.remarks()).thenReturn(List.of("It is empty.", "It stays so."));
        Cache cache = mock(Cache.class);
        when(cache.name()).thenReturn("talkative");
        when(cache.open(any(), any())).thenReturn(store);
        return cache;
    }

    private static GatewaySettings settings() {
        return GatewaySettings.DEFAULT.withPort(0);
    }

    @AfterEach
    void close() {
        stopGateway();
        if (whippletree != null) {
            whippletree.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private void stopGateway() {
        if (gateway != null) {
            gateway.close(Duration.ZERO).join();
        }
    }

    private Browser browser() {
        assertThat(started).isNotNull();
        return started;
    }

    private String page() {
        assertThat(gateway).isNotNull();
        return gateway.pageUrl();
    }

    private void ask(Prompt.Builder prompt) {
        assertThat(whippletree).isNotNull();
        whippletree.complete(prompt.build()).handle((answer, failure) -> answer).join();
    }

    @Test
    void page_showsAccountsAndLimits_andWhatChangesWhileItIsOpen() {
        browser().open(page());
        browser().expect(ANSWERED, "0");
        assertThat(browser().texts(".account h3")).containsExactly("hf-1", "hf-2");
        browser().expect(".account:has-text('hf-1') .limit .left", "1,000");

        ask(Prompt.builder().user("Why us?").account("hf-1"));
        ask(Prompt.builder().user("Why you?").account("hf-1"));
        browser().expect(ANSWERED, "2");
        browser().expect(".account:has-text('hf-1') .limit .left", "998");
        browser().expect("#caches .foot", "talkative: It is empty. talkative: It stays so.");
        assertThat(browser().faint()).isEmpty();
        assertThat(browser().troubles()).isEmpty();
    }

    @Test
    void accountThatFails_showsItsFailure() {
        browser().open(page());
        browser().expect("#failures-none", "No call has failed");

        ask(Prompt.builder().user("Why us?").account("hf-2"));
        browser().expect(REFUSED + " h3", "hf-2");
        browser().expect(REFUSED + " .badge", "off");
        browser().expect(REFUSED + " .reason", "Invalid credentials");
        browser().expect("#failures li", "hf-2");
        browser().expect("#failures li .kind", "401");
        browser().expect("#headline", "1 of 2 accounts is open");
        assertThat(browser().faint()).isEmpty();
    }

    @Test
    void tenants_areShownOnceThereAreSeveral() {
        browser().open(page(), PHONE, false);
        ask(Prompt.builder().user("Why us?").account("hf-1").tenant("interviews"));
        browser().expect(ANSWERED, "1");
        assertThat(browser().texts("#tenants-section")).isEmpty();

        ask(Prompt.builder().user("Why you?").account("hf-1").tenant("reports"));
        ask(Prompt.builder().user("Why now?").account("hf-1").tenant("reports"));
        browser().expect("#tenants tbody tr:first-child", "reports");
        browser().expect("#tenants tbody tr:first-child", "66.6 %");
        browser().expect("#tenants tbody tr:first-child", "0.2 %");
        browser().expect("#tenants tbody tr:first-child", "of requests / h, account hf-1");
        browser().expect("#tenants tbody tr:last-child", "interviews");
        assertThat(browser().sideways()).isZero();
        assertThat(browser().faint()).isEmpty();
        assertThat(browser().troubles()).isEmpty();
    }

    @Test
    void gatewayThatStops_isSaidToBeOutOfReach() {
        browser().open(page());
        browser().expect("#connection-text", "live");

        stopGateway();
        browser().expect("#connection-text", "not reachable since");
        browser().expect("#headline", "The gateway doesn’t answer");
        browser().expect("#subline", "Not reachable since");
        assertThat(browser().title()).isEqualTo("● The gateway doesn’t answer · Whippletree");
        assertThat(browser().faint()).isEmpty();
    }

    @Test
    void usedUpLimit_isBusyAndNoFault() throws IOException {
        close();
        open("""
                - { id: hf-1, provider: huggingface, token: token-1, limits: [1 requests / 55s] }
                """);
        ask(Prompt.builder().user("Why us?"));
        for (boolean dark : new boolean[] {true, false}) {
            browser().open(page(), PHONE, dark);
            browser().expect(".account[data-state=busy] .badge", "busy");
            browser().expect(".account[data-state=busy] .reason", "is used up");
            browser().expect("#headline", "The account is busy");
            browser().expect("#subline", "More room at");
            assertThat(browser().title()).isEqualTo("The account is busy · Whippletree");
            assertThat(browser().faint()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', The account has no room until, ◐ The account has no room until",
        "'- { id: hf-2, provider: huggingface, token: token-2 }', '1 of 2 accounts is open, 1 busy', 1 of 2"
    })
    void limitThatIsUsedUpForLong_isSaidFirst_butNoFaultBesideAnOpenAccount(String other, String headline, String title)
            throws IOException {
        close();
        open("- { id: hf-1, provider: huggingface, token: token-1, limits: [1 requests / 1h] }\n" + other);
        ask(Prompt.builder().user("Why us?").account("hf-1"));
        browser().open(page());
        browser().expect("#headline", headline);
        assertThat(browser().title()).startsWith(title);
    }

    @Test
    void colours_areAsTheSystemHasThem_andCanBeReadInBoth() {
        browser().open(page());
        browser().expect(ANSWERED, "0");
        assertThat(browser().brightness()).isGreaterThan(0.8);
        assertThat(browser().faint()).isEmpty();

        browser().open(page(), PHONE, true);
        browser().expect(ANSWERED, "0");
        assertThat(browser().brightness()).isLessThan(0.2);
        assertThat(browser().faint()).isEmpty();
    }

    @Test
    void gatewayWithClients_asksForTheWatchKey() {
        assertThat(gateway).isNotNull();
        GatewaySettings.Client acme = new GatewaySettings.Client("acme", Secret.of("key-of-acme"), List.of());
        gateway.reload(settings().withClients(List.of(acme), Optional.of(Secret.of("watch"))));
        browser().open(page());
        browser().expect("#gate-title", "Watch key needed");
        assertThat(browser().texts("#board")).isEmpty();

        browser().enter("#key", "key-of-acme");
        browser().expect("#key-wrong", "Wrong key");
        browser().enter("#key", "watch");
        browser().expect(".account h3", "hf-1");
        browser().expect("#clients", "acme");
    }
}
