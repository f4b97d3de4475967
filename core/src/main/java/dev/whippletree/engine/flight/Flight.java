package dev.whippletree.engine.flight;

import dev.whippletree.engine.answer.Broadcast;
import dev.whippletree.engine.line.Ticket;
import dev.whippletree.engine.line.Waiter;
import dev.whippletree.engine.pool.Demand;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.Route.TargetFilter;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.pool.TokenForecast;
import dev.whippletree.engine.run.Monitor.Mailbox;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.AttemptReport;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.ServiceCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One question on its way to its answer. Callers with equal prompts subscribe to it; none of them leads. Guarded by the
 * engine's lock.
 *
 * <p>It is looked up in the caches, waits in line, is attempted, perhaps several times with pauses, and at last its
 * answer is stored.
 */
public final class Flight implements Waiter {

    /** How far a flight has come. */
    public enum Stage {
        /** It is looked up in the caches. */
        LOOKING_UP,
        /** It is in the waiting line. */
        WAITING,
        /** An attempt is under way. */
        ATTEMPTING,
        /** It pauses before it is tried again. */
        PAUSING,
        /** It has its answer, which the nearest cache is storing. */
        STORING,
        /** Over. */
        ENDED
    }

    private volatile CacheKey key;
    private volatile Prompt prompt;
    private volatile Route route;
    private final long openedNanos;
    private final Mailbox mailbox = Mailbox.ofQuickTasks();
    private final Broadcast broadcast = new Broadcast();
    private final Subscribers subscribers = new Subscribers();
    private final List<AttemptReport> failedAttempts = new ArrayList<>(0);
    private final TargetOptions options;
    private final Ticket ticket;

    private Stage stage = Stage.LOOKING_UP;
    private Demand demand = Demand.NONE;
    private int bounds;
    private int calls;

    private boolean begun;
    private long firstCallNanos;

    /** Whether its key still names all models that may answer it. */
    private boolean keyed = true;

    /** Whether none of its callers keeps the answer out of the caches. */
    private boolean mayStore = true;

    /** Whether an empty answer has been treated as a failure. */
    private boolean distrustedEmptiness;

    private boolean forgaveStaleConnection;

    /** When it began to wait for its tiers; {@link Long#MAX_VALUE} if it hasn't. */
    private long waitingSince = Long.MAX_VALUE;

    private Consumer<ServiceCall> hearer = call -> {};
    private @Nullable Attempt attempt;
    private Optional<Attempt> cutOff = Optional.empty();
    private long cutOffAfterNanos;
    private @Nullable Completion answer;
    private @Nullable Runnable claimEnd;
    private boolean claimed;

    /** Whether a shared cache, or the coordinator, has given no answer about it. */
    private boolean doubtful;

    private boolean lookedUpAgain;

    private Optional<AnswerStore> store = Optional.empty();

    /** Also set without the lock, when providers are asked for estimates. */
    private volatile @Nullable Throwable thrown;

    public Flight(CacheKey key, Prompt prompt, Route route, long now) {
        this.key = key;
        this.prompt = prompt;
        this.route = route;
        this.options = new TargetOptions(route, TargetFilter.by(prompt));
        this.openedNanos = now;
        this.ticket = new Ticket(this, prompt.tenant(), prompt.session().orElse(""), prompt.priority());
    }

    public CacheKey key() {
        return key;
    }

    public Prompt prompt() {
        return prompt;
    }

    /**
     * Sends it with a maximum from now on, because its service takes it only with one. Its demand is unknown until the
     * providers are asked again.
     */
    void bound(int maxTokens) {
        bounds++;
        prompt = prompt.toBuilder().maxTokens(maxTokens).build();
        demand(Demand.NONE);
    }

    /** Returns how often {@link #bound} has given it a maximum. */
    int bounds() {
        return bounds;
    }

    public Route route() {
        return route;
    }

    public long openedNanos() {
        return openedNanos;
    }

    public Mailbox mailbox() {
        return mailbox;
    }

    public Consumer<ServiceCall> hearer() {
        return hearer;
    }

