package dev.whippletree.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.gateway.ManualTimeline;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the headers {@code x-ratelimit-limit-*} of an answer say. */
final class RateLimitsTest {

    private static final String KEY = "key-of-acme-0123";
    private static final String HI = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    private static final String PROBE = "{\"messages\":[]}";

    private final ManualTimeline timeline = new ManualTimeline();
    private final ScriptedProvider provider = new ScriptedProvider();
    private final HttpClient http = HttpClient.newHttpClient();
    private Optional<Whippletree> whippletree = Optional.empty();
    private Optional<Gateway> gateway = Optional.empty();

    @AfterEach
    void close() {
        gateway.ifPresent(open -> timeline.advanceUntil(open.close(Duration.ZERO)));
        whippletree.ifPresent(Whippletree::close);
        timeline.close();
    }

    private void open(GatewaySettings settings, AccountSettings... accounts) {
        Whippletree.Builder builder = Whippletree.builder().provider(provider);
        Arrays.stream(accounts).forEach(builder::account);
        List<TargetSettings> targets = Arrays.stream(accounts)
                .map(account -> new TargetSettings(account.id(), "m"))
                .toList();
        Whippletree opened = builder.route(RouteSettings.of("fast", List.of(new Tier(targets))))
                .build();
        whippletree = Optional.of(opened);
        gateway = Optional.of(Gateway.start(opened, settings.withPort(0), timeline));
    }

    private static AccountSettings account(String id, String organization, String... limits) {
        AccountSettings.Builder account =
                AccountSettings.builder(id, "scripted").organization(organization);
        Arrays.stream(limits).forEach(account::limit);
        return account.build();
    }

    private static GatewaySettings.Client client(String... limits) {
        return new GatewaySettings.Client(
                "acme", Secret.of(KEY), Arrays.stream(limits).map(Limit::parse).toList());
    }

    private static GatewaySettings with(GatewaySettings.Client client) {
        return GatewaySettings.DEFAULT.withClients(List.of(client), Optional.empty());
    }

    private HttpResponse<String> ask(String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(gateway.orElseThrow().baseUrl() + "/chat/completions"))
                        .header("Authorization", "Bearer " + KEY)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Asserts what an answer and an error say. */
    private void assertTold(String body, int status, String requests, String tokens) throws Exception {
        HttpResponse<String> response = ask(body);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("x-ratelimit-limit-requests").orElse("none"))
                .isEqualTo(requests);
        assertThat(response.headers().firstValue("x-ratelimit-limit-tokens").orElse("none"))
                .isEqualTo(tokens);
    }

    @Test
    void clientWithLimits_isToldItsOwn_onEveryAnswer_andOnRefusals() throws Exception {
        open(with(client("2 requests / 10s", "30000 tokens / 1m")), account("one", "a", "5 / 1m"));
        assertTold(PROBE, 400, "12", "30000");
        assertTold("no JSON", 400, "12", "30000");
        assertTold(HI, 200, "12", "30000");
        assertTold(HI.replace("{\"messages\"", "{\"stream\":true,\"messages\""), 200, "12", "30000");
        assertTold(HI, 429, "12", "30000");
    }

    @Test
    void clientWithoutLimits_isToldTheAccountsSum_whereItMaySeeThem() throws Exception {
        open(
                with(client()).withShowAccounts(true),
                account("one", "a", "20 / 60s", "1000 / 1d", "8000 tokens / 1m"),
                account("two", "a", "20 / 60s", "1000 / 1d", "8000 tokens / 1m"),
                account("three", "b", "5 / 10s", "1000 tokens / 1m"));
        assertTold(PROBE, 400, "50", "9000");
        assertTold(HI, 200, "50", "9000");
    }

    @Test
    void clientOfSomeAccounts_isToldTheirSum() throws Exception {
        open(
                with(client().within(List.of("two"), List.of())).withShowAccounts(true),
                account("one", "a", "20 / 60s"),
                account("two", "b", "5 / 60s"));
        assertTold(PROBE, 400, "5", "none");
    }

    @Test
    void clientWithoutLimits_isToldNothing_whereItMayNotSeeTheAccounts() throws Exception {
        open(with(client()), account("one", "a", "20 / 60s"));
        assertTold(PROBE, 400, "none", "none");
        assertTold(HI, 200, "none", "none");
    }

    /** Anybody sees the accounts where there are no clients. */
    @Test
    void anybody_isToldTheSum_andNothingOfAUnitWithoutALimit() throws Exception {
        open(
                GatewaySettings.DEFAULT,
                account("one", "a", "20 / 60s", "8000 tokens / 1m"),
                account("two", "b", "10 / 60s"));
        assertTold(PROBE, 400, "30", "none");
    }

    @Test
    void requestWithoutAKnownKey_isToldNothing() throws Exception {
        open(
                GatewaySettings.DEFAULT.withClients(
                        List.of(new GatewaySettings.Client(
                                "other", Secret.of("another-key-0123"), List.of(Limit.parse("5 / 1m")))),
                        Optional.empty()),
                account("one", "a", "20 / 60s"));
        assertTold(PROBE, 401, "none", "none");
    }

    @ParameterizedTest
    @CsvSource({
        "60 / 1m, 1000 / 1d, 60",
        "600 / 1h, 1000000 / 1d, 10",
        "1000 / 1d, 20000 / 30d, 1",
        "30 / 1m, 1 / 1s, 30",
        "10 / 7s, 1000 / 1m, 85"
    })
    void limitsOfAMinuteOrLess_goFirst_othersByTheirShare(String one, String other, long perMinute) {
        assertThat(RateLimits.perMinute(List.of(Limit.parse(one), Limit.parse(other)), Limit.Unit.REQUESTS))
                .hasValue(perMinute);
    }
}
