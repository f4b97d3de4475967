package dev.whippletree.metrics;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every number that a status has, by its row. */
final class ReadingsTest {

    private static final Instant AT = Instant.parse("2026-11-25T14:03:22Z");
    private static final Latency NONE = new Latency(0, Duration.ZERO, Duration.ZERO);

    private static AccountStatus account(
            String id, AccountState state, Optional<Instant> until, LimitStatus... limits) {
        return new AccountStatus(
                id,
                "groq",
                "acme",
                state,
                Optional.empty(),
                until,
                2,
                8,
                15,
                11,
                1,
                Map.of(FailureKind.TIMEOUT, 3L, FailureKind.RATE_LIMITED, 1L),
                NONE,
                TokenUsage.NONE,
                Map.of(),
                List.of(limits),
                4);
    }

    private static LimitStatus limit(long left, Optional<Duration> window, LimitSource source, Scope scope) {
        return new LimitStatus(scope, Limit.Unit.TOKENS, 100, window, left, source, OptionalLong.empty());
    }

    static StatusSnapshot status() {
        Scope all = Scope.of("acme");
        Optional<Duration> minute = Optional.of(Duration.ofMinutes(1));
        Limit brief = Limit.requests(10, Duration.ofMillis(1_500));
        return new StatusSnapshot(
                AT,
                Duration.ofMillis(2_500),
                new Prompts(0, 0, 0, 0, 0, 0, 0),
                21,
                22,
                23,
                99,
                0,
                NONE,
                TokenUsage.NONE,
                List.of(new CacheTier("near", 31, 32, 33, List.of()), new CacheTier("far", 41, 42, 43, List.of())),
                Optional.of(
                        new CoordinatorStatus("redis", false, 51, 55, 5, 52, 53, 54, 56, Optional.empty(), List.of())),
                List.of(
                        account(
                                "open",
                                AccountState.OPEN,
                                Optional.of(AT.plusSeconds(9)),
                                limit(70, minute, LimitSource.DECLARED, all)),
                        account(
                                "busy",
                                AccountState.BUSY,
                                Optional.of(AT.plusMillis(1_500)),
                                limit(60, minute, LimitSource.DECLARED, all),
                                limit(50, Optional.empty(), LimitSource.LEARNED, Scope.of("acme", "m"))),
                        account(
                                "cooling",
                                AccountState.COOLING,
                                Optional.of(AT.minusSeconds(1)),
                                limit(80, minute, LimitSource.DECLARED, all)),
                        account("off", AccountState.OFF, Optional.empty())),
                List.of(),
                List.of(
                        new Tenant(
                                Optional.of(""),
                                Optional.of(1),
                                61,
                                Optional.of(Duration.ofMillis(1_250)),
                                62,
                                List.of(new LimitShare(Scope.of("acme", "m"), brief, 4))),
                        new Tenant(
                                Optional.empty(),
                                Optional.empty(),
                                0,
                                Optional.empty(),
                                71,
                                List.of(new LimitShare(all, Limit.requests(10, Duration.ofHours(1)), 20)))),
                24,
                List.of());
    }

    @Test
    void status_isSplitIntoTheRowsOfTheResource() throws IOException {
        Stream<String> rows = Readings.of(status()).entrySet().stream()
                .map(row -> row.getKey().instrument().fullName() + " "
                        + new TreeMap<>(row.getKey().labels()) + " " + row.getValue())
                .filter(row -> !row.matches("whippletree.account.calls .*} 0.0"))
                .sorted();
        assertThat(rows).containsExactlyElementsOf(Files.readAllLines(Path.of("src/test/resources/readings.txt")));
    }
}
