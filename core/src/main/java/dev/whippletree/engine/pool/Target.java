package dev.whippletree.engine.pool;

import dev.whippletree.engine.pool.Health.FaultAttribution;
import dev.whippletree.engine.run.Waits;
import dev.whippletree.engine.scope.Closure;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.engine.scope.TokenBound;
import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.Settings;
import dev.whippletree.spi.TargetView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.LongStream;

/** An account together with a model, the destination of an attempt. Guarded by the engine's lock. */
public final class Target {

    /**
     * The shortest time allowed for a stream to begin where a fallback may answer; docs/reference/configuration.md says
     * why.
     */
    private static final long SHORT_NANOS = Duration.ofSeconds(12).toNanos();

    private static final long LONG_NANOS = Duration.ofSeconds(30).toNanos();

    private static final int LONGER_THAN_LAST = 3;

    public static final long LATE_NANOS = Duration.ofSeconds(5).toNanos();

    /** The time from which on a whole answer isn't called late any longer. */
    public static final long TOO_LATE_NANOS = LONG_NANOS + LATE_NANOS;

    /** An answer that took less than nearly all lowers that time by this part of it; docs/decisions/024 says why. */
    private static final int SHORTENING = 128;

    /** An answer that took more raises it by this part at most. */
    private static final int LENGTHENING = 4;

    /** How many late calls may be ended at once, on the guess that their answers aren't just long. */
    private static final int MOST_GUESSES = 2;

    /** After so many answers, one more may. */
    private static final int ANSWERS_PER_GUESS = 1_000;

    private final String id;
    private final Account account;
    private final String model;
    private final ScopeState organization;
    private final ScopeState modelScope;
    private final List<ScopeState> scopes;
    private final Health health;

    /** Closed while the service doesn't have the model. */
    private final Closure availability;

    /** Every closure that can close it. */
    private final List<Closure> closures;

    private final TokenizerKey kind;
    private final FaultAttribution faults;

    private final Set<Lease> leases = new LinkedHashSet<>(2);

    /** When it last answered a call, began to, or refused one for a limit or its prompt's content. */
    private long lastSignNanos = Long.MIN_VALUE;

    /** How long the latest stream took to begin, or was awaited. */
    private long firstTokenNanos;

    /** What nearly all whole answers take at most: some 97 of 100. At first too long for a verdict. */
    private long wholeNanos = LONG_NANOS;

    private double guesses = MOST_GUESSES;

    /** Whether the same model has answered elsewhere what was late here, and this target nothing since. */
    private boolean silent;

    /** What determines how a prompt is counted: targets of one kind count all prompts alike. */
    record TokenizerKey(String model, String provider, Settings settings) {

        static TokenizerKey of(AccountSettings account, String model) {
            // Where the settings were written makes no difference.
            return new TokenizerKey(
                    model,
                    account.provider(),
                    new Settings("", account.settings().values()));
        }
    }

    /** Creates a target of a kind, which it may share. */
    public Target(Account account, String model, ScopeState modelScope, TokenizerKey kind) {
        this(account, model, modelScope, kind, new Health(account.maxConcurrency()), new Closure());
    }

    private Target(
            Account account,
            String model,
            ScopeState modelScope,
            TokenizerKey kind,
            Health health,
            Closure availability) {
        this.id = account.id() + "/" + model;
        this.account = account;
        this.model = model;
        this.organization = account.organization();
        this.modelScope = modelScope;
        this.scopes = List.of(organization, modelScope);
        this.kind = kind;
        this.health = health;
        this.faults = new FaultAttribution(health);
        this.availability = availability;
        this.closures =
                List.of(account.credential(), account.organization().closure(), availability, modelScope.closure());
    }

    /**
     * Returns the same target of an account that belongs to another organization now. Attempts under way stay with this
     * one.
     */
    Target moved(ScopeState toModelScope) {
        return new Target(account, model, toModelScope, kind, health, availability);
    }

    /** Returns its name, unique and stable. */
    public String id() {
        return id;
    }

    public Account account() {
        return account;
    }

    public String model() {
        return model;
    }

    TokenizerKey kind() {
        return kind;
    }

    public ScopeState organization() {
        return organization;
    }

    public ScopeState modelScope() {
        return modelScope;
    }

    /** Returns its organization and its model's own scope. */
    public List<ScopeState> scopes() {
        return scopes;
    }

    public Health health() {
        return health;
    }

    /** Notes how long a stream took to begin, or was awaited; after the longest time allowed, that says nothing. */
    public void firstToken(long afterNanos) {
        firstTokenNanos = afterNanos < LONG_NANOS ? afterNanos : 0;
    }

    /**
     * Returns the time allowed for a stream to begin: less with a fallback, unless the model seems to think before it
     * streams.
     */
    public Duration firstTokenTimeout(boolean fallback) {
        long likely = fallback ? Math.max(SHORT_NANOS, LONGER_THAN_LAST * firstTokenNanos) : LONG_NANOS;
        return Duration.ofNanos(Math.min(likely, LONG_NANOS));
    }

