package dev.whippletree.engine.pool;

import dev.whippletree.engine.run.Waits;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.model.TokenCount;
import dev.whippletree.quota.FixedWindow;
import dev.whippletree.quota.Pace;
import dev.whippletree.quota.Quota.Use;
import dev.whippletree.quota.RateSearch;
import dev.whippletree.quota.ReportedQuota;
import dev.whippletree.quota.SlidingWindow;
import dev.whippletree.quota.TokenBucket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The limits and the closure of one scope, and the leases that use it. Guarded by the engine's lock.
 *
 * <p>A declared limit holds whatever the service reports: it is counted by sliding window, and nothing that is reported gives its
 * uses back earlier. Only if the provider knows that the service counts the same limit in a bucket does its count replace ours.
 * Limits that need no waiting are counted all the same, so that they can apply again at any time.
 */
public final class ScopeState {

    /** Of a declared window that is shorter than so many flights, reports come too late: our own count is as safe, and leaves more. */
    private static final long FLIGHTS_PER_WINDOW = 8;

    private static final long FLIGHTS_IN_MEAN = 8;

    /** A limit that refuses calls although less than this share of it is used would have to be cut to that: another one is likelier. */
    private static final double LEAST_USED_OF_TOO_HIGH = 0.25;

    /** Buckets and windows that others use refuse calls for a shorter share of the window. */
    private static final long SHORTEST_CLOSURES_IN_WINDOW = 4;

    /** Times that are told are whole seconds, and uses leave a declared window as much later as an answer takes. */
    private static final long ROUNDING_NANOS = Duration.ofSeconds(2).toNanos();

    private final Scope scope;
    private final Closure closure = new Closure();
    private final List<Meter> meters = new ArrayList<>();
    private List<Meter> declared = List.of();
    private long changes;

    /** Declared limits for which a bucket stands that the service reported. */
    private final List<Meter> aside = new ArrayList<>(0);

    /** Reported limits that are declared too, and of which reports come too late to say more. */
    private final List<Meter> late = new ArrayList<>(0);

    /** Limits that were declared and aren't any more. */
    private final List<Meter> past = new ArrayList<>(0);

    private final ReportedLimits reported = new ReportedLimits();
    private final Refusals refusals = new Refusals();

    /** The one model of an organization that its targets are of; null if they are of several, and for a model's own scope. */
    private @Nullable ScopeState onlyModel;

    /** The attempts under way, each with what had ended when it began. */
    private final Map<Lease, Total> leases = new LinkedHashMap<>();

    private Total begun = new Total(0, TokenCount.NONE);
    private Total ended = new Total(0, TokenCount.NONE);

    /** How many attempts the service let in. */
    private long letIn;

    private final SharedLimits shared = new SharedLimits(this);

    /** The smallest amounts of its limits of tokens; there may be many targets to be asked for them. */
    private TokenBound mostTokensAtOnce = TokenBound.UNBOUNDED;

    /** How long reports come after their attempts were begun, lately. */
    private long flightNanos;

    /** How many attempts there were, and the tokens that they had reserved. */
    private record Total(long calls, TokenCount tokens) {

        Total and(TokenCount more) {
            return new Total(
                    calls + 1,
                    new TokenCount(tokens.prompt() + more.prompt(), tokens.completion() + more.completion()));
        }

        long of(Limit.Unit unit) {
            return unit == Limit.Unit.REQUESTS ? calls : unit.amountOf(tokens);
        }
    }

    public ScopeState(Scope scope) {
        this.scope = scope;
    }

    public Scope scope() {
        return scope;
    }

    public Closure closure() {
        return closure;
    }

    /** Returns the limits to wait for. */
    List<Meter> meters() {
        return meters;
    }

    /** Returns the limits that are declared, those too for which a reported bucket stands. */
    public List<Meter> declared() {
        return declared;
    }

    /** Returns how often its declared and reported limits have become others, or their amounts. */
    long changes() {
        return changes;
    }

