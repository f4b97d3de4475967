package dev.whippletree.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import dev.whippletree.config.PriceList;
import dev.whippletree.model.Credit;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.StatusSnapshot.AccountStatus;
import dev.whippletree.model.StatusSnapshot.CacheTier;
import dev.whippletree.model.StatusSnapshot.CoordinatorStatus;
import dev.whippletree.model.StatusSnapshot.Latency;
import dev.whippletree.model.StatusSnapshot.LimitShare;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.model.StatusSnapshot.LimitStatus.LimitSource;
import dev.whippletree.model.StatusSnapshot.Prompts;
import dev.whippletree.model.StatusSnapshot.Tenant;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AccountSettings;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class PricedStatusTest {

    @TempDir
    private Path folder;

    private static final Instant AT = Instant.parse("2026-11-25T14:03:22.125Z");
    private static final Latency LATENCY = new Latency(3, Duration.ofMillis(212), Duration.ofMillis(412));
    private static final TokenUsage SOME = new TokenUsage(30, 10, 4, 2);

    private static String text(PricedStatus status) {
        return JsonMapper.shared().writeValueAsString(status.json());
    }

    /** Everything that may be there is there, and no two numbers of one kind are equal. */
    private static PricedStatus full() {
        return status(
                Optional.of(new CoordinatorStatus(
                        "redis", true, 4, 21, 22, 23, 24, 25, 26, Optional.of("cut off"), List.of())),
                List.of(account("one", Optional.of("used up"), Optional.of(AT.plusSeconds(23)), limits())),
                tenants(),
                new Bill(
                        List.of(
                                new Bill.Item(
                                        "one",
                                        "large",
                                        SOME,
                                        Optional.of(new BigDecimal("0.00810")),
                                        Optional.of(Credit.parse("0.10 usd / month"))),
                                new Bill.Item("one", "small", TokenUsage.of(1, 2), Optional.empty(), Optional.empty())),
                        Optional.of(new Bill.Prices(
                                "prices.yaml", LocalDate.of(2026, 1, 2), "usd", Optional.of("They are old.")))));
    }

    private static PricedStatus bare() {
        return status(
                Optional.empty(),
                List.of(account("one", Optional.empty(), Optional.empty(), List.of())),
                List.of(),
                new Bill(
                        List.of(
                                new Bill.Item("one", "large", SOME, Optional.empty(), Optional.empty()),
                                new Bill.Item("one", "small", TokenUsage.of(1, 2), Optional.empty(), Optional.empty())),
                        Optional.empty()));
    }

    private static PricedStatus status(
            Optional<CoordinatorStatus> coordination, List<AccountStatus> accounts, List<Tenant> tenants, Bill bill) {
        return new PricedStatus(
                new StatusSnapshot(
                        AT,
                        Duration.ofMillis(252_001),
                        new Prompts(1, 2, 3, 4, 5, 6, 7),
                        7,
                        8,
                        9,
                        10,
                        1618.25,
                        LATENCY,
                        SOME,
                        List.of(
                                new CacheTier("ehcache", 11, 12, 13, List.of()),
                                new CacheTier("similar", 14, 15, 16, List.of("It measures.", "It serves nothing."))),
                        coordination,
                        accounts,
                        List.of(),
                        tenants,
                        17,
                        List.of("A note.", "Another.")),
                bill);
    }

    private static AccountStatus account(
            String id, Optional<String> reason, Optional<Instant> until, List<LimitStatus> limits) {
        return new AccountStatus(
                id,
                "scripted",
                "scripted/" + id,
                AccountState.COOLING,
                reason,
                until,
                31,
                32,
                33,
                34,
                35,
                Map.of(FailureKind.TIMEOUT, 36L, FailureKind.QUOTA_EXHAUSTED, 37L),
                LATENCY,
                SOME,
                Map.of("large", SOME, "small", TokenUsage.of(1, 2)),
                limits,
                38);
    }

    private static List<Tenant> tenants() {
        LimitShare ofModel = new LimitShare(
                Scope.of("scripted/one", "large"), new Limit(Limit.Unit.TOKENS, 1000, Duration.ofHours(1)), 250);
        LimitShare ofAll =
                new LimitShare(Scope.of("scripted/one"), new Limit(Limit.Unit.REQUESTS, 60, Duration.ofMinutes(1)), 81);
        return List.of(
                new Tenant(
                        Optional.of("acme"),
                        Optional.of(4),
                        82,
                        Optional.of(Duration.ofMillis(83)),
                        84,
                        List.of(ofModel, ofAll)),
                new Tenant(Optional.of(""), Optional.of(1), 0, Optional.empty(), 85, List.of()),
                new Tenant(Optional.empty(), Optional.empty(), 86, Optional.of(Duration.ofMillis(87)), 31, List.of()));
    }

    private static List<LimitStatus> limits() {
        return List.of(
                new LimitStatus(
                        Scope.of("scripted/one", "large"),
                        Limit.Unit.TOKENS,
                        1000,
                        Optional.of(Duration.ofHours(1)),
                        0,
                        LimitSource.REPORTED,
                        OptionalLong.of(23_400_000_000L)),
                new LimitStatus(
                        Scope.of("scripted/one"),
                        Limit.Unit.REQUESTS,
                        60,
                        Optional.empty(),
                        41,
                        LimitSource.LEARNED,
                        OptionalLong.empty()),
                new LimitStatus(
                        Scope.of("scripted/one"),
                        Limit.Unit.INPUT_TOKENS,
                        500,
                        Optional.of(Duration.ofMinutes(1)),
                        77,
                        LimitSource.DECLARED,
                        OptionalLong.empty()));
    }

    @Test
    void whatIsThere_comesBack_andWhatIsNotOrIsUnknownStaysAway() {
        assertThat(PricedStatus.read(text(full()))).isEqualTo(full());
        Map<String, Object> json = bare().json();
        json.put("gateway", Map.of("version", "9"));
        assertThat(PricedStatus.read(JsonMapper.shared().writeValueAsString(json)))
                .isEqualTo(bare());
        String hostile = text(full()).replace("used up", "used\\u001b[2Jup\\u009b1m");
        assertThat(PricedStatus.read(hostile).status().accounts().get(0).reason())
                .contains("used [2Jup 1m");
    }

    /** What is reckoned when it is written isn't read again. */
    @Test
    void document_hasEachFigureUnderItsName() {
        assertThat(text(full())).isEqualTo("""
                {"at":"2026-11-25T14:03:22.125Z","uptime_ms":252001,"prompts":{"submitted":1,"answered":2,
                "from_cache":3,"joined":4,"failed":5,"cancelled":6,"resumed":7,"under_way":-12,"spared_rate":3.5,
                "success_rate":0.2857142857142857},"sessions_active":7,"waiting":8,"in_flight":9,"calls":10,
                "prompts_per_minute":1618.25,"response":{"count":3,"mean_ms":212,"p95_ms":412},
                "tokens":{"prompt_tokens":30,"completion_tokens":10,"total_tokens":40,"cached_prompt_tokens":4,
                "reasoning_tokens":2},"cost":{"currency":"usd","prices_as_of":"2026-01-02","prices_stale":true,
                "prices_source":"prices.yaml","prices_doubt":"They are old.","items":[{"account":"one","model":"large",
                "tokens":{"prompt_tokens":30,"completion_tokens":10,"total_tokens":40,"cached_prompt_tokens":4,
                "reasoning_tokens":2},"cost":0.00810,"credit":"0.10 usd / month"},
                {"account":"one","model":"small","tokens":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,
                "cached_prompt_tokens":0,"reasoning_tokens":0}}]},"caches":[{"name":"ehcache","hits":11,"misses":12,
                "faults":13,"remarks":[]},{"name":"similar","hits":14,"misses":15,"faults":16,"remarks":["It measures.",
                "It serves nothing."]}],"coordination":{"name":"redis","connected":true,"processes":4,"granted":21,
                "alone":22,"refused":23,"claimed":24,"left_to_others":25,"faults":26,"problem":"cut off"},
                "accounts":[{"id":"one","provider":"scripted","organization":"scripted/one","state":"cooling",
                "reason":"used up","until":"2026-11-25T14:03:45.125Z","in_flight":31,"max_concurrency":32,"calls":33,
                "answered":34,"rate_limited":35,"failures":{"quota_exhausted":37,"timeout":36},"stale_connections":38,
                "response":{"count":3,"mean_ms":212,"p95_ms":412},"tokens":{"prompt_tokens":30,"completion_tokens":10,
                "total_tokens":40,"cached_prompt_tokens":4,"reasoning_tokens":2},
                "limits":[{"organization":"scripted/one","model":"large","unit":"tokens","amount":1000,
                "window_ms":3600000,"left":0,"source":"reported","more_in_ms":23400},
                {"organization":"scripted/one","unit":"requests","amount":60,"left":41,"source":"learned"},
                {"organization":"scripted/one","unit":"input-tokens","amount":500,"window_ms":60000,"left":77,
                "source":"declared"}]}],"tenants":[{"name":"acme","weight":4,"waiting":82,"oldest_wait_ms":83,
                "starts":84,"share_of_starts":0.42,"limits":[{"organization":"scripted/one","model":"large",
                "unit":"tokens","amount":1000,"window_ms":3600000,"used":250,"share":0.25},
                {"organization":"scripted/one","unit":"requests","amount":60,"window_ms":60000,"used":81,"share":1.0}]},
                {"name":"","weight":1,"waiting":0,"starts":85,"share_of_starts":0.425,
                "limits":[]},{"waiting":86,"oldest_wait_ms":87,"starts":31,"share_of_starts":0.155,
                "limits":[]}],"picker_faults":17,"notes":["A note.","Another."]}
                """.replace("\n", ""));
    }

    /** The price of the small model isn't known, nor therefore what all cost; the other account has no credit. */
    @Test
    void bill_isOfEachAccountsModels_byItsProvidersPrices() throws IOException {
        PriceList prices = PriceList.read(Files.writeString(folder.resolve("prices.yaml"), """
                as-of: 2026-01-02
                currency: usd
                prices: [{provider: scripted, model: large, prompt: 100, completion: 1000}]
                """));
        StatusSnapshot status = full().status();
        List<AccountSettings> accounts = List.of(
                AccountSettings.builder("other", "scripted").build(),
                AccountSettings.builder("one", "scripted")
                        .credit(Credit.parse("0.10 usd / month"))
                        .build());

        Bill bill = Bill.of(status, accounts, Optional.of(prices), LocalDate.of(2026, 1, 3));

        Optional<Credit> credit = Optional.of(Credit.parse("0.10 usd / month"));
        assertThat(bill.items())
                .extracting(Bill.Item::account, Bill.Item::model, Bill.Item::tokens, Bill.Item::credit)
                .containsExactly(
                        tuple("one", "large", SOME, credit), tuple("one", "small", TokenUsage.of(1, 2), credit));
        assertThat(bill.items().get(0).cost().orElseThrow()).isEqualByComparingTo("0.013");
        assertThat(bill.items().get(1).cost()).isEmpty();
        assertThat(bill.cost()).isEmpty();
        assertThat(bill.tokens()).isEqualTo(new TokenUsage(31, 12, 4, 2));
        assertThat(bill.prices().orElseThrow().currency()).isEqualTo("usd");
        Bill twice = new Bill(List.of(bill.items().get(0), bill.items().get(0)), bill.prices());
        assertThat(twice.cost().orElseThrow()).isEqualByComparingTo("0.026");
        assertThat(new PricedStatus(status, twice).json())
                .extractingByKey("cost")
                .asInstanceOf(MAP)
                .containsEntry("total", twice.cost().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "null",
                "[]",
                "{}",
                "\"text\"",
                "state=opne",
                "at=yesterday",
                "calls=many",
                "accounts=none"
            })
    void whatIsNoStatus_isSaidToBeNone(String what) {
        String[] change = what.split("=");
        String json = change.length < 2
                ? what
                : text(full())
                        .replaceFirst(
                                "\"" + change[0] + "\":(\"[^\"]*\"|\\d+|\\[.*])",
                                "\"" + change[0] + "\":\"" + change[1] + "\"");
        assertThatThrownBy(() -> PricedStatus.read(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("it ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"at", "state", "organization", "reason", "notes", "accounts", "unit"})
    void nullOrNumber_isNoStatus(String key) {
        for (String value : List.of("null", "[null]", "5", "[5]")) {
            String json = text(full()).replaceFirst("\"" + key + "\":(\"[^\"]*\"|\\[.*])", "\"" + key + "\":" + value);
            assertThat(json).isNotEqualTo(text(full()));
            assertThatThrownBy(() -> PricedStatus.read(json))
                    .as(value)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("it isn't a status: ");
        }
    }
}
