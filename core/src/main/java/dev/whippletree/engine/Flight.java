package dev.whippletree.engine;

import dev.whippletree.engine.answer.Broadcast;
import dev.whippletree.engine.pool.Allowed;
import dev.whippletree.engine.pool.Demand;
import dev.whippletree.engine.pool.Route;
import dev.whippletree.engine.pool.Target;
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
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One question on its way to an answer. Callers with equal prompts subscribe to it; nobody leads. Guarded by the engine's lock.
 *
 * <p>It is looked up, then waits, then is attempted, perhaps several times with pauses, and at last its answer is stored.
 */
final class Flight {

    /** By turn among its tenant's; of the same turn, the one that came first. */
    static final Comparator<Flight> IN_TURN = (one, other) -> {
        int byTurn = Double.compare(one.turn, other.turn);
        return byTurn != 0 ? byTurn : Long.compare(one.order, other.order);
    };

    /** Where a flight is on its way. */
    enum Stage {
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
    private final Set<Subscription> subscriptions = new LinkedHashSet<>(2);
    private int reading;
    private final List<AttemptReport> failedAttempts = new ArrayList<>(0);
    private final TargetOptions options;

    private Priority priority;
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
    private Treap.@Nullable Node<?> place;
    private double turn;
    private long order;
    private double cost = 1;
    private boolean lone;

    /** Whether nobody waits for it any more, and only its turn is kept. */
    private boolean absent;

    private double charged;

    /** Where its tenant's turn started when it came first and didn't fit; not a number if it hasn't. */
    private double heldStart = Double.NaN;

    private @Nullable Attempt attempt;
    private @Nullable Completion answer;
    private @Nullable Runnable claimEnd;

    Flight(CacheKey key, Prompt prompt, Route route, long now) {
        this.key = key;
        this.prompt = prompt;
        this.route = route;
        this.options = new TargetOptions(route, Allowed.by(prompt));
        this.openedNanos = now;
        this.priority = prompt.priority();
    }

    CacheKey key() {
        return key;
    }

