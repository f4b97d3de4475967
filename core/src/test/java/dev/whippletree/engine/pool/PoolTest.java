package dev.whippletree.engine.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.engine.ScriptedClient;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.settings.EngineSettings;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.settings.RouteSettings.Tier;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pool keeps of accounts and models that come and go. */
final class PoolTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final int MINUTES_PER_WINDOW = 60;

    private final ScriptedClient client = new ScriptedClient(new VirtualTimeline(0));

    /** One account with one model, whose limits are of an hour. */
    private Topology topology(String account, String model) {
        AccountSettings settings = AccountSettings.builder(account, "scripted")
                .limit("9 / 1h")
                .limit(Limit.parse("9 / 1h"), model)
                .build();
        RouteSettings route =
                RouteSettings.of("default", List.of(new Tier(List.of(new TargetSettings(account, model)))));
        return new Topology(
                List.of(new Topology.OpenAccount(settings, client)),
                Map.of("default", new Topology.OpenRoute(route, List.of((ready, now) -> 0))),
                "default",
                List.of(),
                List.of());
    }

    private static Lease call(Pool pool, long now) {
        return new Lease(pool.targets().iterator().next(), new TokenCount(1, 1), now);
    }

    private static ScopeState organization(Pool pool) {
        return pool.targets().iterator().next().organization();
    }

    private static Optional<ScopeState> organization(Pool pool, String account) {
        return pool.scope(Scope.of("scripted/account " + account));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void scopesOfAccountsAndModelsThatAreGone_areKeptForAWindow(boolean sameAccount) {
        Pool pool = new Pool(topology("a0", "m0"), EngineSettings.DEFAULT, 0);
        long now = 0;
        for (int number = 1; number <= 10_000; number++) {
            call(pool, now).end(Optional.empty(), now);
            now += MINUTE;
            pool.change(topology(sameAccount ? "a0" : "a" + number, "m" + number), now);
            assertThat(pool.scopes().size()).isLessThanOrEqualTo(2 * (MINUTES_PER_WINDOW + 2));
        }
        assertThat(pool.scopes().size()).as("of a window").isGreaterThan(MINUTES_PER_WINDOW);
    }

    @Test
    void scopeOfAnAccountThatIsGone_isKeptWhileACallIsUnderWay_andThenForAWindow() {
        Pool pool = new Pool(topology("a", "model"), EngineSettings.DEFAULT, 0);
        Lease underWay = call(pool, 0);
        pool.change(topology("b", "model"), MINUTE);
        long ended = 600 * MINUTE;
        pool.change(topology("b", "model"), ended);
        assertThat(organization(pool, "a")).isPresent();
        underWay.end(Optional.empty(), ended);
        pool.change(topology("b", "model"), ended + MINUTES_PER_WINDOW * MINUTE);
        assertThat(organization(pool, "a")).isPresent();
        pool.change(topology("b", "model"), ended + (MINUTES_PER_WINDOW + 1) * MINUTE);
        assertThat(organization(pool, "a")).isEmpty();
    }

    @Test
    void scopeOfAnAccountThatIsGone_isKeptWhileItIsClosed() {
        Pool pool = new Pool(topology("a", "model"), EngineSettings.DEFAULT, 0);
        organization(pool).closure().closeUntil(10 * MINUTE, "daily limit", 0);
        pool.change(topology("b", "model"), MINUTE);
        assertThat(organization(pool, "a")).isPresent();
        pool.change(topology("a", "model"), 2 * MINUTE);
        assertThat(organization(pool).closure().isClosed(2 * MINUTE)).isTrue();
        pool.change(topology("b", "model"), 10 * MINUTE);
        assertThat(organization(pool, "a")).isEmpty();
    }
}
