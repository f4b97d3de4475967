package dev.whippletree.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.cache.redis.contact.FaultyCommands;
import dev.whippletree.cache.redis.contact.ModelledRedis;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.TenantTurn;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a process hears of how many processes ask for a tenant's turns. */
class SpreadTenantsTest {

    private static final TenantTurn TURN = new TenantTurn("acme", Priority.BATCH, 1);

    private final VirtualTimeline timeline = new VirtualTimeline(1);
    private final ModelledRedis redis = new ModelledRedis(timeline);
    private final List<FaultyCommands> networks = new ArrayList<>();
    private final List<Coordination> processes =
            IntStream.range(0, 3).mapToObj(n -> open()).toList();
    private final List<Integer> heard = new ArrayList<>();
    private boolean both = true;
    private int dying = -1;

    private Coordination open() {
        FaultyCommands network = new FaultyCommands(redis, timeline);
        networks.add(network);
        return CoordinatedProcess.open(Map.of(), network.commands(), FakeServices.on(timeline));
    }

    /** Asks for one call of an organization after the other. */
    private void work(int process, String organization) {
        if (organization.equals("b") && !both) {
            return;
        }
        LimitUse use = new LimitUse(Scope.of(organization), "few", Limit.requests(10, Duration.ofSeconds(5)), 1);
        processes.get(process).reserve(List.of(use), TURN).thenAccept(grant -> {
            if (grant instanceof Grant.Granted one) {
                processes.get(process).settle(one.id(), Optional.empty(), Duration.ZERO);
            } else if (process == dying) {
                networks.get(process).setDown(true);
            }
            timeline.schedule(Duration.ofMillis(200).toNanos(), () -> work(process, organization));
        });
    }

    private void listen() {
        processes.get(0).listen(new CoordinationListener() {
            @Override
            public void closed(ScopeClosing closing) {}

            @Override
            public void reopened(Scope scope) {}

            @Override
            public void spread(String tenant, Priority priority, int count) {
                assertThat(tenant).isEqualTo("acme");
                assertThat(priority).isEqualTo(Priority.BATCH);
                heard.add(count);
            }
        });
    }

    /** Two ask for the tenant's turns of one organization, and three for those of another one, until they stop. */
    @Test
    void tenantOfSeveralOrganizations_isAsSpreadAsWhereItIsMost() {
        listen();
        List.of(0, 1).forEach(process -> work(process, "a"));
        List.of(0, 1, 2).forEach(process -> work(process, "b"));
        timeline.advance(Duration.ofSeconds(20));
        assertThat(heard).last().isEqualTo(3);
        both = false;
        timeline.advance(Duration.ofSeconds(20));

        assertThat(heard).last().isEqualTo(2);
    }

    /** Its block lasts for minutes. */
    @Test
    void tenantOfAProcessThatDiesWhileItWaits_isSpreadOverTheOthers() {
        listen();
        List.of(0, 1, 2).forEach(process -> work(process, "a"));
        timeline.advance(Duration.ofSeconds(20));
        assertThat(heard).last().isEqualTo(3);
        dying = 2;
        timeline.advance(Duration.ofSeconds(10));

        assertThat(heard).last().isEqualTo(2);
    }
}