    Prompt prompt() {
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

    Route route() {
        return route;
    }

    long openedNanos() {
        return openedNanos;
    }

    Mailbox mailbox() {
        return mailbox;
    }

    /** Returns who hears of the calls made for it. */
    Consumer<ServiceCall> hearer() {
        return hearer;
    }

    /** Somebody hears of the calls made for it. Told by whoever opened it, before its mailbox is drained for the first time. */
    void hearer(Consumer<ServiceCall> hearer) {
        this.hearer = hearer;
    }

    /** What its callers are told of the answer while it comes. */
    Broadcast broadcast() {
        return broadcast;
    }

    /** Returns its callers that read along. */
    List<Reader> readers() {
        List<Reader> readers = new ArrayList<>(0);
        for (Subscription subscription : subscriptions) {
            subscription.reader().ifPresent(readers::add);
        }
        return readers;
    }

    /** A piece of its answer is there. */
    void pieceCame() {
        subscriptions.forEach(Subscription::pieceCame);
    }

    /** Its attempt has ended without a whole answer. */
    void breakOff() {
        broadcast.breakOff(readers().stream().map(Reader::place).toList());
    }

    /** Returns its callers, in the order in which they came. */
    Set<Subscription> subscriptions() {
        return subscriptions;
    }

    /** A caller waits for its answer. */
    void add(Subscription subscription) {
        subscriptions.add(subscription);
        reading += subscription.reader().isPresent() ? 1 : 0;
    }

    /** A caller doesn't any more. */
    void remove(Subscription subscription) {
        if (subscriptions.remove(subscription)) {
            reading -= subscription.reader().isPresent() ? 1 : 0;
        }
    }

    /** Returns whether a caller reads along. */
    boolean isRead() {
        return reading > 0;
    }

    /** Returns when its last caller gives up; empty if one of them never does. */
    OptionalLong deadline() {
        long latest = Long.MIN_VALUE;
        for (Subscription subscription : subscriptions) {
            if (subscription.deadline().isEmpty()) {
                return OptionalLong.empty();
            }
            latest = Math.max(latest, subscription.deadline().getAsLong());
        }
        return OptionalLong.of(latest);
    }

    /** Returns whether a caller waits for as long as it takes. */
    boolean hasNoDeadline() {
        return subscriptions.stream()
                .anyMatch(caller -> caller.patience().atMost().isEmpty());
    }

    Stage stage() {
        return stage;
    }

    void stage(Stage stage) {
        this.stage = stage;
    }

    /** What it asks of each target, once that is known. */
    Demand demand() {
        return demand;
    }

    void demand(Demand demand) {
        this.demand = demand;
        this.mostTokens = demand.mostTokens();
        this.meanTokens = demand.meanTokens();
        this.asksAlike = demand.isAlikeEverywhere();
    }

    /** Returns the tokens to reserve on a target. */
    TokenCount tokens(Target target) {
        return asksAlike ? mostTokens : demand.tokens(target);
    }

    /** Returns the most tokens to reserve on any target. */
    TokenCount mostTokens() {
        return mostTokens;
    }

    /** Returns the tokens that are counted in the end for such a flight, on average. */
    TokenCount meanTokens() {
        return meanTokens;
    }

    /** Returns whether as many tokens are reserved on each target. */
    boolean asksAlikeEverywhere() {
        return asksAlike;
    }

    /** Goes on by another form of its route. What it knows of targets it keeps of those that are still there. */
    void goOn(Route next) {
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
    boolean isKeyed() {
        return keyed;
    }

    /** Returns which targets it may use. */
    TargetOptions options() {
        return options;
    }

    List<AttemptReport> failedAttempts() {
        return failedAttempts;
    }

    /** Returns how many calls on a target have failed, those answered with a limit too. */
    int failuresOn(Target target) {
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
    int calls() {
        return calls;
    }

    /** Returns the highest priority of its callers. */
    Priority priority() {
        return priority;
    }

    /** Returns the share of each limit that it leaves to others, 0 to 1: batch prompts leave what their route says. */
    double leave() {
        return priority == Priority.BATCH ? route().settings().leave() : 0;
    }

    /** Somebody is waiting for it now: it forgets its turn, and gets the one an urgent prompt would. */
    void hurry() {
        priority = Priority.INTERACTIVE;
        order = 0;
    }

    /** It is in the line, at a place that the line knows. */
    void enter(Treap.Node<?> place, double turn, long order) {
        this.place = place;
        this.turn = turn;
        this.order = order;
        this.stage = Stage.WAITING;
    }

    /** It is out of the line. */
    void leaveLine() {
        place = null;
    }

    /** Returns where it stands in the line; null if it isn't there. */
    Treap.@Nullable Node<?> place() {
        return place;
    }

    /** Returns its turn in the line, which it keeps when it is tried again. */
    double turn() {
        return turn;
    }

    long order() {
        return order;
    }

    /** Returns what its turn costs: 1 on average. */
    double cost() {
        return cost;
    }

    void cost(double cost) {
        this.cost = cost;
    }

    /** Says whether its tenant has had nothing else waiting since it came. */
    void lone(boolean lone) {
        this.lone = lone;
    }

    boolean isLone() {
        return lone;
    }

    /** Its tenant was charged for its turn. */
    void charged(double amount) {
        charged = amount;
    }

    /** Returns what its tenant was charged for a turn that came to nothing, once. */
    double takeCharge() {
        double charge = charged;
        charged = 0;
        return charge;
    }

    /** Nobody waits for it any more: it is nothing but its turn from now on. What was asked is forgotten. */
    void keepTurnOnly() {
        absent = true;
        charged(0);
        key = key.withoutQuestion();
        Prompt.Builder nothing = Prompt.builder().user("-").tenant(prompt.tenant());
        prompt.session().ifPresent(nothing::session);
        prompt = nothing.build();
    }

    boolean isAbsent() {
        return absent;
    }

    /** It goes back to the turn of another that left. */
    void takeTurnOf(Flight other) {
        turn = other.turn;
        order = other.order;
        cost = other.cost;
        lone = other.lone;
        heldStart = other.heldStart;
    }

    /** It came first and didn't fit: until it is served it keeps that place. */
    void hold(double start) {
        heldStart = start;
    }

    boolean isHeld() {
        return !Double.isNaN(heldStart);
    }

    double heldStart() {
        return heldStart;
    }

    /** It is served, and keeps no place. */
    void letGo() {
        heldStart = Double.NaN;
    }

    /** Returns whether its place is before another's of the same tenant. */
    boolean isBefore(Flight other) {
        return IN_TURN.compare(this, other) < 0;
    }

    /** Returns how long ago it first had to wait for its tiers, 0 if it hasn't. */
    long waitedNanos(long now) {
        return Math.max(0, now - waitingSince);
    }

    /** It has to wait, if it hadn't to before. */
    void waitFrom(long now) {
        waitingSince = Math.min(waitingSince, now);
    }

    /** An attempt has failed: it has waited for nothing since. */
    void waitAnew() {
        waitingSince = Long.MAX_VALUE;
    }

    void begin(Attempt attempt) {
        this.attempt = attempt;
        this.stage = Stage.ATTEMPTING;
        calls++;
    }

    /** Its attempt was never sent, so there was no call. */
    void sentBack() {
        calls--;
    }

    /**
     * Keeps the claim to make the call for its question among all processes, to be ended with it.
     *
     * @return whether it is still wanted
     */
    boolean claim(Runnable end) {
        if (stage == Stage.ENDED) {
            return false;
        }
        claimEnd = end;
        return true;
    }

    /** Returns how its claim is ended, the first time it is asked; empty if it has none. */
    Optional<Runnable> takeClaim() {
        Optional<Runnable> end = Optional.ofNullable(claimEnd);
        claimEnd = null;
        return end;
    }

    @Nullable Attempt attempt() {
        return attempt;
    }

    @Nullable Completion answer() {
        return answer;
    }

    void answer(Completion answer) {
        this.answer = answer;
    }
}
