package dev.whippletree.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot.LimitShare;
import dev.whippletree.model.StatusSnapshot.Tenant;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the status tells of tenants. Each call takes a second. */
final class TenantTallyTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final EngineFixture fixture = new EngineFixture();
    private int prompts;

    private void account(int concurrency, String... limits) {
        ScriptedClient client = fixture.account("a", Optional.of("acme"), concurrency, limits);
        client.usually(client.answersAfter(SECOND));
    }

    private void ask(String tenant) {
        var unused = fixture.ask(
                Prompt.builder().user("prompt " + prompts++).tenant(tenant).build());
    }

    private List<Tenant> tenants() {
        return fixture.status().tenants();
    }

    private Tenant tenant(String name) {
        return tenants().stream()
                .filter(tenant -> tenant.name().equals(Optional.of(name)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void onlyTenant_isNotTold() {
        account(1);
        ask("alone");
        ask("alone");
        fixture.advance(SECOND);
        assertThat(tenants()).isEmpty();
        ask("other");
        assertThat(tenants()).extracting(Tenant::name).containsExactly(Optional.of("other"), Optional.of("alone"));
        assertThat(tenant("alone").starts())
                .as("counted before there was another")
                .isEqualTo(2);
    }

    @Test
    void tenants_areToldByHowManyWait_withTheOldestAndTheirStarts() {
        account(1);
        fixture.weights(Map.of("modest", 3));
        ask("greedy");
        fixture.advance(Duration.ofMillis(100));
        ask("greedy");
        fixture.advance(Duration.ofMillis(200));
        for (int number = 0; number < 3; number++) {
            ask("greedy");
        }
        ask("modest");
        fixture.advance(Duration.ofMillis(300));
        assertThat(tenants())
                .containsExactly(
                        new Tenant(
                                Optional.of("greedy"),
                                Optional.of(1),
                                4,
                                Optional.of(Duration.ofMillis(500)),
                                1,
                                List.of()),
                        new Tenant(
                                Optional.of("modest"),
                                Optional.of(3),
                                1,
                                Optional.of(Duration.ofMillis(300)),
                                0,
                                List.of()));
        fixture.advance(SECOND.multipliedBy(2));
        assertThat(fixture.status().shareOfStarts(tenant("modest"))).isEqualTo(1 / 3.0);
        fixture.run();
        assertThat(tenants()).allSatisfy(tenant -> {
            assertThat(tenant.waiting()).isZero();
            assertThat(tenant.oldestWait()).isEmpty();
        });
        assertThat(tenant("greedy").starts()).isEqualTo(5);
    }

    @Test
    void limits_areToldByWhatCallsHaveUsedOfThem_untilTheirWindowsHavePassed() {
        account(10, "20 / 1m", "1000 tokens / 1m");
        for (int number = 0; number < 6; number++) {
            ask("greedy");
        }
        ask("modest");
        fixture.advance(SECOND.multipliedBy(2));
        long tokens = fixture.status().tokens().total();
        assertThat(tenant("greedy").limits())
                .containsExactly(
                        new LimitShare(Scope.of("scripted/acme"), Limit.parse("20 / 1m"), 6),
                        new LimitShare(Scope.of("scripted/acme"), Limit.parse("1000 tokens / 1m"), tokens * 6 / 7));
        assertThat(tenant("greedy").mostUsed()).map(LimitShare::share).contains(0.3);
        assertThat(tenant("modest").limits()).extracting(LimitShare::used).containsExactly(1L, tokens / 7);
        fixture.advance(Duration.ofSeconds(67));
        assertThat(tenant("greedy").limits()).isEmpty();
        assertThat(tenant("greedy").starts()).isEqualTo(6);
    }

    @Test
    void tenantsBeyondAHundred_areOneRow_untilOneOfTheHundredHasBeenSilentForAnHour() {
        account(1);
        for (int number = 0; number < 100; number++) {
            ask("tenant " + number);
        }
        ask("late");
        ask("later");
        assertThat(tenants()).hasSize(100 + 1);
        assertThat(tenants().get(100))
                .isEqualTo(new Tenant(Optional.empty(), Optional.empty(), 2, Optional.of(Duration.ZERO), 0, List.of()));
        fixture.run();
        assertThat(tenants().get(100).starts()).isEqualTo(2);
        fixture.advance(Duration.ofMinutes(57));
        ask("tenant 0");
        ask("late");
        fixture.advance(Duration.ofMinutes(2));
        assertThat(tenants()).extracting(Tenant::name).doesNotContain(Optional.of("late"));
        fixture.advance(Duration.ofMinutes(2));
        ask("late");
        fixture.advance(SECOND);
        assertThat(tenants()).hasSize(100 + 1);
        assertThat(tenant("late").starts()).isEqualTo(1);
        assertThat(tenant("tenant 0").starts()).as("it was heard of lately").isEqualTo(2);
        assertThat(tenants()).extracting(Tenant::name).doesNotContain(Optional.of("tenant 1"));
        assertThat(tenants().get(100).starts()).isEqualTo(3);
        fixture.advance(Duration.ofHours(2));
        tenants().forEach(tenant -> tenant.name().ifPresent(this::ask));
        ask("fresh");
        assertThat(tenants()).extracting(Tenant::name).doesNotContain(Optional.of("fresh"));
    }

    @Test
    void tenantThatWaitsForLong_keepsItsRow() {
        account(1, "1 / 3h");
        for (int number = 0; number < 100; number++) {
            ask("tenant " + number);
        }
        fixture.advance(Duration.ofHours(2));
        ask("late");
        assertThat(tenants()).extracting(Tenant::name).doesNotContain(Optional.of("late"));
        assertThat(tenant("tenant 1").oldestWait()).contains(Duration.ofHours(2));
    }
}
