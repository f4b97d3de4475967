package dev.whippletree.engine;

import dev.whippletree.engine.flight.PromptErrors;
import dev.whippletree.engine.pool.Account;
import dev.whippletree.engine.pool.Lease;
import dev.whippletree.engine.pool.Pool;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.run.Listeners;
import dev.whippletree.engine.run.Monitor;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.scope.Closure;
import dev.whippletree.engine.scope.LimitRefusal;
import dev.whippletree.engine.scope.ScopeResolver;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.ScopeClosing;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes scopes, credentials and models after failures, and reports when they close and open: one log line each time,
 * however many prompts fail. Guarded by the engine's lock.
 */
final class ScopeClosures {

    private static final Logger LOG = LoggerFactory.getLogger(ScopeClosures.class);

    /** A silent call counts as admitted after this time, or after twice the time that a refusal took. */
    private static final long SHORTEST_ALONE_NANOS = Duration.ofMillis(100).toNanos();

    private static final long LONGEST_CHECK_NANOS = Duration.ofHours(1).toNanos();

    /**
     * A target that never answered may be misconfigured, and one closed in doubt may be open: a check a minute harms
     * nobody.
     */
    private static final long LONGEST_DOUBT_NANOS = Duration.ofMinutes(1).toNanos();

    private final Pool pool;
    private final Monitor monitor;
    private final Listeners listeners;
    private final Optional<CoordinationClient> coordinator;

    /** Whether something may be closed, or has opened unreported. */
    private boolean closedSomething;

    /** Creates one whose coordinator gets notices of what closes, and of what opens after an unknown time. */
    ScopeClosures(Pool pool, Listeners listeners, Optional<CoordinationClient> coordinator, Monitor monitor) {
        this.pool = pool;
        this.listeners = listeners;
        this.coordinator = coordinator;
        this.monitor = monitor;
    }

    /**
     * Closes a scope whose limit was hit: for as long as the service said, else for a pause of our own.
     *
     * @param chance 0 to 1, to vary our own pauses
     */
    void rateLimited(Lease lease, Failure failure, double chance, long now) {
        closedSomething = true;
        String id = lease.target().account().id();
        ScopeState scope = ScopeResolver.refused(lease.call(), lease.limitScope(failure.reach()), now);
        OptionalLong stated = Waits.reported(failure);
        LimitRefusal refusal = lease.refused(scope, stated, chance, now);
        long until = refusal.untilNanos();
        if (refusal.halfOpen() || Waits.isShortened(failure)) {
            openHalf(scope.closure(), lease, now);
        }
        if (until > now && scope.closure().closeUntil(until, now + stated.orElse(Waits.NONE), failure.message(), now)) {
            say(id, "is rate-limited" + on(scope) + " for " + PromptErrors.words(until - now), failure.message());
        }
        refusal.refusedAfter()
                .ifPresent(used -> monitor.announce(() -> LOG.warn(
                        "account {}{}: refused after {} declared; the limit is lower, or others use it too",
                        id,
                        on(scope),
                        used)));
        tellOthers(scope, now);
    }

    private static void openHalf(Closure closure, Lease lease, long now) {
        closure.openHalf(Math.max(SHORTEST_ALONE_NANOS, 2 * (now - lease.beganNanos())));
    }

    /** Closes a scope whose daily limit or credit is used up. */
    void exhausted(Lease lease, Failure failure, long now) {
        closedSomething = true;
        Target target = lease.target();
        ScopeState scope = ScopeResolver.refused(lease.call(), lease.limitScope(failure.reach()), now);
        Closure closure = scope.closure();
        boolean first;
        OptionalLong stated = Waits.reported(failure);
        if (failure.retryAfter().isPresent()) {
            first = closure.closeUntil(now + stated.orElse(Waits.NONE), failure.message(), now);
            if (Waits.isShortened(failure)) {
                openHalf(closure, lease, now);
            }
        } else {
            first = close(closure, lease, failure, now);
            startSlowly(scope);
        }
        if (first) {
            warn(target, "has used up its quota" + on(scope), failure.message(), PromptErrors.check(closure, now));
        }
        tellOthers(scope, now);
    }

    /** Closes an account whose token is refused, or an organization that is restricted. */
    void unauthorized(Lease lease, Failure failure, long now) {
        Target target = lease.target();
        boolean everybody = failure.reach() == Reach.ORGANIZATION;
        if (!everybody && !lease.hasPresentToken()) {
            return; // The refused token has been replaced meanwhile.
        }
        closedSomething = true;
        Closure closure =
                everybody ? target.organization().closure() : target.account().credential();
        startSlowly(other ->
                everybody ? other.organization() == target.organization() : other.account() == target.account());
        Account account = target.account();
        monitor.announce(account.refusedToken()::remember);
        if (close(closure, lease, failure, now)) {
            warn(
                    target,
                    "is off: " + account.refusal(),
                    failure.message(),
                    PromptErrors.check(closure, now) + ", or by the first prompt after the token changes");
        }
        if (everybody) {
            tellOthers(target.organization(), now);
        }
    }

    private void tellOthers(ScopeState scope, long now) {
        Closure closure = scope.closure();
        if (closure.isClosed(now) && coordinator.isPresent()) {
            ScopeClosing closing = new ScopeClosing(
                    scope.scope(),
                    Duration.ofNanos(closure.until() - now),
                    !closure.needsMending(now),
                    closure.reason());
            tellOthers(to -> to.closed(closing));
        }
    }

    /** Reports a scope that an attempt has proved open, after an unknown time. */
    void provedOpen(Scope scope) {
        tellOthers(to -> to.reopened(scope));
    }

    private void tellOthers(Consumer<Coordination> notice) {
        monitor.announce(() -> coordinator.ifPresent(others -> others.tell(notice)));
    }