    private static boolean isDeclared(Meter meter) {
        return meter.source() == LimitStatus.Source.DECLARED;
    }

    /** Its limits as other processes see them. */
    public SharedLimits shared() {
        return shared;
    }

    /**
     * Declares its limits in the place of those declared before. What was used counts against the new ones too, as far back as it
     * was counted.
     *
     * @param limits all of them; the same one twice, as by two accounts of an organization, is one
     */
    void declare(Collection<Limit> limits, long now) {
        Redeclaration redeclaration = new Redeclaration(everDeclared());
        List<Meter> next =
                redeclaration.metersOf(limits, limit -> begin(limit, redeclaration.longest(limit.unit()), now));
        boolean ofRequests = next.stream().anyMatch(meter -> meter.unit() == Limit.Unit.REQUESTS);
        meters.removeIf(meter -> ofRequests && isGuess(meter, Limit.Unit.REQUESTS));
        past.clear();
        past.addAll(redeclaration.left());
        arrange(next, now);
    }

    /** Returns the limits that were ever declared and are counted. */
    private List<Meter> everDeclared() {
        return Stream.concat(declared.stream(), past.stream()).toList();
    }

    /**
     * All targets of this organization are of one model from now on, or of several. What the service counts of the only model is all that
     * is used of the organization: so a bucket reported for the model can stand for a declared limit of the organization.
     */
    void useFor(@Nullable ScopeState model, long now) {
        onlyModel = model;
        arrange(declared, now);
    }

    /** Finds which of the limits are to be waited for. */
    private void arrange(List<Meter> all, long now) {
        declared = List.copyOf(all);
        changes++;
        List<Meter> learned = meters.stream()
                .filter(meter -> meter.source() == LimitStatus.Source.LEARNED)
                .toList();
        meters.clear();
        aside.clear();
        late.clear();
        declared.forEach(meter -> (hasBucket(meter) ? aside : meters).add(meter));
        reported.all().forEach((key, meter) -> (comesTooLate(key, meter, declared, now) ? late : meters).add(meter));
        meters.addAll(learned);
        findMostTokensAtOnce();
    }

    /**
     * Returns whether a declared limit is reported of which most is over when a report of it comes: then what is certain by reports is
     * less than what the declared one's own count leaves, and that is as certain.
     */
    private boolean comesTooLate(ReportKey key, Meter told, List<Meter> declared, long now) {
        if (key.refill() != Refill.AT_ONCE) {
            return false;
        }
        return declared.stream()
                .anyMatch(meter -> key.isSame(meter, quotaOf(told), now)
                        && flightNanos * FLIGHTS_PER_WINDOW
                                > Redeclaration.window(meter).windowNanos());
    }

    private boolean hasBucket(Meter declared) {
        return Stream.concat(reported.buckets(), onlyModel == null ? Stream.empty() : onlyModel.reported.buckets())
                .anyMatch(entry -> entry.getKey().isBucketOf(declared, entry.getValue()));
    }

    private static ReportedQuota quotaOf(Meter reported) {
        return (ReportedQuota) reported.quota();
    }

    private Meter begin(Limit limit, Optional<Meter> history, long now) {
        Meter meter = Redeclaration.unused(limit);
        history.ifPresent(earlier -> takeOver(meter, earlier, leases.keySet(), now));
        holdLate(meter, now);
        return meter;
    }

    private void holdLate(Meter meter, long now) {
        leases.keySet().forEach(lease -> lease.holdLate(meter, now));
    }

    /** What is under way isn't taken over: its leases hold the limit themselves. */
    private static void takeOver(Meter meter, Meter earlier, Collection<Lease> underWay, long now) {
        List<Use> held = underWay.stream().map(lease -> lease.useOf(earlier)).toList();
        Redeclaration.window(meter).takeOver(Redeclaration.window(earlier), held, now);
    }

