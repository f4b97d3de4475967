package dev.whippletree.engine.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ScopeStateTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final ScopeState model = new ScopeState(Scope.of("organization", "model"));

    private static ScopeState organization(int requestsAMinute) {
        ScopeState organization = new ScopeState(Scope.of("organization"));
        Limit limit = new Limit(Limit.Unit.REQUESTS, requestsAMinute, Duration.ofMinutes(1));
        organization.limits().declare(List.of(limit), 0);
        return organization;
    }

    private CallUse call(ScopeState organization, long now) {
        return new CallUse(organization, model, TokenCount.NONE, now);
    }

    private static LimitRefusal refused(CallUse call, ScopeState scope, long now) {
        call.end(now, Optional.empty(), now);
        return call.refused(scope, OptionalLong.of(10 * SECOND), 0, false, now);
    }

    @Test
    void accountsComeIntoAnotherScope_theirAttemptsUnderWayUseThatOneTooUntilTheyEnd() {
        ScopeState from = new ScopeState(Scope.of("earlier"));
        ScopeState into = organization(2);
        CallUse call = call(from, 0);
        into.limits().takeOver(from.limits(), SECOND);
        assertThat(into.headroom(SECOND)).isEqualTo(0.5);
        call(into, 2 * SECOND);
        assertThat(into.waitNanos(TokenCount.NONE, 0, 2 * SECOND)).isPositive();
        call.release(3 * SECOND);
        assertThat(into.waitNanos(TokenCount.NONE, 0, 3 * SECOND)).isZero();
        assertThat(into.uses().reserved(Limit.Unit.REQUESTS)).isOne();
        assertThat(from.uses().reserved(Limit.Unit.REQUESTS)).isZero();
    }

    @Test
    void refusalAfterThePauseThatWasTold_opensForOneCallOnly() {
        ScopeState organization = new ScopeState(Scope.of("organization"));
        LimitRefusal first = refused(call(organization, 0), organization, 1);
        assertThat(first)
                .isEqualTo(new LimitRefusal(
                        10 * SECOND + 1, false, false, LimitRefusal.RateEffect.UNKNOWN, Optional.empty()));
        long again = first.untilNanos();
        LimitRefusal second = refused(call(organization, again), organization, again + 1);
        assertThat(second.halfOpen()).isTrue();
        call(organization, second.untilNanos()).admitted(second.untilNanos() + 1);
        assertThat(organization.refusesAll()).isFalse();
        assertThat(organization.refusesStill()).isFalse();
    }

    @Test
    void refusal_doubtsTheTransitOnlyIfAnswersCameSoLateThatItExplainsTheRefusal() {
        assertThat(refusedAfterAnAnswer(SECOND).doubtsTransit()).isFalse();
        assertThat(refusedAfterAnAnswer(30 * SECOND).doubtsTransit()).isTrue();
    }

    private LimitRefusal refusedAfterAnAnswer(long answered) {
        ScopeState organization = organization(1);
        CallUse first = call(organization, 0);
        first.sent(2 * SECOND, 0);
        first.arrived(answered);
        first.end(answered, Optional.empty(), answered);
        long again = 63 * SECOND;
        assertThat(organization.waitNanos(TokenCount.NONE, 0, again)).isZero();
        return refused(call(organization, again), organization, again);
    }
}