    void closedByOthers(ScopeClosing closing, long now) {
        Optional<ScopeState> scope = pool.scope(closing.scope());
        if (scope.isEmpty()) {
            return;
        }
        closedSomething = true;
        Closure closure = scope.get().closure();
        boolean first = !closure.isClosed(now);
        long until = now + Waits.nanos(closing.remaining());
        if (closing.endKnown()) {
            closure.closeUntil(until, closing.reason(), now);
        } else {
            closure.resumeUntilMended(
                    closure.isClosed(now) ? Math.max(until, closure.until()) : until, closing.reason(), now);
            startSlowly(scope.get());
        }
        if (first) {
            String what = "is closed, according to another process; " + PromptErrors.check(closure, now);
            pool.accountsOf(closing.scope().organization())
                    .forEach(account -> say(account.id(), what, closing.reason()));
        }
    }

    /** Opens a scope that another process has proved open. */
    void reopenedByOthers(Scope opened, long now) {
        pool.scope(opened).ifPresent(scope -> {
            scope.closure().reopen(now);
            closedSomething = true;
        });
    }

    /**
     * Closes a target that is at fault for refusals that named nothing; its token, if no model was ever answered with
     * it.
     */
    void doubted(Lease lease, Failure failure, long now) {
        boolean works = lease.target().account().answered() > 0;
        if (failure.kind() == FailureKind.UNAUTHORIZED && !works) {
            unauthorized(lease, failure, now);
        } else if (lease.hasPresentToken()) {
            monitor.announce(lease.target().account().refusedToken()::remember);
            closed(lease, failure, now);
        }
    }

    /** Closes a model that the service doesn't have, or for which it refuses all prompts. */
    void closed(Lease lease, Failure failure, long now) {
        Target target = lease.target();
        target.health().startSlowly();
        Closure closure = target.availability();
        if (close(closure, lease, failure, now)) {
            String what = failure.kind() == FailureKind.MODEL_UNAVAILABLE ? "doesn't have" : "refuses all prompts for";
            warn(target, what + " model " + target.model(), failure.message(), PromptErrors.check(closure, now));
        }
    }

    private static boolean close(Closure closure, Lease lease, Failure failure, long now) {
        boolean answered = lease.target().health().hasAnswered();
        boolean doubted = failure.reach() == Reach.PROMPT;
        long longest = doubted || !answered ? LONGEST_DOUBT_NANOS : LONGEST_CHECK_NANOS;
        boolean inTurn = doubted && (!answered || closure.needsMending(now));
        return closure.closeUntilMended(failure.message(), lease.beganNanos(), inTurn, longest, now);
    }

    /** Reports that a target cools down, as a warning unless it or another of its account had failed before. */
    void cooling(Target target, Failure failure, boolean wasOut) {
        if (wasOut || isOut(target)) {
            say(target.account().id(), "cools down", failure.message());
        } else {
            warn(target, "cools down", failure.message(), "");
        }
    }

    void recovered(Target target) {
        if (!isOut(target)) {
            monitor.announce(
                    () -> LOG.info("account {}: answers again", target.account().id()));
        }
    }

    private boolean isOut(Target target) {
        return pool.targets().stream()
                .anyMatch(other -> other != target && other.account() == target.account() && other.isOut());
    }

    /** Reports what has opened again; others may have closed or opened {@code anything}. */
    void tellReopened(boolean anything, long now) {
        if (!closedSomething && !anything) {
            return;
        }
        closedSomething = false;
        for (ScopeState scope : pool.scopes()) {
            if (scope.closure().takeReopened(now)) {
                pool.accountsOf(scope.scope().organization()).forEach(account -> sayReopened(account, on(scope)));
            }
            closedSomething |= scope.closure().mayReopen();
        }
        for (Account account : pool.accounts()) {
            if (account.credential().takeReopened(now)) {
                sayReopened(account, "");
            }
            closedSomething |= account.credential().mayReopen();
        }
    }

    /** Lets everything be probed that closed because of a token that has been replaced. */
    void tokenChanged(Account account, long now) {
        List<Closure> closures = pool.targets().stream()
                .filter(target -> target.account() == account)
                .flatMap(target ->
                        Stream.of(account.credential(), account.organization().closure(), target.availability()))
                .filter(closure -> closure.needsMending(now))
                .toList();
        if (closures.isEmpty()) {
            return;
        }
        closures.forEach(closure -> closure.checkNow(now));
        monitor.announce(() -> LOG.info("account {}: its token has changed; the next prompt probes it", account.id()));
    }

    private void startSlowly(ScopeState scope) {
        startSlowly(target -> target.scopes().contains(scope));
    }

    private void startSlowly(Predicate<Target> concerned) {
        pool.targets().stream()
                .filter(concerned)
                .forEach(target -> target.health().startSlowly());
    }

    private void sayReopened(Account account, String where) {
        monitor.announce(() -> {
            LOG.info("account {}: open again{}", account.id(), where);
            listeners.tell(listener -> listener.reopened(account.id()));
        });
    }

    private static String on(ScopeState scope) {
        return scope.scope().model().map(model -> " on " + model).orElse("");
    }

    private void say(String id, String what, String why) {
        monitor.announce(() -> {
            LOG.info("account {} {}: {}", id, what, why);
            listeners.tell(listener -> listener.closed(id, what));
        });
    }

    private void warn(Target target, String what, String why, String next) {
        String id = target.account().id();
        monitor.announce(() -> {
            LOG.warn("account {} {}: {}{}", id, what, why, next.isEmpty() ? "" : " (" + next + ")");
            listeners.tell(listener -> listener.closed(id, next.isEmpty() ? what : what + "; " + next));
        });
    }
}
