package dev.whippletree.engine.flight;

import dev.whippletree.engine.answer.Broadcast;
import dev.whippletree.engine.line.Ticket;
import dev.whippletree.engine.line.Waiter;
import dev.whippletree.engine.pool.Demand;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.Route.Allowed;
import dev.whippletree.engine.pool.Target;
import dev.whippletree.engine.pool.TokenForecast;
import dev.whippletree.engine.run.Mailbox;
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
 * One question on its way to an answer. Callers with equal prompts subscribe to it; nobody leads. Guarded by the engine's lock.
 *
 * <p>It is looked up, then waits, then is attempted, perhaps several times with pauses, and at last its answer is stored.
 */
public final class Flight implements Waiter {

    /** Where a flight is on its way. */
    public enum Stage {
        /** The caches are looked into. */
        LOOKING_UP,
        /** It is in the waiting line. */
        WAITING,
        /** An attempt is under way. */
        ATTEMPTING,
        /** It pauses before it is tried again. */
        PAUSING,
        /** It has its answer; the nearest cache is being given it. */
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
    private TokenCount mostTokens = TokenCount.NONE;
    private TokenCount meanTokens = TokenCount.NONE;
    private boolean asksAlike = true;
    private int bounds;
    private int calls;

    /** Whether its key still says by which models it may be answered. */
    private boolean keyed = true;

    /** Whether an empty answer was taken for a fault of its service. */
    private boolean distrustedEmptiness;

    /** When it first waited for its tiers; {@link Long#MAX_VALUE} if it hasn't. */
    private long waitingSince = Long.MAX_VALUE;

    private Consumer<ServiceCall> hearer = call -> {};
    private @Nullable Attempt attempt;
    private @Nullable Completion answer;
    private @Nullable Runnable claimEnd;

    public Flight(CacheKey key, Prompt prompt, Route route, long now) {
        this.key = key;
        this.prompt = prompt;
        this.route = route;
        this.options = new TargetOptions(route, Allowed.by(prompt));
        this.openedNanos = now;
        this.ticket = new Ticket(this, prompt.tenant(), prompt.session().orElse(""), prompt.priority());
    }

    public CacheKey key() {
        return key;
    }

    public Prompt prompt() {
        return prompt;
    }

    /** Its service takes it only with a maximum, so that is sent from now on. What it asks of targets isn't known until they are asked. */
    void bound(int maxTokens) {
        bounds++;
        prompt = prompt.withParameters(prompt.parameters().withMaxTokens(maxTokens));
        demand(Demand.NONE);
    }

    /** Returns how often it was given a maximum that neither its callers nor its route set. */
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

    /** Returns who hears of the calls made for it. */
    public Consumer<ServiceCall> hearer() {
        return hearer;
    }

    /** Somebody hears of the calls made for it. Told by whoever opened it, before its mailbox is drained for the first time. */
    public void hearer(Consumer<ServiceCall> hearer) {
        this.hearer = hearer;
    }

    /** What its callers are told of the answer while it comes. */
    public Broadcast broadcast() {
        return broadcast;
    }

    /** Returns its callers. */
    public Subscribers subscribers() {
        return subscribers;
    }

    public Stage stage() {
        return stage;
    }

    public void stage(Stage stage) {
        this.stage = stage;
    }

    /** What it asks of each target, once that is known. */
    public Demand demand() {
        return demand;
    }

    public void demand(Demand demand) {
        this.demand = demand;
        this.mostTokens = demand.mostTokens();
        this.meanTokens = demand.meanTokens();
        this.asksAlike = demand.isAlikeEverywhere();
    }

    /** Asks for what it needs by what is known by now. It must not be in the line. */
    public void demandAnew(TokenForecast forecast) {
        demand(demand.reserving(route, forecast));
    }

    /** Returns the tokens to reserve on a target. */
    public TokenCount tokens(Target target) {
        return asksAlike ? mostTokens : demand.tokens(target);
    }

    /** Returns the most tokens to reserve on any target. */
    @Override
    public TokenCount mostTokens() {
        return mostTokens;
    }

    /** Returns the tokens that are counted in the end for such a flight, on average. */
    @Override
    public TokenCount meanTokens() {
        return meanTokens;
    }

    /** Returns whether as many tokens are reserved on each target. */
    public boolean asksAlikeEverywhere() {
        return asksAlike;
    }

    /** Goes on by another form of its route. What it knows of targets it keeps of those that are still there. */
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

    /** Returns whether an answer may be stored under its key: not when it may be by a model that the key doesn't name. */
    public boolean isKeyed() {
        return keyed;
    }

    /** Returns which targets it may use. */
    public TargetOptions options() {
        return options;
    }

    public List<AttemptReport> failedAttempts() {
        return failedAttempts;
    }

    /** Returns how many calls on a target have failed, those answered with a limit too. */
    public int failuresOn(Target target) {
        int failures = 0;
        for (AttemptReport report : failedAttempts) {
            if (report.account().equals(target.account().id()) && report.model().equals(target.model())) {
                failures++;
            }
        }
        return failures;
    }

    /** Takes an empty answer for a fault of its service, the first time. Returns whether this is that. */
    boolean distrustEmptiness() {
        boolean first = !distrustedEmptiness;
        distrustedEmptiness = true;
        return first;
    }

    /** Returns the calls made for it, whatever came of them. */
    @Override
    public int calls() {
        return calls;
    }

    /** Returns the highest priority of its callers. */
    public Priority priority() {
        return ticket.priority();
    }

    /** Returns the share of each limit that it leaves to others, 0 to 1: batch prompts leave what their route says. */
    public double leave() {
        return priority() == Priority.BATCH ? route().settings().leave() : 0;
    }

    /** Returns its place in the waiting line, and its turn there. */
    public Ticket ticket() {
        return ticket;
    }

    /** Returns the flight whose ticket it is. */
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

    /** Nobody waits for it any more: it is nothing but its turn from now on. What was asked is forgotten. */
    public void keepTurnOnly() {
        stage = Stage.WAITING;
        key = key.withoutQuestion();
        Prompt.Builder nothing = Prompt.builder().user("-").tenant(prompt.tenant());
        prompt.session().ifPresent(nothing::session);
        prompt = nothing.build();
    }

    /** Returns how long ago it first had to wait for its tiers, 0 if it hasn't. */
    public long waitedNanos(long now) {
        return Math.max(0, now - waitingSince);
    }

    /** It has to wait, if it hadn't to before. */
    public void waitFrom(long now) {
        waitingSince = Math.min(waitingSince, now);
    }

    /** An attempt has failed: it has waited for nothing since. */
    public void waitAnew() {
        waitingSince = Long.MAX_VALUE;
    }

    public void begin(Attempt attempt) {
        this.attempt = attempt;
        this.stage = Stage.ATTEMPTING;
        calls++;
    }

    /** Its attempt was never sent, so there was no call. */
    public void sentBack() {
        calls--;
    }

    /**
     * Keeps the claim to make the call for its question among all processes, to be ended with it.
     *
     * @return whether it is still wanted
     */
    public boolean claim(Runnable end) {
        if (stage == Stage.ENDED) {
            return false;
        }
        claimEnd = end;
        return true;
    }

    /** Returns how its claim is ended, the first time it is asked; empty if it has none. */
    public Optional<Runnable> takeClaim() {
        Optional<Runnable> end = Optional.ofNullable(claimEnd);
        claimEnd = null;
        return end;
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
