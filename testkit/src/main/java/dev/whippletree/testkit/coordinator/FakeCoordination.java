package dev.whippletree.testkit.coordinator;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
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
import dev.whippletree.testkit.coordinator.CountedLimits.Counted;
import dev.whippletree.testkit.coordinator.FakeMeetingPoint.Position;
import dev.whippletree.testkit.coordinator.KeptClosings.Told;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One process's coordination. It counts its own uses beside the meeting point's count: by them it goes on alone, and it tells them
 * again when it comes back. What is said of a grant is always all that it uses, so it does no harm to say it twice.
 *
 * <p>What is changeable is guarded by this. Stages are completed, and others are told things, outside of that.
 */
final class FakeCoordination implements Coordination {

    private final FakeMeetingPoint point;
    private final FakeLink link;
    private final Services services;
    private final FakeCoordinator.Times times;
    private final int leastProcesses;
    private final Notices notices;
    private final int number;

    private final CountedLimits own = new CountedLimits();
    private final Map<String, List<LimitUse>> underWay = new HashMap<>();
    private final KeptClosings closedAlone = new KeptClosings();
    private final Set<Scope> reopenedAlone = new LinkedHashSet<>();
    private final Set<CompletableFuture<?>> asked = new LinkedHashSet<>();
    private final Set<CompletableFuture<@Nullable Void>> waits = new LinkedHashSet<>();
    private Position position = new Position(0, -1);
    private long ids;
    private long alone;
    private boolean closed;

    FakeCoordination(
            FakeMeetingPoint point, FakeLink link, Services services, FakeCoordinator.Times times, int leastProcesses) {
        this.point = point;
        this.link = link;
        this.services = services;
        this.times = times;
        this.leastProcesses = leastProcesses;
        this.notices = new Notices(services);
        this.number = point.enter(this);
    }

    @Override
    public CompletionStage<Grant> reserve(List<LimitUse> uses) {
        String id = nextId();
        Grant granted = new Grant.Granted(id);
        List<LimitUse> all = List.copyOf(uses);
        // If it is never ended, it counts as used when its call has taken as long as it may.
        List<Counted> counted = counted(id, all, OptionalLong.empty(), now() + nanos(times.longestCall()));
        return ask(new Question<>(
                () -> point.reserve(all, counted, now()).orElse(granted),
                () -> reserveAlone(all, counted).orElse(granted),
                answer -> hold(answer, all, counted),
                late -> giveUp(late, all)));
    }

    /** Tells the meeting point, which may be out of reach, or have refused it too late to be heard. */
    private Optional<Grant> reserveAlone(List<LimitUse> uses, List<Counted> counted) {
        Optional<Grant> refusal = own.refusal(uses, this::part, now());
        if (refusal.isEmpty()) {
            alone++;
            send(() -> point.count(counted));
        }
        return refusal;
    }

    /** Returns how much of a limit this process may use if it can't ask the others. */
    private long part(LimitUse use) {
        Position last = link.isCutOff() ? position : point.positionOf(this);
        long amount = use.limit().amount();
        int processes = Math.max(leastProcesses, last.processes());
        boolean getsOneMore = last.number() >= 0 && last.number() < amount % processes;
        return amount / processes + (getsOneMore ? 1 : 0);
    }

    private void hold(Grant answer, List<LimitUse> uses, List<Counted> counted) {
        if (answer instanceof Grant.Granted granted) {
            underWay.put(granted.id(), uses);
            own.count(counted);
        }
    }

    /** What was granted too late isn't needed, unless this process has granted it to itself meanwhile. */
    private void giveUp(Grant late, List<LimitUse> uses) {
        if (!(late instanceof Grant.Granted granted)) {
            return;
        }
        synchronized (this) {
            if (closed
                    || own.all(now()).stream()
                            .anyMatch(counted -> counted.grant().equals(granted.id()))) {
                return;
            }
        }
        List<Counted> nothing = nothing(granted.id(), uses);
        send(() -> point.count(nothing));
    }

    @Override
    public void settle(String grant, OptionalLong tokens, Duration sinceArrival) {
        end(grant, uses -> counted(grant, uses, tokens, now() - nanos(sinceArrival)));
    }

    @Override
    public void release(String grant) {
        end(grant, uses -> nothing(grant, uses));
    }

