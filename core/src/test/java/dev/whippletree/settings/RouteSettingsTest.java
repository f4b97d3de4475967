package dev.whippletree.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class RouteSettingsTest {

    private static final TargetSettings FIRST = new TargetSettings("a", "m");
    private static final TargetSettings SECOND = new TargetSettings("b", "m");

    @Test
    void toBuilder_keepsEachValue() {
        Settings decay = new Settings("route r, strategy", Map.of("decay", "30s"));
        Retries retries = Retries.DEFAULT.withAttemptsPerTarget(3);
        Timeouts timeouts = Timeouts.DEFAULT.withWhole(Duration.ofMinutes(5));
        RouteSettings route = RouteSettings.builder("r")
                .tier(FIRST, SECOND)
                .tier(SECOND)
                .strategy("peak-ewma", decay)
                .patience(Duration.ofSeconds(1))
                .deadline(Duration.ofMinutes(2))
                .maxTokens(600)
                .ttl(Duration.ofHours(1))
                .retries(retries)
                .timeouts(timeouts)
                .aliases(List.of("gpt-4o-mini"))
                .leave(0.1)
                .build();

        assertThat(route.tiers()).containsExactly(new Tier(List.of(FIRST, SECOND)), new Tier(List.of(SECOND)));
        assertThat(route.toBuilder().build()).isEqualTo(route);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(
                        "route r: add at least one tier",
                        () -> RouteSettings.builder("r").build()),
                mistake(
                        "route r: patience can't be negative",
                        () -> RouteSettings.builder("r")
                                .tier(FIRST)
                                .patience(Duration.ofNanos(-1))
                                .build()),
                mistake(
                        "route r: deadline must be positive, not PT0S",
                        () -> RouteSettings.builder("r")
                                .tier(FIRST)
                                .deadline(Duration.ZERO)
                                .build()),
                mistake(
                        "route r: ttl must be positive, not PT-1S",
                        () -> RouteSettings.builder("r")
                                .tier(FIRST)
                                .ttl(Duration.ofSeconds(-1))
                                .build()),
                mistake(
                        "route r: max-tokens must be 1 or more, not 0",
                        () -> RouteSettings.builder("r")
                                .tier(FIRST)
                                .maxTokens(0)
                                .build()),
                mistake("a tier needs at least one target", () -> new Tier(List.of())),
                mistake(
                        "not 91.0 %",
                        () -> RouteSettings.builder("r").tier(FIRST).leave(0.91).build()),
                mistake(
                        "not -1.0 %",
                        () -> RouteSettings.builder("r")
                                .tier(FIRST)
                                .leave(-0.01)
                                .build()),
                mistake("attempts must be 1 or more, not 0", () -> Retries.DEFAULT.withAttemptsPerTarget(0)),
                mistake("backoff", () -> Retries.DEFAULT.withBackoff(Duration.ofSeconds(2), Duration.ofSeconds(1))),
                mistake("backoff", () -> Retries.DEFAULT.withBackoff(Duration.ofSeconds(-1), Duration.ZERO)),
                mistake("not 1.1", () -> Retries.DEFAULT.withBudget(1.1, 1)),
                mistake("not -0.1", () -> Retries.DEFAULT.withBudget(-0.1, 1)),
                mistake("not 0.0", () -> Retries.DEFAULT.withBudget(0, 0)),
                mistake("a timeout must be positive, not 0 ms", () -> Timeouts.DEFAULT.withFirstByte(Duration.ZERO)),
                mistake(
                        "a timeout must be positive, not -1000 ms",
                        () -> Timeouts.DEFAULT.withFirstToken(Duration.ofSeconds(-1))),
                mistake(
                        "a timeout must be positive, not 0 ms",
                        () -> Timeouts.DEFAULT.withBetweenTokens(Duration.ZERO)),
                mistake("a timeout must be positive, not 0 ms", () -> Timeouts.DEFAULT.withWhole(Duration.ZERO)),
                mistake("line-size can't be negative: -1", () -> EngineSettings.DEFAULT.withLineSize(-1)),
                mistake("tenant-line-size can't", () -> EngineSettings.DEFAULT.withTenantLineSize(-1)),
                mistake("not 51.0 %", () -> EngineSettings.DEFAULT.withBatchShare(0.51)),
                mistake("max-concurrency must", () -> EngineSettings.DEFAULT.withMaxConcurrency(0)),
                mistake(
                        "cache-timeout must be positive, not 0 ms",
                        () -> EngineSettings.DEFAULT.withCacheTimeout(Duration.ZERO)),
                mistake("tenant 't': a weight must be 1 to 1000, not 0", () -> new TenantWeights(Map.of("t", 0))),
                mistake("not 1001", () -> new TenantWeights(Map.of("t", 1001))));
    }

    private static Arguments mistake(String message, ThrowingCallable setting) {
        return arguments(message, setting);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void valueOutOfItsRange_isRefused(String message, ThrowingCallable setting) {
        assertThatThrownBy(setting).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void valuesAtTheEndsOfTheirRanges_areTaken() {
        RouteSettings route = RouteSettings.builder("r")
                .tier(FIRST)
                .leave(0.9)
                .patience(Duration.ZERO)
                .maxTokens(1)
                .build();
        assertThat(route.leave()).isEqualTo(0.9);
        Duration one = Duration.ofNanos(1);
        Duration two = Duration.ofNanos(2);
        Retries retries = new Retries(1, one, two, 1, 0.1);
        assertThat(List.of(retries.withAttemptsPerTarget(1), retries.withBackoff(one, two), retries.withBudget(1, 0.1)))
                .containsOnly(retries);
        assertThat(retries.withBackoff(Duration.ZERO, Duration.ZERO).maxBackoff())
                .isZero();
        Timeouts timeouts = new Timeouts(Optional.of(one), Optional.of(two), Duration.ofNanos(3), Optional.of(one));
        assertThat(List.of(
                        timeouts.withFirstByte(one),
                        timeouts.withFirstToken(two),
                        timeouts.withBetweenTokens(timeouts.betweenTokens()),
                        timeouts.withWhole(one)))
                .containsOnly(timeouts);
        EngineSettings engine = new EngineSettings(0, OptionalInt.of(7), 0.5, 1, one);
        assertThat(List.of(
                        engine.withLineSize(0),
                        engine.withTenantLineSize(7),
                        engine.withBatchShare(0.5),
                        engine.withMaxConcurrency(1),
                        engine.withCacheTimeout(one)))
                .containsOnly(engine);
        assertThat(engine.lineSizeOfATenant()).isZero();
        assertThat(engine.withLineSize(8).lineSizeOfATenant()).isEqualTo(7);
        assertThat(EngineSettings.DEFAULT.lineSizeOfATenant()).isEqualTo(10_000);
        assertThat(TenantWeights.EQUAL.of("anybody")).isEqualTo(1);
        assertThat(new TenantWeights(Map.of("t", 1000)).of("t")).isEqualTo(1000);
    }
}
