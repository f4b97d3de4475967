package dev.whippletree.testkit.coordinator;

import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.CoordinationStatus;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.TenantTurn;
import dev.whippletree.testkit.coordinator.CountedLimits.Counted;
import dev.whippletree.testkit.coordinator.FakeMeetingPoint.Position;
import dev.whippletree.testkit.coordinator.FakeQuestions.Question;
import dev.whippletree.testkit.coordinator.KeptClosings.Told;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One process's coordination: who makes a call or looks whether a scope is open, what is closed, and what it does when
 * it is cut off and comes back. Thread-safe; others are told things, and waits are ended, outside of its guard.
 */
final class FakeCoordination implements Coordination {

    private final FakeMeetingPoint point;
    private final FakeLink link;
    private final Services services;
    private final FakeCoordinator.Times times;
    private final int leastProcesses;
    private final Notices notices;
    private final FakeQuestions questions;
    private final FakeReservations reservations;
    private final int number;
    private final AtomicLong ids = new AtomicLong();
    private volatile Position position = new Position(0, -1);

    // Guarded by this.
    private final KeptClosings closedAlone = new KeptClosings();
    private final Set<Scope> reopenedAlone = new LinkedHashSet<>();
    private final Set<CompletableFuture<@Nullable Void>> waits = new LinkedHashSet<>();

    FakeCoordination(
            FakeMeetingPoint point, FakeLink link, Services services, FakeCoordinator.Times times, int leastProcesses) {
        this.point = point;
        this.link = link;
        this.services = services;
        this.times = times;
        this.leastProcesses = leastProcesses;
        this.notices = new Notices(services);
        this.questions = new FakeQuestions(link, services, times.answerWithin());
        this.reservations = new FakeReservations(point, questions, services, times.longestCall(), this::part);
        this.number = point.enter(this);
    }

    @Override
    public CompletionStage<Grant> reserve(List<LimitUse> uses, TenantTurn turn) {
        return reservations.reserve(nextId(), List.copyOf(uses));
    }

    @Override
    public void settle(String grant, Optional<TokenCount> tokens, Duration sinceArrival) {
        reservations.settle(grant, tokens, sinceArrival);
    }

    @Override
    public void release(String grant) {
        reservations.release(grant);
    }

    /** Returns how much of a limit this process may use if it can't ask the others. */
    private long part(LimitUse use) {
        Position last = lastPosition();
        long amount = use.limit().amount();
        int processes = Math.max(leastProcesses, last.processes());
        boolean getsOneMore = last.number() >= 0 && last.number() < amount % processes;
        return amount / processes + (getsOneMore ? 1 : 0);
    }

    private Position lastPosition() {
        return link.isCutOff() ? position : point.positionOf(this);
    }

    @Override
    public CompletionStage<Claim> claim(CacheKey key) {
        String id = nextId();
        Claim ours = new Claim.Ours(() -> send(() -> point.endClaim(key, id)));
        CompletableFuture<@Nullable Void> wait = new CompletableFuture<>();
        Supplier<Claim> question = () -> {
            OptionalLong others = point.claim(
                    key, id, this, nanos(times.longestCall()), left -> send(() -> endWait(wait, left)), now());
            if (others.isEmpty()) {
                return ours;
            }
            endWait(wait, others.getAsLong());
            return new Claim.Others(wait);
        };
        return questions.ask(
                new Question<>(question, () -> ours, claim -> startWait(claim, wait), late -> endWait(wait, 0)));
    }

    private synchronized void startWait(Claim claim, CompletableFuture<@Nullable Void> wait) {
        if (claim instanceof Claim.Others) {
            waits.add(wait);
        }
    }

    /** Ends a wait in so many nanoseconds, unless it has ended before. */
    private void endWait(CompletableFuture<@Nullable Void> wait, long leftNanos) {
        if (leftNanos > 0) {
            Cancellable timer = services.schedule(Duration.ofNanos(leftNanos), () -> endWait(wait, 0));
            wait.whenComplete((ended, failure) -> timer.cancel());
            return;
        }
        synchronized (this) {
            waits.remove(wait);
        }
        wait.complete(null);
    }

    private void endAllWaits() {
        List<CompletableFuture<@Nullable Void>> all;
        synchronized (this) {
            all = List.copyOf(waits);
        }
        all.forEach(wait -> endWait(wait, 0));
    }

    @Override
    public CompletionStage<Boolean> claimProbe(Scope scope, Duration lease) {
        return questions.ask(new Question<>(
                () -> point.claimProbe(this, scope, nanos(lease), now()), () -> true, answer -> {}, late -> {}));
    }

    @Override
    public void closed(ScopeClosing closing) {
        Told told = new Told(this, closing, now() + nanos(closing.remaining()));
        synchronized (this) {
            if (isClosed()) {
                return;
            }
            if (link.isCutOff()) {
                closedAlone.keep(told);
            }
        }
        send(() -> point.closed(told));
    }

    @Override
    public void reopened(Scope scope) {
        synchronized (this) {
            if (isClosed()) {
                return;
            }
            if (link.isCutOff()) {
                closedAlone.reopen(scope);
                reopenedAlone.add(scope);
            }
        }
        send(() -> point.reopened(this, scope));
    }

    @Override
    public void listen(CoordinationListener listener) {
        notices.listen(listener);
        send(this::hearWhatHolds);
    }

    private void hearWhatHolds() {
        point.closingsFor(this, now()).forEach(this::hear);
    }

    /** Called by the meeting point: another process has closed a scope. */
    void hear(Told told) {
        send(() -> notices.add(listener -> told.at(now()).ifPresent(listener::closed)));
    }

    /** Called by the meeting point: another process has opened a scope. */
    void hearReopened(Scope scope) {
        send(() -> notices.add(listener -> listener.reopened(scope)));
    }

    @Override
    public CoordinationStatus status() {
        boolean cutOff = link.isCutOff();
        return new CoordinationStatus(
                !cutOff && !isClosed(),
                lastPosition().processes(),
                reservations.alone(),
                cutOff
                        ? Optional.of("the meeting point can't be reached, so this process keeps to its part of each"
                                + " limit; connect it by cutOff(false)")
                        : Optional.empty());
    }

    /** Called before the link is cut. */
    void rememberPosition() {
        position = lastPosition();
    }

    /** Called after the link is cut. */
    void goAlone() {
        if (isClosed()) {
            return; // It left when it closed.
        }
        endAllWaits();
        point.silent(this, nanos(times.claimLease()), now());
    }

    /** Called after the link is whole again. */
    void comeBack() {
        if (isClosed()) {
            return;
        }
        List<Counted> uses = reservations.all();
        List<Told> closings;
        List<Scope> reopenings;
        synchronized (this) {
            closings = closedAlone.all(now());
            reopenings = List.copyOf(reopenedAlone);
            closedAlone.clear();
            reopenedAlone.clear();
        }
        send(() -> {
            point.count(uses);
            reopenings.forEach(scope -> point.reopened(this, scope));
            closings.forEach(point::closed);
            hearWhatHolds();
        });
    }

    @Override
    public void close() {
        if (!questions.close()) {
            return;
        }
        notices.close();
        point.leave(this);
        point.silent(this, nanos(times.claimLease()), now());
        endAllWaits();
    }

    boolean isClosed() {
        return questions.isClosed();
    }

    private void send(Runnable message) {
        questions.send(message);
    }

    private String nextId() {
        return number + "-" + ids.getAndIncrement();
    }

    private long now() {
        return services.nanoTime();
    }

    private static long nanos(Duration duration) {
        return duration.toNanos();
    }
}