    /** Counts here too what was used of another scope, of which accounts have come into this one. */
    void takeOver(ScopeState other, long now) {
        for (Meter meter : everDeclared()) {
            Redeclaration.longest(other.everDeclared(), meter.unit())
                    .ifPresent(earlier -> takeOver(meter, earlier, other.leases.keySet(), now));
        }
        for (Lease lease : other.leases.keySet()) {
            if (leases.putIfAbsent(lease, ended) == null) {
                begun = begun.and(lease.tokens());
                lease.joinLate(this);
                everDeclared().forEach(meter -> lease.holdLate(meter, now));
                Stream.concat(meters.stream().filter(meter -> !isDeclared(meter)), late.stream())
                        .forEach(meter -> holdFromNow(lease, meter, now));
            }
        }
    }

    private static void holdFromNow(Lease lease, Meter meter, long now) {
        lease.hold(meter, now);
        lease.catchUp(meter, now);
    }

    /** Returns whether a limit of requests was declared or reported, and nothing shows that there is a lower one. */
    boolean knowsRequestLimit() {
        if (refusals.doubtLimits()) {
            return false;
        }
        for (Meter meter : meters) {
            if (isKnown(meter)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isKnown(Meter meter) {
        return meter.unit() == Limit.Unit.REQUESTS && meter.source() != LimitStatus.Source.LEARNED;
    }

    boolean countsTokens() {
        return mostTokensAtOnce != TokenBound.UNBOUNDED;
    }

    /** Returns whether it has a limit of input or of output tokens alone. */
    boolean countsApart() {
        return mostTokensAtOnce.isApart();
    }

    /** It let in an attempt. */
    void letIn(Lease lease, long now) {
        letIn++;
        refusals.letIn(lease.beganNanos(), now);
        if (!refusals.refuseStill()) {
            closure.openForAll();
        }
        for (Meter meter : meters) {
            long cost = meter.cost(lease.tokens());
            meter.margin().letIn(cost);
            meter.shortfall().letIn(lease.beganNanos(), cost, meter.quota().amount());
        }
        if (refusals.doubtLimits() && refusals.trustAgain(slowestKnown(), largestKnown())) {
            meters.forEach(meter -> meter.margin().reset());
            keepPace();
        }
    }

    /** Returns the requests a nanosecond that its declared and reported limits allow. */
    private double slowestKnown() {
        return meters.stream()
                .filter(ScopeState::isKnown)
                .map(Meter::quota)
                .filter(quota ->
                        quota.window().filter(window -> !window.isZero()).isPresent())
                .mapToDouble(quota ->
                        (double) quota.amount() / quota.window().orElseThrow().toNanos())
                .min()
                .orElse(Double.MAX_VALUE);
    }

    private long largestKnown() {
        return meters.stream()
                .filter(ScopeState::isKnown)
                .mapToLong(meter -> meter.quota().amount())
                .max()
                .orElse(0);
    }

    /**
     * It refused an attempt for a limit.
     *
     * @param told how long the service said to wait, if it did
     * @param chance 0 to 1, for a pause of our own
     * @param crowded whether how many calls were under way would explain it
     */
    Refusal refused(Lease lease, OptionalLong told, double chance, boolean crowded, long now) {
        boolean doubtsTransit = meters.stream().anyMatch(meter -> isExceededByAnswers(meter, now));
        Refusals.Refused call = new Refusals.Refused(lease.beganNanos(), othersUnderWay(lease), told, chance, now);
        Optional<Meter> usedUp = lease.usedUp().filter(meter -> !meter.margin().isInVain());
        if (usedUp.isPresent()) {
            long until = usedUp(usedUp.get(), lease, call);
            return new Refusal(until, refusals.refuseStill(), doubtsTransit, Refusal.Rate.UNTOUCHED);
        }
        Refusal.Rate rate = Refusal.Rate.UNTOUCHED;
        OptionalLong until = refusals.byChance(call);
        if (until.isEmpty()) {
            until = OptionalLong.of(refusals.pause(call));
            rate = limited(lease, call, until.getAsLong(), crowded);
        }
        keepPace();
        return new Refusal(until.getAsLong(), refusals.refuseStill(), doubtsTransit, rate);
    }

    /** The refusal says which limit is used up, so it shows nothing of another one. If that had seemed to have room, others use it too. */
    private long usedUp(Meter meter, Lease lease, Refusals.Refused call) {
        if (lease.foundRoomIn(meter)) {
            meter.margin().refused(meter.cost(lease.tokens()), meter.quota().amount());
        }
        refusals.setAside(call);
        return refusals.pause(call);
    }

    private Refusal.Rate limited(Lease lease, Refusals.Refused call, long until, boolean crowded) {
        if (isShort(lease, call)) {
            refusals.setAside(call);
            return Refusal.Rate.UNTOUCHED;
        }
        if (knowsRequestLimit()) {
            if (usedMost(call.now()) < LEAST_USED_OF_TOO_HIGH) {
                refusals.suspectAnotherLimit();
            } else {
                refusals.doubtLimits(searchBelow(until, call.now()));
            }
        }
        boolean kept = refusals.pace().isPresent();
        if (kept && crowded) {
            refusals.setAside(call);
            return Refusal.Rate.KEPT;
        }
        refusals.exceeded(call, until);
        if (kept) {
            return Refusal.Rate.KEPT;
        }
        return refusals.pace().isPresent() ? Refusal.Rate.UNTOUCHED : Refusal.Rate.UNKNOWN;
    }

    /** Returns whether the declared limit of which most is used is smaller than declared. */
    private boolean isShort(Lease lease, Refusals.Refused call) {
        return !refusals.doubtLimits()
                && meters.stream()
                        .filter(ScopeState::isDeclared)
                        .min(Comparator.comparingDouble(meter -> meter.headroom(call.now())))
                        .filter(meter -> isShort(meter, meter.cost(lease.tokens()), call))
                        .isPresent();
    }

    private static boolean isShort(Meter meter, long cost, Refusals.Refused call) {
        long now = call.now();
        long told = call.told().orElse(0);
        boolean usedUp = meter.headroom(now) <= 1 - LEAST_USED_OF_TOO_HIGH
                && told * SHORTEST_CLOSURES_IN_WINDOW
                        >= Redeclaration.window(meter).windowNanos()
                && told + ROUNDING_NANOS
                        >= meter.quota().waitNanos(meter.quota().left(now) + cost, now);
        return meter.shortfall().refused(call.begun(), cost, meter.used(now), usedUp, now);
    }

    /** Returns the largest share that is used of a declared or reported limit of requests. */
    private double usedMost(long now) {
        return meters.stream()
                .filter(ScopeState::isKnown)
                .mapToDouble(meter -> 1 - meter.headroom(now))
                .max()
                .orElse(0);
    }

    private long[] othersUnderWay(Lease lease) {
        return leases.keySet().stream()
                .filter(other -> other != lease)
                .mapToLong(Lease::beganNanos)
                .toArray();
    }

    private static boolean isExceededByAnswers(Meter meter, long now) {
        return meter.quota() instanceof SlidingWindow window && window.isExceededByAnswers(now);
    }

    /** Returns a search for what is left by a limit that is refused although it has room: that of which most is used. */
    private RateSearch searchBelow(long until, long now) {
        return meters.stream()
                .filter(meter -> isDeclared(meter) && meter.unit() == Limit.Unit.REQUESTS)
                .min(Comparator.comparingDouble(meter -> meter.headroom(now)))
                .map(Meter::quota)
                .map(quota -> RateSearch.within(
                        quota.window().orElseThrow().toNanos(),
                        quota.amount() - quota.left(now) - leases.size(),
                        until,
                        now))
                .orElseGet(RateSearch::new);
    }

    /** Returns whether it has let in nothing since a limit refused a call. */
    boolean refusesAll() {
        return refusals.refuseAll();
    }

    /** Returns whether it has refused the calls that were to find out if it lets in again. */
    public boolean refusesStill() {
        return refusals.refuseStill();
    }

    /** A rate that was found by trial is kept like any other limit, as long as it is thought to be one. */
    private void keepPace() {
        Pace pace = refusals.pace().orElse(null);
        meters.removeIf(meter -> meter.source() == LimitStatus.Source.LEARNED && meter.quota() != pace);
        if (pace != null && meters.stream().noneMatch(meter -> meter.quota() == pace)) {
            meters.add(new Meter(Limit.Unit.REQUESTS, LimitStatus.Source.LEARNED, pace));
        }
    }

    /**
     * Returns how long until a reservation fits, the closure aside.
     *
     * @param leave the share of each limit that has to be left besides
     */
    long waitNanos(TokenCount tokens, double leave, long now) {
        long wait = shared.waitNanos(tokens, now);
        for (Meter meter : meters) {
            wait = Math.max(wait, meter.waitNanos(meter.cost(tokens), leave, underWay(meter), now));
        }
        return wait;
    }

    /** Returns what attempts under way have reserved of a limit. */
    private long underWay(Meter meter) {
        return begun.of(meter.unit()) - ended.of(meter.unit());
    }

    /** Returns whether reservations may fit sooner than {@link #waitNanos} says, because reports will show what others have left. */
    boolean mayFitSooner() {
        if (leases.isEmpty()) {
            return false;
        }
        for (Meter meter : meters) {
            if (meter.sharedByOthers()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns how long until reserving for one prompt makes another one wait no longer for its own reservation, because both fit.
     *
     * @param leave the share of each limit that the other one leaves besides
     */
    public long delayNanos(TokenCount tokens, TokenCount otherTokens, double leave, long now) {
        long together = Waits.NONE;
        for (Meter meter : meters) {
            long both = meter.cost(tokens) + meter.cost(otherTokens);
            together = Math.max(together, meter.waitNanos(both, leave, underWay(meter), now));
        }
        return together > waitNanos(otherTokens, leave, now) ? together : Waits.NONE;
    }

    /** Returns the most tokens that its limits allow when nothing else is used. */
    TokenBound mostTokensAtOnce() {
        return mostTokensAtOnce;
    }

    private void findMostTokensAtOnce() {
        TokenBound most = TokenBound.UNBOUNDED;
        for (Meter meter : meters) {
            most = most.within(meter.unit(), meter.quota().amount());
        }
        mostTokensAtOnce = most;
    }

    double headroom(long now) {
        double least = 1;
        for (Meter meter : meters) {
            // A pace is no stock of which a share could be left.
            if (meter.source() != LimitStatus.Source.LEARNED) {
                least = Math.min(least, meter.headroom(now));
            }
        }
        return least;
    }

    void join(Lease lease, long now) {
        refusals.begun(leases.isEmpty(), now);
        leases.put(lease, ended);
        begun = begun.and(lease.tokens());
        hold(lease, meters, now);
        hold(lease, aside, now);
        hold(lease, late, now);
        hold(lease, past, now);
        for (Meter meter : meters) {
            if (meter.shortfall().isKnown()) {
                meter.shortfall().begun(meter.used(now), now);
            }
        }
    }

    private static void hold(Lease lease, List<Meter> all, long now) {
        for (Meter meter : all) {
            lease.hold(meter, now);
        }
    }

    void leave(Lease lease, long now) {
        leases.remove(lease);
        ended = ended.and(lease.tokens());
        if (leases.isEmpty()) {
            refusals.rest(now);
        }
    }

    /** Returns how many attempts were begun. */
    long begunCalls() {
        return begun.calls();
    }

    /** Returns how many attempts had ended when one that is under way began. */
    long endedBefore(Lease lease) {
        return leases.getOrDefault(lease, ended).calls();
    }

    /** Returns how many attempts the service let in. */
    long letInCalls() {
        return letIn;
    }

    /** Returns how many attempts the service may have counted: those that it let in, and all under way. */
    long countedCalls() {
        return letIn
                + leases.keySet().stream().filter(lease -> !lease.isLetIn()).count();
    }

    /** Returns what attempts may have used that ended while another one was under way: that one's report may not have counted them. */
    private long endedSince(Lease lease, Meter meter) {
        return ended.of(meter.unit()) - leases.getOrDefault(lease, ended).of(meter.unit());
    }

    /** Takes in what the service said in answer to an attempt. What makes no sense is dropped. */
    public void report(RateLimitReport report, Lease lease, long now) {
        ReportedLimits.Told.of(report)
                .filter(told -> !isMisread(told, lease.target()))
                .ifPresent(told -> report(told, lease, now));
    }

    /**
     * Returns whether a limit's reset, of which nobody says what it means, is further off than the whole window, as stated or as declared
     * for that amount: then it is in another unit than was read, and waiting for it could take a thousand windows.
     */
    private static boolean isMisread(ReportedLimits.Told told, Target target) {
        ReportKey key = told.key();
        LongStream windows = Stream.of(target.organization(), target.modelScope())
                .flatMap(scope -> scope.declared.stream())
                .filter(meter -> meter.unit() == key.unit() && meter.quota().amount() == told.amount())
                .mapToLong(meter -> Redeclaration.window(meter).windowNanos());
        long longest = LongStream.concat(LongStream.of(key.window().toNanos()), windows)
                .max()
                .orElse(0);
        return key.refill() == Refill.UNSAID && longest > 0 && told.resetNanos() > longest + ROUNDING_NANOS;
    }

    private void report(ReportedLimits.Told told, Lease lease, long now) {
        flightNanos += (now - lease.beganNanos() - flightNanos) / FLIGHTS_IN_MEAN;
        ReportKey key = reported.find(told, lease.beganNanos(), now);
        Optional<Meter> mistaken = reported.takeMistaken(key);
        mistaken.ifPresent(meters::remove);
        if (key.refill() == Refill.ONE_BY_ONE) {
            Meter meter = oneByOne(key, told, mistaken, now);
            Redeclaration.window(meter).counted(lease.useOf(meter), told.used(), now);
            noteUsedUp(meter, told, lease);
            return;
        }
        Meter meter = reported.get(key);
        if (meter == null) {
            ReportedQuota quota = quota(key, told.amount(), key.window(), now);
            meter = learn(key, quota, now);
            quota.reserve(endedSince(lease, meter), now).arrived(now);
        }
        quotaOf(meter).report(lease.useOf(meter), told.amount(), told.left(), told.resetNanos(), now);
        arrange(declared, now);
        noteUsedUp(meter, told, lease);
        lease.target().organization().reportedOf(this, now);
    }

    /** Returns whether a limit was reported for it. */
    boolean hasReported(RateLimitReport report) {
        return reported.has(ReportKey.of(report));
    }

    /** Returns whether the service reports a limit that counts by sliding window. */
    boolean hasSliding(RateLimitReport report) {
        return reported.get(ReportKey.of(report).refilling(Refill.ONE_BY_ONE)) != null;
    }

    /** A limit that seemed to be reported for this scope is another one's. */
    void reportedElsewhere(RateLimitReport report, long now) {
        if (reported.remove(ReportKey.of(report))) {
            arrange(declared, now);
        }
    }

    private void noteUsedUp(Meter meter, ReportedLimits.Told told, Lease lease) {
        if (meter.unit() == Limit.Unit.TOKENS) {
            lease.foundUsed(told.used());
        }
        if (told.left() < meter.cost(lease.tokens()) && meters.contains(meter)) {
            lease.foundUsedUp(meter);
        }
    }

    private void reportedOf(ScopeState model, long now) {
        if (onlyModel == model) {
            arrange(declared, now);
        }
    }

    /**
     * Returns the limit by sliding window that the service reports: the declared one if it is the same.
     *
     * @param mistaken how it was counted until now; what that knew to be used was perhaps used only just now
     */
    private Meter oneByOne(ReportKey key, ReportedLimits.Told told, Optional<Meter> mistaken, long now) {
        long windowNanos = told.resetNanos();
        for (Meter meter : meters) {
            if (isDeclared(meter) && key.isSlidingOf(meter, told.amount(), windowNanos)) {
                return meter;
            }
        }
        Meter known = reported.get(key);
        if (known == null) {
            SlidingWindow window = new SlidingWindow(told.amount(), Duration.ofNanos(windowNanos));
            known = new Meter(key.unit(), LimitStatus.Source.REPORTED, window);
            add(key, known);
            holdLate(known, now);
            long left = mistaken.map(meter -> meter.quota().left(now)).orElse(told.left());
            window.countBesides(window.left(now) - left, now);
            arrange(declared, now);
        }
        Redeclaration.window(known).allow(told.amount());
        changes++;
        return known;
    }

    /** Returns the limits that the service reported. */
    public Map<ReportKey, Meter> reported() {
        return reported.all();
    }

    /** Goes on counting a limit that the service reported to an earlier process, from where that stood. */
    public void resume(ReportKey key, ReportedQuota.Standing standing, long now) {
        boolean derived = key.refill() == Refill.CONTINUOUS && key.window().isZero();
        Duration window = derived ? Duration.ofNanos(standing.refillNanos()) : key.window();
        ReportedQuota quota = quota(key, standing.amount(), window, now);
        learn(key, quota, now);
        quota.resume(standing, now);
        arrange(declared, now);
    }

    /** A bucket's window may follow from what is used and how long that takes to come back; a fixed window's needn't be known. */
    private static ReportedQuota quota(ReportKey key, long amount, Duration window, long now) {
        if (key.refill() == Refill.AT_ONCE) {
            return new FixedWindow(amount);
        }
        return window.isZero() ? TokenBucket.ofUnsaidWindow(amount, now) : new TokenBucket(amount, window, now);
    }

    /** Begins to count a limit that nobody had told of; what is under way counts towards it too. */
    private Meter learn(ReportKey key, ReportedQuota quota, long now) {
        Meter meter = new Meter(key.unit(), LimitStatus.Source.REPORTED, quota);
        add(key, meter);
        leases.keySet().forEach(lease -> lease.holdLate(meter, quota, now));
        // Only once all hold it: what the others report may be older than that this one has arrived.
        leases.keySet().forEach(lease -> lease.catchUp(meter, now));
        return meter;
    }

    private void add(ReportKey key, Meter meter) {
        reported.put(key, meter);
        meters.removeIf(known -> isGuess(known, key.unit()));
        meters.add(meter);
    }

    /** What a limit's rate was thought to be doesn't matter once somebody tells the limit. */
    private static boolean isGuess(Meter known, Limit.Unit unit) {
        return known.source() == LimitStatus.Source.LEARNED && unit == Limit.Unit.REQUESTS;
    }

    List<LimitStatus> limits(long now) {
        return meters.stream().flatMap(meter -> status(meter, now)).toList();
    }

    /** Returns the limit, and the smaller amount of it that refusals have shown. */
    private Stream<LimitStatus> status(Meter meter, long now) {
        LimitStatus known = status(meter, meter.quota().amount(), meter.freeIfWhole(now), meter.source(), now);
        return meter.shortfall().isKnown()
                ? Stream.of(known, status(meter, meter.existing(), meter.free(now), LimitStatus.Source.LEARNED, now))
                : Stream.of(known);
    }

    private LimitStatus status(Meter meter, long amount, long left, LimitStatus.Source source, long now) {
        return new LimitStatus(
                scope,
                meter.unit(),
                amount,
                meter.quota().window(),
                left,
                source,
                left > 0 ? OptionalLong.empty() : OptionalLong.of(meter.waitNanos(1, 0, 0, now)));
    }
}