    public void answered(long afterNanos) {
        wholeNanos = afterNanos > wholeNanos
                ? Math.min(afterNanos, wholeNanos + wholeNanos / LENGTHENING)
                : Math.max(afterNanos, wholeNanos - wholeNanos / SHORTENING);
        guesses = Math.min(MOST_GUESSES, guesses + 1.0 / ANSWERS_PER_GUESS);
        silent = false;
    }

    /** Notes that the same model has answered a prompt elsewhere in less time than was awaited here. */
    public void answeredElsewhere() {
        guesses = Math.min(MOST_GUESSES, guesses + 1);
        silent = true;
    }

    public void awaited() {
        guesses = Math.max(0, guesses - 1);
    }

    /** Returns whether a whole answer is late beside the recent ones, so late that its call may be ended. */
    public boolean isLate(long tookNanos) {
        long likely = Math.max(LATE_NANOS, LONGER_THAN_LAST * wholeNanos);
        return tookNanos >= likely && tookNanos < TOO_LATE_NANOS && (silent || guesses >= 1);
    }

    public Closure availability() {
        return availability;
    }

    /** Returns the closure that keeps it closed without a known end. */
    public Optional<Closure> unendingClosure(long now) {
        return closures.stream()
                .filter(closure -> closure.waitNanos(now) == Waits.UNKNOWN)
                .findFirst();
    }

    /**
     * Counts a refusal that named nothing. Returns whether this target is at fault, and has to be closed.
     *
     * @param others the targets that have refused the same prompt in this way
     */
    public boolean isAtFault(Lease lease, String tenant, Collection<Target> others, long now) {
        LongStream underWay = leases.stream().mapToLong(Lease::beganNanos);
        List<FaultAttribution> theirs =
                others.stream().map(other -> other.faults).toList();
        return faults.refused(lease.beganNanos(), tenant, theirs, underWay, now) || availability.needsMending(now);
    }

    /** Notes that it accepted a call: it answered the prompt, or refused it as wrong. */
    public void accepted(Lease lease, String tenant, long now) {
        if (!health.hasAnswered()) {
            availability.firstAccepted(now);
            account.credential().firstAccepted(now);
        }
        health.succeeded(lease.health(), now);
        faults.accepted(lease.beganNanos(), tenant, now);
    }

    /**
     * Returns how long until an attempt could begin: {@link Waits#NONE} if it can now, {@link Waits#UNKNOWN} also if a
     * limit, perhaps one learned meanwhile, is smaller than what it needs.
     */
    public long waitNanos(TokenCount tokens, long now) {
        return waitNanos(tokens, 0, now);
    }

    /** Returns the same for a prompt that reserves a share of each limit, 0 to 1, for others. */
    public long waitNanos(TokenCount tokens, double reserve, long now) {
        return waitNanos(tokens, reserve, health.waitNanos(now), now);
    }

    /** Returns the same for a prompt without another target, which may probe a target that is cooling down. */
    public long probeNanos(TokenCount tokens, double reserve, long now) {
        return waitNanos(tokens, reserve, health.probeNanos(now), now);
    }

    /**
     * Returns whether it has failed and not yet proved itself, so that a prompt without another target may probe it.
     */
    public boolean isOut() {
        return health.allowed() == 1;
    }

    /**
     * Returns whether few attempts are let through as yet since it has failed, or none has been admitted since a limit
     * refused one.
     */
    public boolean isBeingTried() {
        return health.allowed() < Integer.MAX_VALUE || organization.refusesAll() || modelScope.refusesAll();
    }

    private long waitNanos(TokenCount tokens, double reserve, long healthyNanos, long now) {
        long wait = openingNanos(healthyNanos, now);
        if (wait == Waits.UNKNOWN || !canEverFit(tokens)) {
            return Waits.UNKNOWN;
        }
        wait = Math.max(wait, organization.waitNanos(tokens, reserve, now));
        wait = Math.max(wait, modelScope.waitNanos(tokens, reserve, now));
        return wait == Waits.NONE && account.inFlight() >= concurrency() ? Waits.UNTIL_EVENT : wait;
    }

    /** Returns whether an attempt may be able to begin sooner than {@link #waitNanos} says. */
    public boolean mayBeSooner() {
        return organization.limits().mayFitSooner() || modelScope.limits().mayFitSooner();
    }

    /** Returns how long until it is open and not cooling, its limits and slots aside. */
    public long openingNanos(long now) {
        return openingNanos(health.waitNanos(now), now);
    }

    /** Returns how long until a prompt without another target may try it, its limits and slots aside. */
    long soonestNanos(long now) {
        return openingNanos(health.probeNanos(now), now);
    }

    private long openingNanos(long healthyNanos, long now) {
        long wait = Math.max(account.credential().waitNanos(now), availability.waitNanos(now));
        wait = Math.max(wait, organization.closure().waitNanos(now));
        wait = Math.max(wait, modelScope.closure().waitNanos(now));
        return Math.max(wait, healthyNanos);
    }

