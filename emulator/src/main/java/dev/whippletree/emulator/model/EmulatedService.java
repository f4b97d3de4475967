package dev.whippletree.emulator.model;

import dev.whippletree.emulator.fault.FaultKind;
import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.model.TokenCount;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An emulated service: decides the outcome of a request at the moment it arrives, and counts it.
 *
 * <p>It checks, in this order: the token; faults that refuse; the credit; the request itself; the limits, which count
 * it; faults of an admitted request; the answer. A request refused before or by the limits counts against none of them.
 *
 * <p>Thread-safe; never blocks. Its lock is held for microseconds.
 */
public final class EmulatedService {

    /** The share of an answer's time after which its first token comes. */
    private static final double FIRST_TOKEN_SHARE = 0.3;

    private final ServiceSettings settings;
    private final RequestRules rules;
    private final Map<String, EmulatedAccount> accountsByToken = new HashMap<>();
    private final Map<String, Long> creditLeft = new HashMap<>();
    private final LimitBook limits;
    private final Optional<PromptCache> promptCache;
    private final Workers workers;
    private final Map<String, Workers> workersByAccount = new HashMap<>();
    /** The requests that each organization may have under way at once. */
    private final Map<String, Workers> placesByOrganization = new HashMap<>();

    private final RequestCounts counts;
    private final AtomicLong takes = new AtomicLong();
    private long startNanos;
    private long lastNanos;

    /**
     * Creates a service of which nothing has been used.
     *
     * @param settings what it is
     * @param startNanos the moment from which fixed windows and the times of fault rules are counted
     */
    public EmulatedService(ServiceSettings settings, long startNanos) {
        this.settings = settings;
        this.rules = new RequestRules(settings);
        this.limits = new LimitBook(
                settings.organizations(), startNanos - settings.clockAhead().toNanos());
        this.promptCache = settings.promptCache().map(PromptCache::new);
        this.workers = new Workers(settings.capacity().ofService());
        this.counts = new RequestCounts(settings.accounts());
        this.startNanos = startNanos;
        this.lastNanos = startNanos;
        settings.accounts().forEach(account -> accountsByToken.put(account.token(), account));
        settings.organizations()
                .forEach(organization ->
                        organization.creditTokens().ifPresent(tokens -> creditLeft.put(organization.id(), tokens)));
    }

    public ServiceSettings settings() {
        return settings;
    }

    /** Lets the times of fault rules count from this moment on, instead of from the service's creation. */
    public synchronized void startFaultsAt(long nowNanos) {
        startNanos = nowNanos;
    }

    /**
     * Lets every limit allow another amount from now on, without telling anybody. What counts as used stays so.
     *
     * @param factor how many times the amount it was made with, above 0
     * @param nowNanos the moment
     */
    public synchronized void changeLimits(double factor, long nowNanos) {
        lastNanos = Math.max(lastNanos, nowNanos);
        limits.change(factor, false, lastNanos);
    }

    /**
     * Lets every limit allow another amount from now on, as {@link #changeLimits} does, and says so in its answers.
     *
     * @param factor how many times the amount it was made with, above 0
     * @param nowNanos the moment
     */
    public synchronized void announceLimits(double factor, long nowNanos) {
        lastNanos = Math.max(lastNanos, nowNanos);
        limits.change(factor, true, lastNanos);
    }

    /**
     * Decides the outcome of a request.
     *
     * @param token the credential that came with it, if one did
     * @param request what is asked
     * @param nowNanos the moment of its arrival
     */
    public Outcome receive(Optional<String> token, ChatRequest request, long nowNanos) {
        long take = settings.answersDiffer() ? takes.incrementAndGet() : 0;
        Draft draft = settings.script()
                .apply(request)
                .map(answer -> Draft.of(request, answer))
                .orElseGet(() -> Draft.of(request, take, settings.answerLength()));
        return decide(token, request, draft, nowNanos);
    }

    /**
     * Decides the outcome of a request that can't be read.
     *
     * @param token the credential that came with it, if one did
     * @param problem what is wrong with it
     * @param nowNanos the moment of its arrival
     */
    public synchronized Outcome receiveUnreadable(Optional<String> token, String problem, long nowNanos) {
        Optional<EmulatedAccount> account = token.map(accountsByToken::get);
        if (account.isEmpty()) {
            return stranger(token);
        }
        counts.arrived(account.get());
        Outcome outcome = refused(refusal(RefusalKind.BAD_REQUEST).withDetail(problem), List.of());
        counts.ended(account.get(), outcome);
        return outcome;
    }

    public synchronized ServiceStats stats() {
        return counts.stats(settings.kind(), limits.stats());
    }

    private synchronized Outcome decide(Optional<String> token, ChatRequest request, Draft draft, long nowNanos) {
        Optional<EmulatedAccount> account = token.map(accountsByToken::get);
        if (account.isEmpty()) {
            return stranger(token);
        }
        // Threads may take the lock in another order than they read the clock.
        lastNanos = Math.max(lastNanos, nowNanos);
        counts.asked(draft.fingerprint());
        Visit visit = new Visit(account.get(), counts.arrived(account.get()), request, draft, lastNanos);
        Outcome outcome = visit.outcome();
        counts.ended(account.get(), outcome);
        return outcome;
    }

    private Outcome stranger(Optional<String> token) {
        counts.strangerCame();
        return refused(refusal(token.isEmpty() ? RefusalKind.NO_TOKEN : RefusalKind.BAD_TOKEN), List.of());
    }

    private Refusal refusal(RefusalKind kind) {
        return Refusal.of(kind, settings.kind());
    }