    /** Sets the listener for its calls. Called by the opening thread before the mailbox is first drained. */
    public void hearer(Consumer<ServiceCall> hearer) {
        this.hearer = hearer;
    }

    public Broadcast broadcast() {
        return broadcast;
    }

    public Subscribers subscribers() {
        return subscribers;
    }

    public Stage stage() {
        return stage;
    }

    public void stage(Stage stage) {
        this.stage = stage;
    }

    public Demand demand() {
        return demand;
    }

    public void demand(Demand demand) {
        this.demand = demand;
    }

    /** Updates its demand by the present forecast. It must not be in the line. */
    public void demandAnew(TokenForecast forecast) {
        demand(demand.reserving(route, forecast));
    }

    public TokenCount tokens(Target target) {
        return demand.tokens(target);
    }

    @Override
    public TokenCount mostTokens() {
        return demand.mostTokens();
    }

    @Override
    public TokenCount meanTokens() {
        return demand.meanTokens();
    }

    /** Switches to the changed route. Keeps what it knows about targets that still exist. */
    public void goOn(Route next) {
        options.goOn(next);
        if (demand.covers(next)) {
            demand.refusals(next).keySet().forEach(options::bar);
        }
        if (bounds == 0) {
            barWhatIsTooSmallOn(next);
        }
        keyed &= next.models().equals(route.models());
        route = next;
    }

    private void barWhatIsTooSmallOn(Route next) {
        Set<String> models = failedAttempts.stream()
                .filter(report -> report.failure().kind() == FailureKind.TOO_LARGE)
                .map(AttemptReport::model)
                .collect(Collectors.toSet());
        next.targets().stream()
                .filter(target -> models.contains(target.model()))
                .forEach(options::bar);
    }

    /** Returns whether an answer may be stored under its key: not if a model may answer that the key doesn't name. */
    public boolean isKeyed() {
        return keyed;
    }

    public void mayStore(boolean byCaller) {
        mayStore &= byCaller;
    }

    /** Returns whether each of its callers lets the answer be stored, those that have left included. */
    public boolean mayStore() {
        return mayStore;
    }

    public TargetOptions options() {
        return options;
    }

    public List<AttemptReport> failedAttempts() {
        return failedAttempts;
    }

    /** Notes what a provider has thrown, which is why the flight may fail. */
    public void threw(Throwable fault) {
        thrown = fault;
    }

    /** Returns what a provider has thrown last. */
    public Optional<Throwable> thrown() {
        return Optional.ofNullable(thrown);
    }

    /** Returns how many calls on a target have failed, refusals by limits included. */
    public int failuresOn(Target target) {
        int failures = 0;
        for (AttemptReport report : failedAttempts) {
            if (report.account().equals(target.account().id()) && report.model().equals(target.model())) {
                failures++;
            }
        }
        return failures;
    }

    /** Treats an empty answer as a failure, the first time. Returns whether this is the first. */
    boolean distrustEmptiness() {
        boolean first = !distrustedEmptiness;
        distrustedEmptiness = true;
        return first;
    }

    @Override
    public int calls() {
        return calls;
    }

    @Override
    public boolean hasBegun() {
        return begun;
    }

    /** Returns the highest priority of its callers. */
    public Priority priority() {
        return ticket.priority();
    }

    /** Returns the share of each limit that it reserves for others, 0 to 1: for batch prompts what their route says. */
    public double reserveShare() {
        return priority() == Priority.BATCH ? route().settings().leave() : 0;
    }

    public Ticket ticket() {
        return ticket;
    }

    public static Flight of(Ticket ticket) {
        return (Flight) ticket.waiter();
    }

    @Override
    public Object eligibilityKey() {
        return options.key();
    }

    @Override
    public boolean isOver() {
        return stage == Stage.ENDED;
    }

    /** Reduces it to its turn, because its last caller left. Forgets the prompt. */
    public void keepTurnOnly() {
        stage = Stage.WAITING;
        key = key.withoutQuestion();
        Prompt.Builder nothing = Prompt.builder().user("-").tenant(prompt.tenant());
        prompt.session().ifPresent(nothing::session);
        prompt = nothing.build();
    }

