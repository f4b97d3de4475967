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
import dev.whippletree.engine.scope.Reaches;
import dev.whippletree.engine.scope.Refusal;
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
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes scopes, credentials and models when a failure says so, for as long as it says, and reports when they close and open: one log line each
 * time, however many prompts fail. Guarded by the engine's lock.
 */
final class Outages {

    private static final Logger LOG = LoggerFactory.getLogger(Outages.class);

    /** A call that nothing was heard of for so long is taken to be let in, and for twice the time that a refusal took. */
    private static final long SHORTEST_ALONE_NANOS = Duration.ofMillis(100).toNanos();

    private static final long LONGEST_CHECK_NANOS = Duration.ofHours(1).toNanos();

    /** What has never answered may be set up wrongly, and what only seems closed may be open: a check a minute harms nobody. */
    private static final long LONGEST_DOUBT_NANOS = Duration.ofMinutes(1).toNanos();

    private final Pool pool;
    private final Monitor monitor;
    private final Listeners listeners;
    private final Optional<CoordinationClient> coordinator;
    private final Reaches reaches;

    /** Whether something may be closed, or nobody has been told yet that it is open again. */
    private boolean closedSomething;

    /**
     * Creates one.
     *
     * @param coordinator is told what closes, and opens after a time that nobody knew
     * @param reaches tells what a refusal closes
     */
    Outages(
            Pool pool,
            Listeners listeners,
            Optional<CoordinationClient> coordinator,
            Reaches reaches,
            Monitor monitor) {
        this.pool = pool;
        this.listeners = listeners;
        this.coordinator = coordinator;
        this.reaches = reaches;
        this.monitor = monitor;
    }

    /**
     * A limit was hit: the scope is closed for as long as the service said, else for a pause of our own.
     *
     * @param chance 0 to 1, by which pauses of our own differ
     */
    void rateLimited(Lease lease, Failure failure, double chance, long now) {
        closedSomething = true;
        Target target = lease.target();
        ScopeState scope = reaches.refused(lease.call(), failure.reach(), now);
        Refusal refusal = lease.refused(scope, Waits.told(failure), chance, now);
        long until = refusal.untilNanos();
        if (refusal.halfOpen()) {
            scope.closure().openForOne(Math.max(SHORTEST_ALONE_NANOS, 2 * (now - lease.beganNanos())));
        }
        if (until > now && scope.closure().closeUntil(until, failure.message(), now)) {
            say(target, "is rate-limited" + on(scope) + " for " + PromptErrors.words(until - now), failure.message());
        }
        tellOthers(scope, now);
    }

    /** A day's limit or the credit is used up. */
    void exhausted(Lease lease, Failure failure, long now) {
        closedSomething = true;
        Target target = lease.target();
        ScopeState scope = reaches.refused(lease.call(), failure.reach(), now);
        Closure closure = scope.closure();
        boolean first;
        if (failure.retryAfter().isPresent()) {
            first = closure.closeUntil(now + Waits.nanos(failure.retryAfter().get()), failure.message(), now);
        } else {
            first = close(closure, lease, failure, now);
            startSlowly(scope);
        }
        if (first) {
            warn(target, "has used up its quota" + on(scope), failure.message(), next(closure, now));
        }
        tellOthers(scope, now);
    }

    /** The credential is refused, or the organization is restricted. */
    void unauthorized(Lease lease, Failure failure, long now) {
        Target target = lease.target();
        boolean everybody = failure.reach() == Reach.ORGANIZATION;
        if (!everybody && !lease.hasPresentToken()) {
            return; // What was refused is the token that has been replaced.
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
                    next(closure, now) + ", or by the first prompt after the token changes");
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

    /** An attempt has proved that something is open that was closed for a time nobody knew. */
    void provedOpen(Scope scope) {
        tellOthers(to -> to.reopened(scope));
    }

    private void tellOthers(Consumer<Coordination> notice) {
        monitor.announce(() -> coordinator.ifPresent(others -> others.tell(notice)));
    }

    /** Another process has found a scope closed. */
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
            String what = "is closed, according to another process; " + next(closure, now);
            pool.accountsOf(closing.scope().organization())
                    .forEach(account -> say(account.id(), what, closing.reason()));
        }
    }

    /** Another process has proved a scope to be open that was closed for a time nobody knew. */
    void reopenedByOthers(Scope opened, long now) {
        pool.scope(opened).ifPresent(scope -> {
            scope.closure().reopen(now);
            closedSomething = true;
        });
    }

    /** A target is at fault for a refusal that named nothing. The token is refused if no model has ever been answered with it. */
    void doubted(Lease lease, Failure failure, long now) {
        boolean works = lease.target().account().answered() > 0;
        if (failure.kind() == FailureKind.UNAUTHORIZED && !works) {
            unauthorized(lease, failure, now);
        } else if (lease.hasPresentToken()) {
            monitor.announce(lease.target().account().refusedToken()::remember);
            closed(lease, failure, now);
        }
    }

    /** The service doesn't have the model, or no longer; or it refuses all prompts for it. */
    void closed(Lease lease, Failure failure, long now) {
        Target target = lease.target();
        target.health().startSlowly();
        Closure closure = target.availability();
        if (close(closure, lease, failure, now)) {
            String what = failure.kind() == FailureKind.MODEL_UNAVAILABLE ? "doesn't have" : "refuses all prompts for";
            warn(target, what + " model " + target.model(), failure.message(), next(closure, now));
        }
    }

    private static boolean close(Closure closure, Lease lease, Failure failure, long now) {
        boolean answered = lease.target().health().hasAnswered();
        boolean doubted = failure.reach() == Reach.PROMPT;
        long longest = doubted || !answered ? LONGEST_DOUBT_NANOS : LONGEST_CHECK_NANOS;
        boolean inTurn = doubted && (!answered || closure.needsMending(now));
        return closure.closeUntilMended(failure.message(), lease.beganNanos(), inTurn, longest, now);
    }

    /** The target failed too often. */
    void cooling(Target target, Failure failure) {
        say(target, "cools down", failure.message());
    }

    /**
     * Tells of what has opened again.
     *
     * @param anything whether something may have been closed or opened by others than this
     */
    void tellReopened(boolean anything, long now) {
        if (!closedSomething && !anything) {
            return;
        }
        closedSomething = tellReopenedModels(now);
        for (Account account : pool.accounts()) {
            boolean reopened = account.credential().takeReopened(now);
            reopened |= account.organization().closure().takeReopened(now);
            if (reopened) {
                sayReopened(account, "");
            }
            closedSomething |= account.credential().mayReopen()
                    || account.organization().closure().mayReopen();
        }
    }

    /** Returns whether a model is closed still. */
    private boolean tellReopenedModels(long now) {
        boolean closed = false;
        for (ScopeState scope : pool.scopes()) {
            Optional<String> model = scope.scope().model();
            if (model.isPresent() && scope.closure().takeReopened(now)) {
                pool.accountsOf(scope.scope().organization()).forEach(account -> sayReopened(account, on(scope)));
            }
            closed |= model.isPresent() && scope.closure().mayReopen();
        }
        return closed;
    }

    /** Another token than the one refused is there: whatever closed for that may be probed. */
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
        startSlowly(target -> target.organization() == scope || target.modelScope() == scope);
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

    private static String next(Closure closure, long now) {
        return PromptErrors.check(closure, now);
    }

    private void say(Target target, String what, String why) {
        say(target.account().id(), what, why);
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