    private void end(String grant, Function<List<LimitUse>, List<Counted>> use) {
        List<Counted> counted;
        synchronized (this) {
            List<LimitUse> uses = underWay.remove(grant);
            if (uses == null || closed) {
                return;
            }
            counted = use.apply(uses);
            own.count(counted);
        }
        send(() -> point.count(counted));
    }

    private static List<Counted> counted(String grant, List<LimitUse> uses, OptionalLong tokens, long date) {
        return uses.stream()
                .map(use -> Counted.of(
                        use,
                        grant,
                        use.limit().unit() == Limit.Unit.TOKENS ? tokens.orElse(use.amount()) : use.amount(),
                        date))
                .toList();
    }

    private static List<Counted> nothing(String grant, List<LimitUse> uses) {
        return uses.stream().map(use -> Counted.of(use, grant, 0, 0)).toList();
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
        return ask(new Question<>(question, () -> ours, claim -> startWait(claim, wait), late -> endWait(wait, 0)));
    }

    private void startWait(Claim claim, CompletableFuture<@Nullable Void> wait) {
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
        return ask(new Question<>(
                () -> point.claimProbe(scope, nanos(lease), now()), () -> true, answer -> {}, late -> {}));
    }

    @Override
    public void closed(ScopeClosing closing) {
        Told told = new Told(this, closing, now() + nanos(closing.remaining()));
        synchronized (this) {
            if (closed) {
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
            if (closed) {
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
        Position last = cutOff ? position() : point.positionOf(this);
        synchronized (this) {
            return new CoordinationStatus(
                    !cutOff && !closed,
                    last.processes(),
                    alone,
                    cutOff
                            ? Optional.of(
                                    "the meeting point can't be reached, so this process keeps to its part of each"
                                            + " limit; connect it by cutOff(false)")
                            : Optional.empty());
        }
    }

    private synchronized Position position() {
        return position;
    }

    /** Called before the link is cut. */
    synchronized void rememberPosition() {
        if (!link.isCutOff()) {
            position = point.positionOf(this);
        }
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
        List<Counted> uses;
        List<Told> closings;
        List<Scope> reopenings;
        synchronized (this) {
            if (closed) {
                return;
            }
            uses = own.all(now());
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
        List<CompletableFuture<?>> unanswered;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            unanswered = new ArrayList<>(asked);
            asked.clear();
        }
        notices.close();
        point.leave(this);
        point.silent(this, nanos(times.claimLease()), now());
        unanswered.forEach(question -> question.completeExceptionally(closedAlready()));
        endAllWaits();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    private static IllegalStateException closedAlready() {
        return new IllegalStateException("the coordination is closed");
    }

    /**
     * What the meeting point is asked.
     *
     * @param remotely what it answers
     * @param alone what this process answers itself if it can't ask; called with this guarded
     * @param taken what is done with the answer before it is given; called with this guarded
     * @param late what is done with an answer that isn't wanted any more
     */
    private record Question<T>(Supplier<T> remotely, Supplier<T> alone, Consumer<T> taken, Consumer<T> late) {}

    private <T> CompletionStage<T> ask(Question<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(closedAlready());
            }
            asked.add(answer);
        }
        if (link.isCutOff()) {
            answer(answer, question, question.alone());
            return answer;
        }
        send(() -> {
            T remote = question.remotely().get();
            send(() -> {
                if (!answer(answer, question, () -> remote)) {
                    question.late().accept(remote);
                }
            });
        });
        if (!answer.isDone()) {
            Cancellable timer =
                    services.schedule(times.answerWithin(), () -> answer(answer, question, question.alone()));
            answer.whenComplete((value, failure) -> timer.cancel());
        }
        return answer;
    }

    /** Returns whether the answer was still wanted. */
    private <T> boolean answer(CompletableFuture<T> answer, Question<T> question, Supplier<T> source) {
        T value;
        synchronized (this) {
            if (!asked.remove(answer)) {
                return false;
            }
            value = source.get();
            question.taken().accept(value);
        }
        return answer.complete(value);
    }

    private void send(Runnable message) {
        link.send(services, message);
    }

    private synchronized String nextId() {
        return number + "-" + ids++;
    }

    private long now() {
        return services.nanoTime();
    }

    private static long nanos(Duration duration) {
        return duration.toNanos();
    }
}
