package dev.whippletree.engine.pool;

import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.scope.Closure;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.spi.LimitUse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Describes the accounts' present status. Reads the engine's state under its lock and changes nothing.
 *
 * @param leftForAll how much all processes have left of the {@link Pool#sharedLimits}, where that is known
 */
public record StatusReport(Pool pool, Map<LimitUse, Long> leftForAll, long now, Instant at) {

    public List<StatusSnapshot.AccountStatus> accounts() {
        return pool.accounts().stream().map(this::describe).toList();
    }

    private StatusSnapshot.AccountStatus describe(Account account) {
        Condition condition = condition(account);
        return new StatusSnapshot.AccountStatus(
                account.id(),
                account.settings().provider(),
                account.organization().scope().organization(),
                condition.state(),
                condition.reason(),
                condition.until(),
                account.inFlight(),
                account.maxConcurrency(),
                account.calls(),
                account.answered(),
                account.failures().getOrDefault(FailureKind.RATE_LIMITED, 0L),
                account.failures(),
                account.latency().summary(),
                account.tokens(),
                account.tokensByModel(),
                limits(account),
                account.staleConnections());
    }

    private List<LimitStatus> limits(Account account) {
        List<LimitStatus> limits = new ArrayList<>(account.organization().status(leftForAll, now));
        Set<ScopeState> models = new LinkedHashSet<>();
        targetsOf(account).forEach(target -> models.add(target.modelScope()));
        models.forEach(model -> limits.addAll(model.status(leftForAll, now)));
        return limits;
    }

    /** An account's state, why and until when. */
    private record Condition(AccountState state, Optional<String> reason, Optional<Instant> until) {

        static final Condition OPEN = new Condition(AccountState.OPEN, Optional.empty(), Optional.empty());
    }

    private Condition condition(Account account) {
        List<Condition> conditions = new ArrayList<>();
        add(conditions, account.credential());
        add(conditions, account.organization().closure());
        List<Target> targets = targetsOf(account);
        for (Target target : targets) {
            add(conditions, target.availability());
            add(conditions, target.modelScope().closure());
            addCooldown(conditions, target);
        }
        return conditions.stream()
                .max((left, right) -> left.state().compareTo(right.state()))
                .orElseGet(() -> exhausted(account));
    }

    private void add(List<Condition> conditions, Closure closure) {
        if (closure.isClosed(now)) {
            AccountState state = closure.waitNanos(now) == Waits.UNKNOWN ? AccountState.OFF : AccountState.BUSY;
            conditions.add(new Condition(state, Optional.of(closure.reason()), Optional.of(instant(closure.until()))));
        } else if (closure.isProbing(now)) {
            conditions.add(new Condition(
                    AccountState.OFF, Optional.of("the next prompt probes it: " + closure.reason()), Optional.empty()));
        } else if (closure.isHalfOpen(now)) {
            conditions.add(new Condition(
                    AccountState.BUSY, Optional.of("one prompt tests it: " + closure.reason()), Optional.empty()));
        }
    }

    private void addCooldown(List<Condition> conditions, Target target) {
        Health health = target.health();
        if (health.isCooling(now)) {
            conditions.add(new Condition(
                    AccountState.COOLING, Optional.of(health.reason()), Optional.of(instant(health.coolingUntil()))));
        } else if (health.isProbing(now)) {
            conditions.add(new Condition(
                    AccountState.COOLING, Optional.of("one prompt probes it: " + health.reason()), Optional.empty()));
        }
    }

    /** Returns the condition of an open account: busy if one of its limits is used up. */
    private Condition exhausted(Account account) {
        return limits(account).stream()
                .filter(limit -> limit.left() == 0 && limit.source() != LimitStatus.LimitSource.LEARNED)
                .findFirst()
                .map(limit -> new Condition(
                        AccountState.BUSY,
                        Optional.of("its limit of " + limit.amount() + " "
                                + limit.unit().wireName() + " is used up"),
                        limit.nextIn().isPresent()
                                ? Optional.of(at.plusNanos(limit.nextIn().getAsLong()))
                                : Optional.empty()))
                .orElse(Condition.OPEN);
    }

    private List<Target> targetsOf(Account account) {
        return pool.targets().stream()
                .filter(target -> target.account() == account)
                .toList();
    }

    private Instant instant(long moment) {
        return at.plusNanos(moment - now);
    }
}
