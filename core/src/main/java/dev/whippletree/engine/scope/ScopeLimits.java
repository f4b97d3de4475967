package dev.whippletree.engine.scope;

import dev.whippletree.engine.run.Waits;
import dev.whippletree.limits.FixedWindow;
import dev.whippletree.limits.Pace;
import dev.whippletree.limits.Quota.Use;
import dev.whippletree.limits.ReportedQuota;
import dev.whippletree.limits.SlidingWindow;
import dev.whippletree.limits.TokenBucket;
import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.model.TokenCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one scope: those that are declared, those that its service reports, the rate that was found by trial,
 * and which of them to wait for. Guarded by the engine's lock.
 *
 * <p>A declared limit holds whatever the service reports: it is counted by sliding window, and nothing that is reported
 * gives its uses back earlier. Only if the provider knows that the service counts the same limit in a bucket does its
 * count replace ours. Limits that need no waiting are counted all the same, so that they can apply again at any time.
 */
public final class ScopeLimits {

    /**
     * Of a declared window that is shorter than so many flights, reports come too late: our own count is as safe, and
     * leaves more.
     */
    private static final long FLIGHTS_PER_WINDOW = 8;

    private static final long FLIGHTS_IN_MEAN = 8;

    private final ScopeUses uses;
    private final List<LimitCounter> counters = new ArrayList<>();
    private List<LimitCounter> declared = List.of();
    private long changes;

    /**
     * Limits that need no waiting: declared ones for which a bucket stands that the service reported, and reported ones
     * that are declared too, and of which reports come too late to say more.
     */
    private final List<LimitCounter> aside = new ArrayList<>(0);

    private final List<LimitCounter> past = new ArrayList<>(0);

    private final ReportedLimits reported = new ReportedLimits();

    /**
     * Those of the one model of an organization that its targets are of; null if they are of several, and for a model's
     * own scope.
     */
    private @Nullable ScopeLimits onlyModel;

    /** The smallest amounts of its limits of tokens; there may be many targets to be asked for them. */
    private TokenBound mostTokensAtOnce = TokenBound.UNBOUNDED;

    /** How long reports come after their attempts were begun, lately. */
    private long flightNanos;

    ScopeLimits(ScopeUses uses) {
        this.uses = uses;
    }

    /** Returns the limits to wait for. */
    public List<LimitCounter> counters() {
        return counters;
    }

    /** Returns the limits that are declared, those too for which a reported bucket stands. */
    public List<LimitCounter> declared() {
        return declared;
    }

    public Map<ReportKey, LimitCounter> reported() {
        return reported.all();
    }

    /** Returns how often the declared and reported limits have become others, or their amounts. */
    long changes() {
        return changes;
    }

    /**
     * Declares limits in the place of those declared before. What was used counts against the new ones too, as far back
     * as it was counted.
     *
     * @param limits all of them; the same one twice, as by two accounts of an organization, is one
     */
    public void declare(Collection<Limit> limits, long now) {
        List<LimitCounter> before = everDeclared();
        Redeclaration redeclaration = new Redeclaration(before);
        List<LimitCounter> next =
                redeclaration.metersOf(limits, limit -> begin(limit, Redeclaration.longest(before, limit.unit()), now));
        boolean ofRequests = next.stream().anyMatch(counter -> counter.unit() == Limit.Unit.REQUESTS);
        counters.removeIf(counter -> ofRequests && isGuess(counter, Limit.Unit.REQUESTS));
        past.clear();
        past.addAll(redeclaration.left());
        arrange(next, now);
    }

    /** Returns the limits that were ever declared and are counted. */
    public List<LimitCounter> everDeclared() {
        return Stream.concat(declared.stream(), past.stream()).toList();
    }

    /** Returns whether all of each declared and reported limit is left. What was learned by trial doesn't matter. */
    boolean areUnused(long now) {
        return Stream.concat(everDeclared().stream(), reported().values().stream())
                .allMatch(counter -> counter.used(now) == 0);
    }

    /**
     * All targets of this organization are of one model from now on, or of several. What the service counts of the only
     * model is all that is used of the organization: so a bucket reported for the model can stand for a declared limit
     * of the organization.
     */
    public void useFor(@Nullable ScopeLimits model, long now) {
        onlyModel = model;
        arrange(declared, now);
    }

    /** Returns whether all targets of this organization are of one model. */
    boolean areOfOneModel() {
        return onlyModel != null;
    }

    /** The service has reported a limit of a model of this organization. */
    void reportedOf(ScopeLimits model, LimitCounter counter, long now) {
        if (onlyModel == model && counter.quota() instanceof ReportedQuota) {
            arrange(declared, now);
        }
    }