    /** Returns how long it has waited for its tiers, 0 if it hasn't. */
    public long waitedNanos(long now) {
        return Math.max(0, now - waitingSince);
    }

    public void waitFrom(long now) {
        waitingSince = Math.min(waitingSince, now);
    }

    public void waitAnew() {
        waitingSince = Long.MAX_VALUE;
    }

    public void begin(Attempt attempt) {
        this.attempt = attempt;
        this.stage = Stage.ATTEMPTING;
        if (calls == 0) {
            firstCallNanos = attempt.beganNanos();
        }
        calls++;
        begun = true;
    }

    /** Returns how long ago its first call began; 0 without one. */
    long triedNanos(long now) {
        return calls == 0 ? 0 : now - firstCallNanos;
    }

    /** Treats a stale connection as no failure, the first time. Returns whether this is the first. */
    boolean forgivesStaleConnection() {
        boolean first = !forgaveStaleConnection;
        forgaveStaleConnection = true;
        return first;
    }

    /** Uncounts a call that was never sent, or never read. */
    public void sentBack() {
        calls--;
    }

    /**
     * Keeps its claim among all processes to make the call for its question. The claim ends with the flight.
     *
     * @param agreed whether the other processes know of it; otherwise they may make the same call
     * @return whether it is still wanted
     */
    public boolean claim(Runnable end, boolean agreed) {
        if (stage == Stage.ENDED) {
            return false;
        }
        claimEnd = end;
        claimed = agreed;
        doubtful |= !agreed;
        return true;
    }

    /** Returns whether the other processes leave its call to this one. */
    public boolean isClaimed() {
        return claimed;
    }

    /** Notes that nobody could say whether there is an answer, or whether another process makes the call. */
    public void doubt() {
        doubtful = true;
    }

    /** Returns whether to look it up again before its call: once, if it is in doubt and has waited since. */
    public boolean takeSecondLook(long now) {
        boolean due = doubtful && !lookedUpAgain && waitedNanos(now) > 0;
        lookedUpAgain |= due;
        return due;
    }

    /** Returns what ends its claim, once; empty if it has none. */
    public Optional<Runnable> takeClaim() {
        Optional<Runnable> end = Optional.ofNullable(claimEnd);
        claimEnd = null;
        return end;
    }

    /** Returns what stores its answer; empty: the caches do, where it is looked up too. */
    public Optional<AnswerStore> store() {
        return store;
    }

    /** Sets what stores its answer. Called before it is looked up. */
    public void store(Optional<AnswerStore> other) {
        this.store = other;
    }

    /**
     * Returns whether its late attempt ends in favor of another account that is ready for the same model. One does, if
     * all callers can still wait for as long as any answer may take.
     */
    boolean cutOff(Attempt late, long tookNanos, long now) {
        long whole = Waits.nanos(route.settings().timeouts().longest(false));
        if (cutOff.isPresent()
                || !subscribers.mayWait(whole, now)
                || options.ever().stream().noneMatch(other -> isReady(other, late.target(), now))) {
            return false;
        }
        late.target().awaited();
        cutOff = Optional.of(late);
        cutOffAfterNanos = tookNanos;
        return true;
    }

    private boolean isReady(Target other, Target late, long now) {
        return !other.id().equals(late.id())
                && other.model().equals(late.model())
                && other.waitNanos(mostTokens(), reserveShare(), now) == 0;
    }

    /** Returns the target whose late call an answer of the same model shows to be one that wouldn't have ended. */
    public Optional<Target> silentBeside(Attempt attempt, long tookNanos) {
        return cutOff.map(Attempt::target)
                .filter(late -> tookNanos < cutOffAfterNanos
                        && late != attempt.target()
                        && late.model().equals(attempt.target().model()));
    }

    public Optional<Attempt> cutOff() {
        return cutOff;
    }

    public @Nullable Attempt attempt() {
        return attempt;
    }

    public @Nullable Completion answer() {
        return answer;
    }

    public void answer(Completion answer) {
        this.answer = answer;
    }
}
