package dev.whippletree.terminal.board;

import dev.whippletree.config.PriceList;
import dev.whippletree.model.Credit;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountStatus;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.StatusSnapshot.CacheTier;
import dev.whippletree.model.StatusSnapshot.CoordinatorStatus;
import dev.whippletree.model.StatusSnapshot.Latency;
import dev.whippletree.model.StatusSnapshot.LimitShare;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.model.StatusSnapshot.LimitStatus.LimitSource;
import dev.whippletree.model.StatusSnapshot.Prompts;
import dev.whippletree.model.StatusSnapshot.Tenant;
import dev.whippletree.model.TokenPrice;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.status.Bill;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Status snapshots to print. */
public final class Snapshots {

    public static final Instant AT = Instant.parse("2026-11-25T14:03:22Z");

    private Snapshots() {}

    /** Nothing has happened yet, on one account of which nothing is known. */
    public static StatusSnapshot fresh() {
        AccountStatus account = account("hf-1", AccountState.OPEN, 0, Map.of(), List.of());
        return new StatusSnapshot(
                AT,
                Duration.ofMillis(40),
                new Prompts(0, 0, 0, 0, 0, 0, 0),
                0,
                0,
                0,
                0,
                0,
                new Latency(0, Duration.ZERO, Duration.ZERO),
                TokenUsage.NONE,
                List.of(),
                Optional.empty(),
                List.of(account),
                List.of(),
                List.of(),
                0,
                List.of());
    }

    /** In the middle of the interviews, with one account busy and one switched off. */
    public static StatusSnapshot busy() {
        LimitStatus used = limit("huggingface/hf-1", 0, 1000, LimitSource.DECLARED, OptionalLong.of(23_400_000_000L));
        LimitStatus left = limit("huggingface/hf-2", 412, 1000, LimitSource.REPORTED, OptionalLong.empty());
        AccountStatus busy = new AccountStatus(
                "hf-1",
                "huggingface",
                "huggingface/hf-1",
                AccountState.BUSY,
                Optional.of("1000 requests / 1h are used up"),
                Optional.of(AT.plusSeconds(23)),
                0,
                250,
                1000,
                997,
                1,
                Map.of(FailureKind.TIMEOUT, 1L, FailureKind.OVERLOADED, 2L),
                new Latency(997, Duration.ofMillis(212), Duration.ofMillis(412)),
                TokenUsage.of(40_000, 12_000),
                Map.of("openai/gpt-oss-20b", TokenUsage.of(30_000, 10_000), "fast", TokenUsage.of(10_000, 2_000)),
                List.of(used),
                0);
        AccountStatus off = new AccountStatus(
                "hf-3",
                "huggingface",
                "huggingface/hf-3",
                AccountState.OFF,
                Optional.of("token refused (401); check HF_TOKEN_3"),
                Optional.empty(),
                0,
                64,
                1,
                0,
                0,
                Map.of(FailureKind.UNAUTHORIZED, 1L),
                new Latency(0, Duration.ZERO, Duration.ZERO),
                TokenUsage.NONE,
                Map.of(),
                List.of(limit("huggingface/hf-3", 0, 96, LimitSource.LEARNED, OptionalLong.of(37_500_000_000L))),
                0);
        return new StatusSnapshot(
                AT,
                Duration.ofSeconds(252),
                new Prompts(8500, 6800, 4400, 812, 3, 2, 0),
                480,
                1204,
                43,
                1589,
                1618.25,
                new Latency(6800, Duration.ofMillis(1530), Duration.ofMillis(4211)),
                new TokenUsage(64_000, 19_200, 0, 0),
                List.of(
                        new CacheTier("ehcache", 4400, 2400, 0, List.of()),
                        new CacheTier(
                                "redis",
                                0,
                                2400,
                                7,
                                List.of(
                                        "It keeps to itself.",
                                        "What it says of itself may well be longer than a board is wide, and then goes on below."))),
                Optional.of(new CoordinatorStatus("redis", true, 4, 1589, 0, 37, 1600, 811, 0, Optional.empty(), List.of())),
                List.of(busy, account("hf-2", AccountState.OPEN, 588, Map.of(), List.of(left)), off),
                List.of(),
                List.of(),
                2,
                List.of(
                        "The accounts hf-1, hf-2 and hf-3 are counted as separate because they are configured so; keys of"
                                + " one Hugging Face account share a quota."));
    }