    /** Finds which of the limits are to be waited for. */
    private void arrange(List<LimitCounter> all, long now) {
        declared = List.copyOf(all);
        changes++;
        List<LimitCounter> learned =
                counters.stream().filter(LimitCounter::isLearned).toList();
        counters.clear();
        aside.clear();
        declared.forEach(counter -> (hasBucket(counter) ? aside : counters).add(counter));
        reported.all()
                .forEach((key, counter) -> (comesTooLate(key, counter, declared, now) ? aside : counters).add(counter));
        counters.addAll(learned);
        findMostTokensAtOnce();
    }

    /**
     * Returns whether a declared limit is reported of which most is over when a report of it comes: then what is
     * certain by reports is less than what the declared one's own count leaves, and that is as certain.
     */
    private boolean comesTooLate(ReportKey key, LimitCounter valid, List<LimitCounter> declared, long now) {
        if (key.refill() != Refill.AT_ONCE) {
            return false;
        }
        return declared.stream()
                .anyMatch(counter -> key.isSame(counter, quotaOf(valid), now)
                        && flightNanos * FLIGHTS_PER_WINDOW
                                > Redeclaration.window(counter).windowNanos());
    }

    private boolean hasBucket(LimitCounter declared) {
        return Stream.concat(reported.buckets(), onlyModel == null ? Stream.empty() : onlyModel.reported.buckets())
                .anyMatch(entry -> entry.getKey().isBucketOf(declared, entry.getValue()));
    }

    private static ReportedQuota quotaOf(LimitCounter reported) {
        return (ReportedQuota) reported.quota();
    }

    private LimitCounter begin(Limit limit, Optional<LimitCounter> history, long now) {
        LimitCounter counter = Redeclaration.unused(limit);
        history.ifPresent(earlier -> takeOver(counter, earlier, uses, now));
        holdLate(counter, now);
        return counter;
    }

    private void holdLate(LimitCounter counter, long now) {
        uses.underWay().forEach(use -> use.holdLate(counter, now));
    }

    /** What is under way isn't taken over: its uses hold the limit themselves. */
    private static void takeOver(LimitCounter counter, LimitCounter earlier, ScopeUses uses, long now) {
        List<Use> held = uses.underWay().stream().map(use -> use.of(earlier)).toList();
        Redeclaration.window(counter).takeOver(Redeclaration.window(earlier), held, now);
    }

    /** Counts here too what was used of another scope, of which accounts have come into this one. */
    public void takeOver(ScopeLimits other, long now) {
        for (LimitCounter counter : everDeclared()) {
            Redeclaration.longest(other.everDeclared(), counter.unit())
                    .ifPresent(earlier -> takeOver(counter, earlier, other.uses, now));
        }
        for (ScopeUse use : other.uses.underWay()) {
            if (uses.join(use)) {
                everDeclared().forEach(counter -> use.holdLate(counter, now));
                Stream.concat(
                                reported.all().values().stream(),
                                counters.stream().filter(LimitCounter::isLearned))
                        .forEach(counter -> use.holdFromNow(counter, now));
            }
        }
    }

    void reserve(ScopeUse use, long now) {
        use.holdKnown(counters, now);
        use.holdKnown(aside, now);
        use.holdKnown(past, now);
    }

