package dev.whippletree.engine.pool;

import dev.whippletree.engine.scope.Closure;
import dev.whippletree.engine.scope.LimitRefusal;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.limits.Slots;
import dev.whippletree.limits.learning.ConcurrencyLimit;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.EmbeddingBounds;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.state.Sha256;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The running state of an account: its slots, whether its credential is accepted, and the outcomes of its attempts.
 * Guarded by the lock.
 */
public final class Account {

    /**
     * How long a request is under way at most, where the account doesn't say: routes around the world take a tenth of
     * that.
     */
    public static final long ASSUMED_TRANSIT_NANOS = Duration.ofSeconds(2).toNanos();

    /** The same for a request whose call was broken off, of which no answer will tell anything. */
    public static final long UNTOLD_TRANSIT_NANOS = Duration.ofSeconds(5).toNanos();

    /** Also read without the lock, to read the token. */
    private volatile AccountSettings settings;

    private final ProviderClient client;
    private ScopeState organization;
    private int maxConcurrency;
    private final Closure credential = new Closure();
    private final Map<FailureKind, Long> failures = new EnumMap<>(FailureKind.class);
    private final Map<String, TokenUsage> tokensByModel = new HashMap<>();
    private final LatencyStats latency = new LatencyStats();
    private final Slots slots = new Slots();

    private final RefusedToken refusedToken;
    private final ConcurrencyLimit concurrency;

    /** Whether nothing has shown yet that requests are under way for longer than is assumed. */
    private boolean transitAssumed = true;

    private long calls;
    private long answered;
    private long staleConnections;

    /** Counts token changes: an attempt belongs to the token that was there when it began. */
    private int tokenEpoch;

    /** Calls being passed to the client or broken off there, whose attempts may have ended already. */
    private int clientUses;

    /** What to run once nothing is under way on a removed account; null while the account is in use. */
    private @Nullable Runnable whenIdle;

    public Account(Topology.OpenAccount open, ScopeState organization, int defaultConcurrency) {
        this.settings = open.settings();
        this.client = open.client();
        this.organization = organization;
        this.maxConcurrency = settings.maxConcurrency().orElse(defaultConcurrency);
        this.refusedToken = new RefusedToken(() -> settings.token());
        this.concurrency = new ConcurrencyLimit(maxConcurrency);
    }

    /** Switches to other settings. What is known about the account and what is under way on it stay. */
    void change(AccountSettings changed, ScopeState ofOrganization, int defaultConcurrency) {
        settings = changed;
        organization = ofOrganization;
        maxConcurrency = changed.maxConcurrency().orElse(defaultConcurrency);
        concurrency.limitTo(maxConcurrency);
    }

    /** The token has changed: what the service said about the old one is no longer true. */
    public void changeToken() {
        tokenEpoch++;
        refusedToken.forget();
    }

    int tokenEpoch() {
        return tokenEpoch;
    }

    /** Removes the account: runs something as soon as nothing is under way on it. */
    public void leave(Runnable last) {
        whenIdle = last;
        leaveIfIdle();
    }

    private void leaveIfIdle() {
        Runnable last = whenIdle;
        if (last != null && slots.size() == 0 && clientUses == 0) {
            whenIdle = null;
            last.run();
        }
    }

    /** Notes that the client is about to be used, even if the attempt ends meanwhile. */
    public void clientNeeded() {
        clientUses++;
    }

    public void clientUsed() {
        clientUses--;
        leaveIfIdle();
    }

    public String id() {
        return settings.id();
    }

    public AccountSettings settings() {
        return settings;
    }

    public ProviderClient client() {
        return client;
    }

    /** Returns what one call may embed; empty if the service embeds nothing, or its provider fails to say it. */
    public Optional<EmbeddingBounds> embeddings() {
        try {
            return Objects.requireNonNull(client.embeddings());
        } catch (Throwable e) {
            return Optional.empty(); // The prompt's demand asks again, and refuses the prompt with the reason.
        }
    }

    public ScopeState organization() {
        return organization;
    }

    /** Returns the closure that is closed while its credential is refused. */
    public Closure credential() {
        return credential;
    }

    public String refusal() {
        return settings.token().isPresent() ? "token refused" : "no token is set";
    }

    public RefusedToken refusedToken() {
        return refusedToken;
    }

    /**
     * Returns how long its requests are under way at most: as stated, else as assumed; empty if that was found to be
     * wrong.
     */
    OptionalLong transitNanos() {
        if (settings.transit().isPresent()) {
            return OptionalLong.of(settings.transit().get().toNanos());
        }
        return transitAssumed ? OptionalLong.of(ASSUMED_TRANSIT_NANOS) : OptionalLong.empty();
    }