    /**
     * Returns how long until a closure without a known end is probed again; {@link Waits#UNTIL_EVENT} if there is none.
     */
    public long checkedAgainNanos(long now) {
        long least = Waits.UNTIL_EVENT;
        for (Closure closure : closures) {
            least = closure.isClosed(now) ? Math.min(least, closure.until() - now) : least;
        }
        return least;
    }

    /** Notes that the service works: it answers a call, or refuses one for a limit or its prompt's content. */
    public void works(long now) {
        lastSignNanos = now;
    }

    /** Returns when it was last seen to work; {@link Long#MIN_VALUE} if never. */
    public long lastSignNanos() {
        return lastSignNanos;
    }

    /**
     * Returns how long until it is known to have room: by what the service said and, if it isn't {@link #isOut() out},
     * by its declared and reported limits. {@link Waits#NONE}: no such time is ahead.
     *
     * @param reserve the share of each limit to reserve for others, 0 to 1
     */
    public long resetNanos(TokenCount tokens, double reserve, long now) {
        long wait = health.statedNanos(now);
        for (Closure closure : closures) {
            wait = Math.max(wait, closure.statedNanos(now));
        }
        for (ScopeState scope : isOut() ? List.<ScopeState>of() : scopes) {
            wait = Math.max(wait, scope.statedNanos(tokens, reserve, now));
        }
        return Waits.isKnown(wait) && openingNanos(now) != Waits.UNKNOWN ? wait : Waits.NONE;
    }

    public boolean countsTokens() {
        return organization.limits().countTokens() || modelScope.limits().countTokens();
    }

    /**
     * Returns whether its limits of tokens let fewer calls of a usual size begin than its limits of requests do,
     * learned paces aside.
     */
    public boolean tokensBind(TokenCount usual) {
        return countsTokens() && callsPerNano(usual, true) < callsPerNano(usual, false);
    }

    private double callsPerNano(TokenCount usual, boolean ofTokens) {
        return Math.min(organization.callsPerNano(usual, ofTokens), modelScope.callsPerNano(usual, ofTokens));
    }

    public boolean countsApart() {
        return organization.limits().countApart() || modelScope.limits().countApart();
    }

    void begun(Lease lease, long now) {
        closures.forEach(closure -> closure.begun(lease, now));
    }

    /**
     * Notes the end of an attempt.
     *
     * @param proved whether the service has accepted it
     * @return the scopes that were in doubt and are proved open by it
     */
    public List<Scope> ended(Lease lease, boolean proved) {
        account.credential().ended(lease, proved);
        availability.ended(lease, proved);
        List<Scope> opened = new ArrayList<>(0);
        for (ScopeState scope : scopes) {
            if (scope.closure().ended(lease, proved)) {
                opened.add(scope.scope());
            }
        }
        return opened;
    }

    /** Returns whether its limits allow a prompt of so many tokens when nothing else is used. */
    public boolean canEverFit(TokenCount tokens) {
        return organization.limits().mostTokensAtOnce().allows(tokens)
                && modelScope.limits().mostTokensAtOnce().allows(tokens);
    }

    /**
     * Returns the largest maximum that its limits allow beside a prompt when nothing else is used, less an eighth,
     * because the prompt is estimated and services add tokens. Empty if they set none.
     */
    public OptionalInt largestMaximum(long promptTokens) {
        TokenCount wanted = new TokenCount(promptTokens, Integer.MAX_VALUE);
        long most = mostTokensAtOnce().most(wanted, TokenCount.NONE).completion();
        return most < 1 || canEverFit(wanted) ? OptionalInt.empty() : OptionalInt.of((int) (most - most / 8));
    }

    /** Returns the most tokens that all of its limits allow when nothing else is used. */
    TokenBound mostTokensAtOnce() {
        return organization.limits().mostTokensAtOnce().and(modelScope.limits().mostTokensAtOnce());
    }

    /** Returns what an attempt uses of each limit that several processes count together. */
    public List<LimitUse> sharedUses(TokenCount tokens) {
        List<LimitUse> uses = organization.shared().uses(tokens);
        uses.addAll(modelScope.shared().uses(tokens));
        return uses;
    }

    public TargetView view(long now) {
        return new TargetView(
                id,
                account.settings().weight(),
                leases.size(),
                Math.min(leases.size() + concurrency() - account.inFlight(), health.allowed()),
                Math.min(organization.headroom(now), modelScope.headroom(now)));
    }

    /** Returns how many attempts may be under way on its account at once. */
    int concurrency() {
        return account.concurrency(organization.knowsRequestLimit() || modelScope.knowsRequestLimit());
    }

    /** Returns how many may be under way later if nothing is refused. */
    int mostConcurrency() {
        return account.mostConcurrency(organization.knowsRequestLimit() || modelScope.knowsRequestLimit());
    }

    void occupy(Lease lease, long now) {
        leases.add(lease);
        account.occupy(now);
    }

    void vacate(Lease lease) {
        leases.remove(lease);
        account.vacate();
    }

    /** Returns how long an answer of its account takes on average lately; 0 if nobody knows yet. */
    public long meanAnswerNanos() {
        return account.latency().recentMeanNanos();
    }
}
