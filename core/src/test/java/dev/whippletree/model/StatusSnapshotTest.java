package dev.whippletree.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.StatusSnapshot.LimitShare;
import dev.whippletree.model.StatusSnapshot.Prompts;
import dev.whippletree.model.StatusSnapshot.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StatusSnapshotTest {

    private static final Limit LIMIT = Limit.requests(100, Duration.ofMinutes(1));

    private static Tenant tenant(String name, int waiting, long starts, LimitShare... limits) {
        return new Tenant(
                Optional.of(name),
                Optional.of(2),
                waiting,
                Optional.of(Duration.ofMillis(waiting)).filter(wait -> waiting > 0),
                starts,
                List.of(limits));
    }

    private static LimitShare share(String organization, long used) {
        return new LimitShare(Scope.of(organization), LIMIT, used);
    }

    @Test
    void ratesOfPrompts_areOfThoseThatEnded() {
        Prompts prompts = new Prompts(100, 60, 12, 3, 20, 7, 1);
        assertThat(prompts.sparedRate()).isEqualTo(0.25);
        assertThat(prompts.successRate()).isEqualTo(0.75);
        assertThat(prompts.underWay()).isEqualTo(13);
        Prompts none = new Prompts(5, 0, 0, 0, 0, 0, 0);
        assertThat(none.sparedRate()).isZero();
        assertThat(none.successRate()).isEqualTo(1);
    }

    @Test
    void tenantsBeyondTheRows_areOneTogether() {
        Tenant first = tenant("a", 1, 10, share("x", 30));
        Tenant second = tenant("b", 5, 20, share("x", 50), share("y", 40));
        Tenant third = tenant("c", 0, 30, share("x", 60));
        StatusSnapshot status = new StatusSnapshot(
                Instant.EPOCH,
                Duration.ZERO,
                new Prompts(0, 0, 0, 0, 0, 0, 0),
                0,
                0,
                0,
                0,
                0,
                new StatusSnapshot.Latency(0, Duration.ZERO, Duration.ZERO),
                TokenUsage.NONE,
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(first, second, third),
                3,
                List.of());

        assertThat(status.tenantsIn(3)).containsExactly(first, second, third);
        Tenant others = new Tenant(
                Optional.empty(),
                Optional.empty(),
                5,
                Optional.of(Duration.ofMillis(5)),
                50,
                List.of(share("x", 110), share("y", 40)));
        assertThat(status.tenantsIn(2)).containsExactly(first, others);
        assertThat(status.tenantsIn(1).get(0).oldestWait()).contains(Duration.ofMillis(5));
        assertThat(others.mostUsed()).contains(share("x", 110));
        assertThat(others.mostUsed().orElseThrow().share()).isEqualTo(1);
        assertThat(share("x", 25).share()).isEqualTo(0.25);
        assertThat(status.shareOfStarts(third)).isEqualTo(0.5);
        assertThat(Tenant.together(Optional.of("same"), List.of(first, third)).weight())
                .contains(2);
    }
}