    private Outcome refused(Refusal refusal, List<LimitState> states) {
        return new Outcome.Refused(refusal, settings.refusalLatency().toNanos(), states);
    }

    /** One request on its way through the service. Guarded by the service's lock. */
    private final class Visit {

        private final EmulatedAccount account;
        private final long number;
        private final ChatRequest request;
        private final Draft draft;
        private final long nowNanos;
        private final Dice dice;
        private final Optional<FaultRule> fault;

        Visit(EmulatedAccount account, long number, ChatRequest request, Draft draft, long nowNanos) {
            this.account = account;
            this.number = number;
            this.request = request;
            this.draft = draft;
            this.nowNanos = nowNanos;
            this.dice = Dice.of(settings.seed(), account.id(), number);
            this.fault = settings.faults()
                    .pick(account.id(), request.model(), number, nowNanos - startNanos, dice)
                    .filter(this::concerns);
        }

        Outcome outcome() {
            return fault.filter(rule -> rule.kind().isUncounted())
                    .flatMap(this::faultRefusal)
                    .or(this::creditRefusal)
                    .or(() -> rules.refusal(request, draft))
                    .or(this::limitRefusal)
                    .or(() -> fault.flatMap(this::faultRefusal))
                    .map(this::refuse)
                    .orElseGet(this::serve);
        }

        private boolean concerns(FaultRule rule) {
            return rule.kind() != FaultKind.FLEX_CAPACITY
                    || "flex".equals(request.others().get("service_tier"));
        }

        private Optional<Refusal> faultRefusal(FaultRule rule) {
            return FaultEffect.refusal(rule).map(kind -> {
                Refusal refusal = kind == RefusalKind.CONTEXT_TOO_LONG
                        ? refusal(kind).withDetail(rules.contextDetail(settings.contextTokens() + 1))
                        : refusal(kind);
                return FaultEffect.retryAfter(rule).map(refusal::withRetryAfter).orElse(refusal);
            });
        }

        private Optional<Refusal> creditRefusal() {
            Long left = creditLeft.get(account.organization());
            return left == null || left > 0 ? Optional.empty() : Optional.of(refusal(RefusalKind.NO_CREDIT));
        }

        private Optional<Refusal> limitRefusal() {
            if (places().freeAt(nowNanos) > nowNanos) {
                return Optional.of(refusal(RefusalKind.LIMIT));
            }
            TokenCount tokens = rules.countedTokens(request, draft);
            return limits.admit(account.organization(), rules.modelName(request), tokens, nowNanos)
                    .map(hit -> tellWait(
                            hit,
                            refusal(hit.neverFits() ? RefusalKind.LARGER_THAN_LIMIT : RefusalKind.LIMIT)
                                    .withHit(hit)));
        }

        private Refusal tellWait(LimitHit hit, Refusal refusal) {
            return settings.tellsWait() ? refusal.withRetryAfter(Duration.ofNanos(hit.waitNanos())) : refusal;
        }

        private Outcome refuse(Refusal refusal) {
            return refused(refusal.about(request.model(), account.organization()), states());
        }

        private Outcome serve() {
            if (fault.filter(rule -> rule.kind() == FaultKind.RESET).isPresent()) {
                return new Outcome.Reset(settings.refusalLatency().toNanos());
            }
            if (fault.filter(rule -> rule.kind() == FaultKind.HANG).isPresent()) {
                return new Outcome.Hung();
            }
            creditLeft.computeIfPresent(account.organization(), (id, left) -> left - draft.totalTokens());
            long nanos = account.latency().orElse(settings.latency()).drawNanos(dice);
            long delayNanos = FaultEffect.delay(fault).toNanos() + turnNanos(nanos);
            places().work(nowNanos, nowNanos + delayNanos + nanos);
            long cachedTokens = cachedTokens(nowNanos + delayNanos + nanos);
            return new Outcome.Answered(
                    new ChatAnswer(number, account.id(), rules.modelName(request), draft, cachedTokens),
                    FaultEffect.delivery(fault),
                    delayNanos + (long) (nanos * FIRST_TOKEN_SHARE),
                    delayNanos + nanos,
                    states());
        }

        private Workers places() {
            return placesByOrganization.computeIfAbsent(
                    account.organization(), id -> new Workers(settings.mostUnderWay()));
        }

        /** Returns how long the request waits until it is worked on. */
        private long turnNanos(long workNanos) {
            Workers own = workersByAccount.computeIfAbsent(
                    account.id(), id -> new Workers(settings.capacity().ofAccount()));
            long beginsNanos = workers.freeAt(own.freeAt(nowNanos));
            own.work(beginsNanos, beginsNanos + workNanos);
            workers.work(beginsNanos, beginsNanos + workNanos);
            return beginsNanos - nowNanos;
        }

        /** Returns how many tokens of the prompt were cached. Groq gives them back once it has answered. */
        private long cachedTokens(long doneNanos) {
            String model = rules.modelName(request);
            if (request.embedding()) {
                return 0;
            }
            long found = promptCache
                    .map(cache -> cache.tokensOf(account.organization(), model, request.messages(), nowNanos))
                    .orElse(0L);
            long cached = Math.min(found, draft.promptTokens());
            if (cached > 0 && settings.kind() == ServiceKind.GROQ) {
                limits.giveBack(account.organization(), model, new TokenCount(cached, 0), nowNanos, doneNanos);
            }
            return cached;
        }

        private List<LimitState> states() {
            return FaultEffect.reported(
                    fault, limits.states(account.organization(), rules.modelName(request), nowNanos));
        }
    }
}