    boolean knowRequests() {
        for (LimitCounter counter : counters) {
            if (counter.isKnownOfRequests()) {
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("ReferenceEquality")
    public boolean countTokens() {
        return mostTokensAtOnce != TokenBound.UNBOUNDED;
    }

    public boolean countApart() {
        return mostTokensAtOnce.isApart();
    }

    /** Returns the most tokens that they allow when nothing else is used. */
    public TokenBound mostTokensAtOnce() {
        return mostTokensAtOnce;
    }

    private void findMostTokensAtOnce() {
        TokenBound most = TokenBound.UNBOUNDED;
        for (LimitCounter counter : counters) {
            most = most.within(counter.unit(), counter.quota().amount());
        }
        mostTokensAtOnce = most;
    }

    /**
     * Keeps a rate that was found by trial like any other limit, in the place of an earlier one; null: there is none.
     */
    void keep(@Nullable Pace pace) {
        counters.removeIf(counter -> counter.isLearned() && counter.quota() != pace);
        if (pace != null && counters.stream().noneMatch(counter -> counter.quota() == pace)) {
            counters.add(new LimitCounter(Limit.Unit.REQUESTS, LimitStatus.LimitSource.LEARNED, pace));
        }
    }

    /**
     * Returns how long until a reservation fits, and a share of each limit is left besides.
     *
     * @param stated whether only by what is declared and reported, without a rate that was found by trial
     */
    long waitNanos(TokenCount tokens, double reserve, boolean stated, long now) {
        long wait = Waits.NONE;
        for (LimitCounter counter : counters) {
            if (!stated || !counter.isLearned()) {
                long reserved = uses.reserved(counter.unit());
                wait = Math.max(wait, counter.waitNanos(counter.cost(tokens), reserve, reserved, now));
            }
        }
        return wait;
    }

    /** Returns how long until the reservations of two prompts fit together. */
    long waitNanos(TokenCount tokens, TokenCount otherTokens, double reserve, long now) {
        long wait = Waits.NONE;
        for (LimitCounter counter : counters) {
            long both = counter.cost(tokens) + counter.cost(otherTokens);
            wait = Math.max(wait, counter.waitNanos(both, reserve, uses.reserved(counter.unit()), now));
        }
        return wait;
    }

    /**
     * Returns whether reservations may fit sooner than {@link #waitNanos} says, because reports will show what others
     * have left.
     */
    public boolean mayFitSooner() {
        if (uses.underWay().isEmpty()) {
            return false;
        }
        for (LimitCounter counter : counters) {
            if (counter.sharedByOthers()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Takes in what the service said in answer to an attempt. Returns the limit that it said that of.
     *
     * @param use what the attempt uses of the scope
     */
    LimitCounter report(ReportedLimits.ValidReport valid, ScopeUse use, long now) {
        flightNanos += (now - use.beganNanos() - flightNanos) / FLIGHTS_IN_MEAN;
        ReportKey key = reported.find(valid, use.beganNanos(), now);
        Optional<LimitCounter> mistaken = reported.takeMistaken(key);
        mistaken.ifPresent(counters::remove);
        if (key.refill() == Refill.ONE_BY_ONE) {
            LimitCounter counter = oneByOne(key, valid, mistaken, now);
            Redeclaration.window(counter).counted(use.of(counter), valid.used(), now);
            return counter;
        }
        LimitCounter counter = reported.get(key);
        if (counter == null) {
            ReportedQuota quota = quota(key, valid.amount(), key.window(), now);
            counter = learn(key, quota, now);
            quota.reserve(uses.endedSince(use, counter.unit()), now).arrived(now);
        }
        quotaOf(counter).report(use.of(counter), valid.amount(), valid.left(), valid.resetNanos(), now);
        arrange(declared, now);
        return counter;
    }

    /** A limit that seemed to be reported for this scope is another one's. */
    void reportedElsewhere(RateLimitReport report, long now) {
        if (reported.remove(ReportKey.of(report))) {
            arrange(declared, now);
        }
    }

    /**
     * Returns the limit by sliding window that the service reports: the declared one if it is the same.
     *
     * @param mistaken how it was counted until now; what that knew to be used was perhaps used only just now
     */
    private LimitCounter oneByOne(
            ReportKey key, ReportedLimits.ValidReport valid, Optional<LimitCounter> mistaken, long now) {
        long windowNanos = valid.resetNanos();
        for (LimitCounter counter : counters) {
            if (counter.isDeclared() && key.isSlidingOf(counter, valid.amount(), windowNanos)) {
                return counter;
            }
        }
        LimitCounter known = reported.get(key);
        if (known == null) {
            SlidingWindow window = new SlidingWindow(valid.amount(), Duration.ofNanos(windowNanos));
            known = new LimitCounter(key.unit(), LimitStatus.LimitSource.REPORTED, window);
            add(key, known);
            holdLate(known, now);
            mistaken.ifPresent(counter ->
                    window.countBesides(window.left(now) - counter.quota().left(now), now));
            arrange(declared, now);
        }
        Redeclaration.window(known).allow(valid.amount());
        changes++;
        return known;
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

    /**
     * A bucket's window may follow from what is used and how long that takes to come back; a fixed window's needn't be
     * known.
     */
    private static ReportedQuota quota(ReportKey key, long amount, Duration window, long now) {
        if (key.refill() == Refill.AT_ONCE) {
            return new FixedWindow(amount);
        }
        return window.isZero() ? TokenBucket.ofUnsaidWindow(amount, now) : new TokenBucket(amount, window, now);
    }

    /** Begins to count a limit that nobody had reported; what is under way counts towards it too. */
    private LimitCounter learn(ReportKey key, ReportedQuota quota, long now) {
        LimitCounter counter = new LimitCounter(key.unit(), LimitStatus.LimitSource.REPORTED, quota);
        add(key, counter);
        uses.underWay().forEach(use -> use.holdLate(counter, quota, now));
        // Only once all hold it: what the others report may be older than that this one has arrived.
        uses.underWay().forEach(use -> use.catchUp(counter, now));
        return counter;
    }

    private void add(ReportKey key, LimitCounter counter) {
        reported.put(key, counter);
        counters.removeIf(known -> isGuess(known, key.unit()));
        counters.add(counter);
    }

    /** What a limit's rate was thought to be doesn't matter once somebody tells the limit. */
    private static boolean isGuess(LimitCounter known, Limit.Unit unit) {
        return known.isLearned() && unit == Limit.Unit.REQUESTS;
    }
}
