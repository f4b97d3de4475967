package dev.whippletree.gateway.clients;

import static dev.whippletree.gateway.RunningGateway.client;
import static dev.whippletree.gateway.RunningGateway.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.gateway.ManualTimeline;
import dev.whippletree.gateway.ScriptedProvider;
import dev.whippletree.model.Limit;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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

    /** Opens one over accounts such as {@code one a: 5 / 1m, 9 tokens / 1m}: an id, an organization and limits. */
    private void open(GatewaySettings settings, String... accounts) {
        Whippletree.Builder builder = Whippletree.builder().provider(provider);
        List<TargetSettings> targets = new ArrayList<>();
        for (String account : accounts) {
            String[] parts = account.split("[ :]+", 3);
            AccountSettings.Builder settingsOf =
                    AccountSettings.builder(parts[0], "scripted").organization(parts[1]);
            Stream.of(parts[2].split(", ")).forEach(settingsOf::limit);
            builder.account(settingsOf.build());
            targets.add(new TargetSettings(parts[0], "m"));
        }
        Whippletree opened = builder.route(RouteSettings.of("fast", List.of(new Tier(targets))))
                .build();
        whippletree = Optional.of(opened);
        gateway = Optional.of(Gateway.start(opened, settings.withPort(0), timeline));
    }

    private static GatewaySettings.Client acme(String... limits) {
        return client("acme", KEY, limits);
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
        open(with(acme("2 requests / 10s", "30000 tokens / 1m")), "one a: 5 / 1m");
        assertTold(PROBE, 400, "12", "30000");
        assertTold("no JSON", 400, "12", "30000");
        assertTold(HI, 200, "12", "30000");
        assertTold(HI.replace("{\"messages\"", "{\"stream\":true,\"messages\""), 200, "12", "30000");
        assertTold(HI, 429, "12", "30000");
    }

    @Test
    void clientWithoutLimits_isToldTheAccountsSum_whereItMaySeeThem() throws Exception {
        open(
                with(acme()).withShowAccounts(true),
                "one a: 20 / 60s, 1000 / 1d, 8000 tokens / 1m",
                "two a: 20 / 60s, 1000 / 1d, 8000 tokens / 1m",
                "three b: 5 / 10s, 1000 tokens / 1m");
        assertTold(PROBE, 400, "50", "9000");
        assertTold(HI, 200, "50", "9000");
    }

    @Test
    void clientOfSomeAccounts_isToldTheirSum() throws Exception {
        GatewaySettings some = with(acme().within(List.of("two"), List.of())).withShowAccounts(true);
        open(some, "one a: 20 / 60s", "two b: 5 / 60s");
        assertTold(PROBE, 400, "5", "none");
    }

    /** It may not see the accounts, or has no known key. */
    @ParameterizedTest
    @CsvSource({"acme, 400", "other, 401"})
    void clientWithoutLimits_orWithoutAKey_isToldNothing(String name, int status) throws Exception {
        open(with(name.equals("acme") ? acme() : client("other", "another-key", "5 / 1m")), "one a: 20 / 60s");
        assertTold(PROBE, status, "none", "none");
    }

    /** Anybody sees the accounts where there are no clients. */
    @Test
    void anybody_isToldTheSum_andNothingOfAUnitWithoutALimit() throws Exception {
        open(GatewaySettings.DEFAULT, "one a: 20 / 60s, 8000 tokens / 1m", "two b: 10 / 60s");
        assertTold(PROBE, 400, "30", "none");
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