    /** Returns the latest moment at which a request can arrive whose call has just been broken off. */
    long lostUntil(long now) {
        return now + settings.transit().map(Duration::toNanos).orElse(UNTOLD_TRANSIT_NANOS);
    }

    /** A refusal is explained by requests that were under way for longer than is assumed. */
    void distrustTransit() {
        transitAssumed = false;
    }

    int inFlight() {
        return slots.size();
    }

    Slots slots() {
        return slots;
    }

    int maxConcurrency() {
        return maxConcurrency;
    }

    /** Returns how many attempts may be under way, given whether a limit of requests is known. */
    int concurrency(boolean limitKnown) {
        return limitKnown ? maxConcurrency : concurrency.allowed();
    }

    /** Returns how many that will be, if nothing is refused. */
    int mostConcurrency(boolean limitKnown) {
        return limitKnown || concurrency.isGrowing() ? maxConcurrency : concurrency.allowed();
    }

    void occupy(long now) {
        slots.take(now);
        calls++;
    }

    void vacate() {
        slots.free();
        leaveIfIdle();
    }

    /** Uncounts a call that was never sent, or never read. */
    public void sentBack() {
        calls--;
    }

    public void answered(String model, TokenUsage usage, long tookNanos) {
        answered++;
        latency.record(tookNanos);
        refusedToken.forget();
        tokensByModel.merge(model, usage, TokenUsage::plus);
    }

    public void failed(Failure failure) {
        boolean ofPrompt = failure.reach() == Reach.PROMPT && answered > 0;
        failures.merge(ofPrompt ? FailureKind.REJECTED : failure.kind(), 1L, Long::sum);
    }

    /** Counts a kept connection that the service had closed. */
    public void staleConnection() {
        staleConnections++;
    }

    /** The service admitted an attempt, with which so many were under way. */
    void admitted(int underWay, long beganNanos) {
        concurrency.admitted(underWay, beganNanos);
    }

    /** Returns whether the service would refuse an attempt that kept a learned pace for how many were under way. */
    boolean isCrowded(int underWay, long beganNanos) {
        return concurrency.explains(underWay, beganNanos);
    }

    void refused(LimitRefusal.RateEffect rate, int underWay, long beganNanos, long now) {
        switch (rate) {
            case KEPT -> concurrency.refused(underWay, beganNanos, now);
            case UNKNOWN -> concurrency.startAnew();
            case UNTOUCHED -> {}
        }
    }

    public long calls() {
        return calls;
    }

    public long answered() {
        return answered;
    }

    Map<FailureKind, Long> failures() {
        return failures;
    }

    long staleConnections() {
        return staleConnections;
    }

    LatencyStats latency() {
        return latency;
    }

    TokenUsage tokens() {
        return tokensByModel.values().stream().reduce(TokenUsage.NONE, TokenUsage::plus);
    }

    Map<String, TokenUsage> tokensByModel() {
        return tokensByModel;
    }

    /**
     * Remembers, by digest, the refused token of an account, so that a new token is noticed. Thread-safe. Reading a
     * token may read a file, so never call it under the engine's lock.
     *
     * <p>The token is read when the refusal arrives. A token that was replaced while the refused attempt was under way
     * is taken for the refused one, and tried when the account is probed.
     */
    public static final class RefusedToken {

        /** The digest of a token that can't be read. */
        private static final byte[] UNREADABLE = new byte[0];

        private final Supplier<Optional<Secret>> source;
        private volatile byte @Nullable [] refused;

        /** Creates one without a refusal; the source is read without the lock. */
        RefusedToken(Supplier<Optional<Secret>> source) {
            this.source = source;
        }

        public void remember() {
            refused = digest();
        }

        void forget() {
            refused = null;
        }

        /** Returns, once, whether the refused token has been replaced; the new one counts as untried. */
        public boolean takeChange() {
            byte[] before = refused;
            byte[] present = before == null ? null : digest();
            if (before == null || present == null || present == UNREADABLE || MessageDigest.isEqual(before, present)) {
                return false;
            }
            refused = null;
            return true;
        }

        /**
         * Returns null if there is no token. A token that can't be read now counts as refused, so any readable one is
         * new.
         */
        private byte @Nullable [] digest() {
            try {
                return source.get().map(token -> Sha256.of(token.reveal())).orElse(null);
            } catch (RuntimeException e) {
                return UNREADABLE;
            }
        }
    }
}
