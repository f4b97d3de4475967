package dev.whippletree.planner.interviews;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.Account;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.StatusSnapshot.CacheTier;
import dev.whippletree.model.StatusSnapshot.Coordination;
import dev.whippletree.model.StatusSnapshot.Latency;
import dev.whippletree.model.StatusSnapshot.LimitShare;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.model.StatusSnapshot.LimitStatus.Source;
import dev.whippletree.model.StatusSnapshot.Prompts;
import dev.whippletree.model.StatusSnapshot.Tenant;
import dev.whippletree.model.TokenUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StatusSumTest {

    private static final Instant AT = Instant.parse("2026-11-26T10:00:00Z");
    private static final Coordination COORDINATION =
            new Coordination("redis", true, 2, 10, 1, 3, 9, 4, 2, Optional.empty());
    private static final Account OPEN = account("hf-1", AccountState.OPEN, Optional.empty(), 10, 100, 200);
    private static final Account BUSY = account("hf-1", AccountState.BUSY, Optional.of("used up"), 30, 300, 900);
    private static final StatusSnapshot ONE = snapshot(AT, 40, latency(10, 100, 200), Optional.of(COORDINATION), OPEN);
    private static final StatusSnapshot OTHER =
            snapshot(AT.plusSeconds(1), 60, latency(30, 300, 250), Optional.of(COORDINATION), BUSY);

    @Test
    void oneSnapshot_isItsOwnSum() {
        assertThat(StatusSum.of(List.of(ONE))).isEqualTo(ONE);
        assertThat(StatusSum.of(List.of(apart(ONE)))).isEqualTo(apart(ONE));
    }

    @Test
    void counts_addUp_andTheLatestTimesHold() {
        StatusSnapshot sum = StatusSum.of(List.of(ONE, OTHER));

        assertThat(sum.at()).isEqualTo(AT.plusSeconds(1));
        assertThat(sum.uptime()).isEqualTo(Duration.ofSeconds(60));
        assertThat(sum.prompts()).isEqualTo(new Prompts(200, 180, 40, 20, 6, 2, 8));
        assertThat(sum.sessionsActive()).isEqualTo(10);
        assertThat(sum.waiting()).isEqualTo(6);
        assertThat(sum.inFlight()).isEqualTo(4);
        assertThat(sum.calls()).isEqualTo(100);
        assertThat(sum.promptsPerMinute()).isEqualTo(24.5);
        assertThat(sum.tokens()).isEqualTo(TokenUsage.of(20, 6));
        assertThat(sum.pickerFaults()).isEqualTo(2);
        assertThat(sum.notes()).containsExactly("a note");
        assertThat(sum.caches())
                .containsExactly(
                        new CacheTier("near", 10, 6, 2, List.of("It fills.")),
                        new CacheTier("redis", 2, 4, 0, List.of()));
    }

    @Test
    void times_areWeightedByWhatWasMeasured_andTheLargestP95Holds() {
        assertThat(StatusSum.of(List.of(ONE, OTHER)).latency()).isEqualTo(latency(40, 250, 250));
        StatusSnapshot idle = snapshot(AT, 1, latency(0, 0, 0), Optional.of(COORDINATION), OPEN);
        assertThat(StatusSum.of(List.of(idle, ONE)).latency()).isEqualTo(ONE.latency());
        assertThat(StatusSum.of(List.of(idle, idle)).latency()).isEqualTo(idle.latency());
    }

    @Test
    void coordinations_addUp_andOneThatIsCutOffIsTold() {
        Coordination cutOff = new Coordination("redis", false, 1, 5, 5, 0, 1, 0, 7, Optional.of("Redis is away"));
        StatusSnapshot other = snapshot(AT, 1, latency(0, 0, 0), Optional.of(cutOff), OPEN);

        assertThat(StatusSum.of(List.of(ONE, other)).coordination())
                .contains(new Coordination("redis", false, 2, 15, 6, 3, 10, 4, 9, Optional.of("Redis is away")));
    }

    @Test
    void accounts_areMergedById_andTheWorstStateHolds() {
        Account second = account("hf-2", AccountState.OPEN, Optional.empty(), 1, 100, 100);
        StatusSnapshot third = snapshot(AT, 1, latency(0, 0, 0), Optional.of(COORDINATION), OPEN, second);

        List<Account> accounts = StatusSum.of(List.of(third, OTHER)).accounts();

        assertThat(accounts).extracting(Account::id).containsExactly("hf-1", "hf-2");
        assertThat(accounts.get(1)).isEqualTo(second);
        Account first = accounts.get(0);
        assertThat(first.state()).isEqualTo(AccountState.BUSY);
        assertThat(first.reason()).contains("used up");
        assertThat(first.calls()).isEqualTo(40);
        assertThat(first.answered()).isEqualTo(40);
        assertThat(first.rateLimited()).isEqualTo(2);
        assertThat(first.staleConnections()).isEqualTo(6);
        assertThat(first.inFlight()).isEqualTo(2);
        assertThat(first.maxConcurrency()).isEqualTo(500);
        assertThat(first.failures()).containsExactlyInAnyOrderEntriesOf(Map.of(FailureKind.TIMEOUT, 4L));
        assertThat(first.latency()).isEqualTo(latency(40, 250, 900));
        assertThat(first.tokensByModel()).containsExactlyInAnyOrderEntriesOf(Map.of("m", TokenUsage.of(40, 40)));
    }

    @Test
    void usesOfADeclaredLimit_addUp_whileTheLeastOfAReportedOneHolds() {
        Account one = withLimits(declared(80), reported(70));
        Account other = withLimits(declared(75), reported(50));

        assertThat(limits(Optional.of(COORDINATION), one, other)).containsExactly(declared(55), reported(50));
        assertThat(limits(Optional.of(COORDINATION), withLimits(declared(10)), withLimits(declared(20))))
                .as("no more than there is")
                .containsExactly(declared(0));
    }

    @Test
    void partsOfADividedLimit_addUp() {
        LimitStatus sum = limits(Optional.empty(), withLimits(declared(80)), withLimits(declared(75)))
                .get(0);

        assertThat(sum.amount()).isEqualTo(200);
        assertThat(sum.left()).isEqualTo(155);
    }

    private static List<LimitStatus> limits(Optional<Coordination> coordination, Account... accounts) {
        List<StatusSnapshot> parts = List.of(
                snapshot(AT, 1, latency(0, 0, 0), coordination, accounts[0]),
                snapshot(AT, 1, latency(0, 0, 0), coordination, accounts[1]));
        return StatusSum.of(parts).accounts().get(0).limits();
    }

    private static LimitStatus declared(long left) {
        return limit(left, Source.DECLARED);
    }

    private static LimitStatus reported(long left) {
        return limit(left, Source.REPORTED);
    }

    private static LimitStatus limit(long left, Source source) {
        return new LimitStatus(
                Scope.of("acme"),
                Limit.Unit.REQUESTS,
                100,
                Optional.of(Duration.ofMinutes(1)),
                left,
                source,
                OptionalLong.empty());
    }

    private static Account withLimits(LimitStatus... limits) {
        return new Account(
                "hf-1",
                "huggingface",
                "acme",
                AccountState.OPEN,
                Optional.empty(),
                Optional.empty(),
                0,
                1,
                0,
                0,
                0,
                Map.of(),
                latency(0, 0, 0),
                TokenUsage.NONE,
                Map.of(),
                List.of(limits),
                0);
    }

    private static Account account(
            String id, AccountState state, Optional<String> reason, long calls, long meanMillis, long p95Millis) {
        return new Account(
                id,
                "huggingface",
                id,
                state,
                reason,
                Optional.empty(),
                1,
                250,
                calls,
                calls,
                1,
                Map.of(FailureKind.TIMEOUT, 2L),
                latency(calls, meanMillis, p95Millis),
                TokenUsage.of(calls, calls),
                Map.of("m", TokenUsage.of(calls, calls)),
                List.of(),
                3);
    }

    private static Latency latency(long count, long meanMillis, long p95Millis) {
        return new Latency(count, Duration.ofMillis(meanMillis), Duration.ofMillis(p95Millis));
    }

    private static StatusSnapshot apart(StatusSnapshot status) {
        return snapshot(
                status.at(),
                status.uptime().toSeconds(),
                status.latency(),
                Optional.empty(),
                status.accounts().toArray(Account[]::new));
    }

    @Test
    void tenants_areAddedUpByName_theirLimitsToo_andThoseWithoutARowComeLast() {
        LimitShare hourly = share(Duration.ofHours(1), 300);
        LimitShare ofAMinute = share(Duration.ofMinutes(1), 7);
        Tenant others = new Tenant(Optional.empty(), Optional.empty(), 1, Optional.empty(), 2, List.of());
        StatusSnapshot sum = StatusSum.of(List.of(
                with(tenant("acme", 3, 4, 50, hourly), others),
                with(tenant("acme", 30, 2, 5, hourly, ofAMinute), tenant("late", 1, 1, 9))));
        assertThat(sum.tenants())
                .containsExactly(
                        tenant("acme", 33, 4, 55, share(Duration.ofHours(1), 600), ofAMinute),
                        tenant("late", 1, 1, 9),
                        others);
    }

    private static LimitShare share(Duration window, long used) {
        return new LimitShare(Scope.of("acme"), new Limit(Limit.Unit.REQUESTS, 1000, window), used);
    }

    private static Tenant tenant(String name, int waiting, int oldestSeconds, long starts, LimitShare... limits) {
        return new Tenant(
                Optional.of(name),
                Optional.of(2),
                waiting,
                Optional.of(Duration.ofSeconds(oldestSeconds)),
                starts,
                List.of(limits));
    }

    private static StatusSnapshot with(Tenant... tenants) {
        return snapshot(
                Instant.EPOCH, 1, new Latency(0, Duration.ZERO, Duration.ZERO), Optional.empty(), List.of(tenants));
    }

    private static StatusSnapshot snapshot(
            Instant at, long uptimeSeconds, Latency latency, Optional<Coordination> coordination, Account... accounts) {
        return snapshot(at, uptimeSeconds, latency, coordination, List.of(), accounts);
    }

    private static StatusSnapshot snapshot(
            Instant at,
            long uptimeSeconds,
            Latency latency,
            Optional<Coordination> coordination,
            List<Tenant> tenants,
            Account... accounts) {
        return new StatusSnapshot(
                at,
                Duration.ofSeconds(uptimeSeconds),
                new Prompts(100, 90, 20, 10, 3, 1, 4),
                5,
                3,
                2,
                50,
                12.25,
                latency,
                TokenUsage.of(10, 3),
                List.of(
                        new CacheTier("near", 5, 3, 1, List.of("It fills.")),
                        new CacheTier("redis", 1, 2, 0, List.of())),
                coordination,
                List.of(accounts),
                tenants,
                1,
                List.of("a note"));
    }
}