    /**
     * The same with tenants: one that fills the line, one that asks now and then, and so many more that not all have a
     * row.
     */
    public static StatusSnapshot crowded() {
        StatusSnapshot busy = busy();
        Limit hourly = new Limit(Limit.Unit.REQUESTS, 1000, Duration.ofHours(1));
        List<Tenant> tenants = new ArrayList<>();
        tenants.add(tenant(
                "reports-of-the-whole-company",
                1,
                1150,
                Duration.ofMillis(252_300),
                1_237,
                Optional.of(new LimitShare(Scope.of("huggingface/hf-1"), hourly, 871))));
        tenants.add(tenant(
                "interviews",
                4,
                1,
                Duration.ofMillis(840),
                290,
                Optional.of(new LimitShare(Scope.of("huggingface/hf-2", "openai/gpt-oss-20b"), hourly, 212))));
        for (int number = 1; number <= 11; number++) {
            tenants.add(tenant("client-" + number, 1, 0, Duration.ZERO, 3, Optional.empty()));
        }
        tenants.add(new Tenant(
                Optional.empty(), Optional.empty(), 53, Optional.of(Duration.ofMillis(3_100)), 29, List.of()));
        return new StatusSnapshot(
                busy.at(),
                busy.uptime(),
                busy.prompts(),
                busy.sessionsActive(),
                busy.waiting(),
                busy.inFlight(),
                busy.calls(),
                busy.promptsPerMinute(),
                busy.latency(),
                busy.tokens(),
                busy.caches(),
                busy.coordination(),
                busy.accounts(),
                busy.removed(),
                tenants,
                busy.pickerFaults(),
                busy.notes());
    }

    private static Tenant tenant(
            String name, int weight, int waiting, Duration oldest, long starts, Optional<LimitShare> share) {
        return new Tenant(
                Optional.of(name),
                Optional.of(weight),
                waiting,
                Optional.of(oldest).filter(wait -> waiting > 0),
                starts,
                share.stream().toList());
    }

    /** What the tokens of {@link #busy} cost by a list that lacks a model. */
    public static Bill bill() {
        return bill(AT);
    }

    /** The same, seen at another time. */
    static Bill bill(Instant at) {
        LocalDate asOf = LocalDate.of(2026, 11, 1);
        TokenPrice price = new TokenPrice(
                "huggingface", "openai/gpt-oss-20b", new BigDecimal("0.10"), new BigDecimal("0.50"), "usd", asOf);
        AccountSettings account = AccountSettings.builder("hf-1", "huggingface")
                .credit(Credit.parse("0.10 usd / month"))
                .build();
        return Bill.of(
                busy(),
                List.of(account),
                Optional.of(new PriceList("prices.yaml", asOf, 90, "usd", List.of(price))),
                LocalDate.ofInstant(at, ZoneOffset.UTC));
    }

    private static AccountStatus account(
            String id, AccountState state, long calls, Map<FailureKind, Long> failures, List<LimitStatus> limits) {
        return new AccountStatus(
                id,
                "huggingface",
                "huggingface/" + id,
                state,
                Optional.empty(),
                Optional.empty(),
                (int) Math.min(43, calls),
                250,
                calls,
                calls,
                0,
                failures,
                new Latency(calls, Duration.ofMillis(calls == 0 ? 0 : 198), Duration.ofMillis(calls == 0 ? 0 : 377)),
                calls == 0 ? TokenUsage.NONE : TokenUsage.of(24_000, 7_200),
                calls == 0 ? Map.of() : Map.of("openai/gpt-oss-20b", TokenUsage.of(24_000, 7_200)),
                limits,
                0);
    }

    private static LimitStatus limit(String organization, long left, long amount, LimitSource source, OptionalLong nextIn) {
        return new LimitStatus(
                Scope.of(organization),
                Limit.Unit.REQUESTS,
                amount,
                Optional.of(Duration.ofHours(1)),
                left,
                source,
                nextIn);
    }
}
