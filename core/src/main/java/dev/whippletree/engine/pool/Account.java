package dev.whippletree.engine.pool;

import dev.whippletree.engine.scope.Closure;
import dev.whippletree.engine.scope.Refusal;
import dev.whippletree.engine.scope.ScopeState;
import dev.whippletree.limits.Slots;
import dev.whippletree.limits.learning.ConcurrencySearch;
import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.Reach;
import dev.whippletree.model.Secret;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.ProviderClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The running state of an account: its slots, whether its credential is accepted, and the outcomes of its attempts.
 * Guarded by the lock.
 */
public final class Account {

    /** How long a request is under way at most, where the account doesn't say: routes around the world take a tenth of that. */
    public static final long ASSUMED_TRANSIT_NANOS = Duration.ofSeconds(2).toNanos();

    /** The same for a request whose call was broken off, of which no answer will tell anything. */
    public static final long UNTOLD_TRANSIT_NANOS = Duration.ofSeconds(5).toNanos();

    /** Read without the lock too, where a token is read. */
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
    private final ConcurrencySearch concurrency;

    /** Whether nothing has shown yet that requests are under way for longer than is assumed. */
    private boolean transitAssumed = true;

    private long calls;
    private long answered;
    private long staleConnections;

    /** Counts its tokens: an attempt belongs to the one that was there when it began. */
    private int tokenEpoch;

    /** Calls that are being handed to its client, or broken off there: their attempts may have ended. */
    private int clientUses;

    /** What is left to be done when nothing is under way on it any more; null while it may be used. */
    private @Nullable Runnable whenIdle;

    public Account(Topology.OpenAccount open, ScopeState organization, int defaultConcurrency) {
        this.settings = open.settings();
        this.client = open.client();
        this.organization = organization;
        this.maxConcurrency = settings.maxConcurrency().orElse(defaultConcurrency);
        this.refusedToken = new RefusedToken(() -> settings.token());
        this.concurrency = new ConcurrencySearch(maxConcurrency);
    }

    /** Goes on with other settings: what is known of it and what is under way on it stay. */
    void change(AccountSettings changed, ScopeState ofOrganization, int defaultConcurrency) {
        settings = changed;
        organization = ofOrganization;
        maxConcurrency = changed.maxConcurrency().orElse(defaultConcurrency);
        concurrency.limitTo(maxConcurrency);
    }

    /** It has another token: what the service said of the one before is no longer true. */
    public void changeToken() {
        tokenEpoch++;
        refusedToken.forget();
    }

    /** Returns the number of its present token. */
    int tokenEpoch() {
        return tokenEpoch;
    }

    /** It isn't used any more: once nothing is under way on it, at once if so it is, does something for the last time. */
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

    /** Its client is about to be used, whatever becomes of the attempt meanwhile. */
    public void clientNeeded() {
        clientUses++;
    }

    /** Its client has been used. */
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

    public ScopeState organization() {
        return organization;
    }

    /** Whether its credential is refused. */
    public Closure credential() {
        return credential;
    }

    /** Says what is wrong with its credential, which the service refuses. */
    public String refusal() {
        return settings.token().isPresent() ? "token refused" : "no token is set";
    }

    /** Which of its tokens was refused, if one was. */
    public RefusedToken refusedToken() {
        return refusedToken;
    }

    /** Returns how long its requests are under way at most: as stated, else as assumed; empty if that was found to be wrong. */
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

    /** An attempt was never sent, so there was no call. */
    public void sentBack() {
        calls--;
    }

    /** An attempt gave an answer. */
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

    /** A kept connection had been closed by the service. */
    public void staleConnection() {
        staleConnections++;
    }

    /** The service let in an attempt, with which so many were under way. */
    void letIn(int underWay, long beganNanos) {
        concurrency.letIn(underWay, beganNanos);
    }

    /** Returns whether the service would refuse an attempt that kept a learned pace for how many were under way. */
    boolean isCrowded(int underWay, long beganNanos) {
        return concurrency.explains(underWay, beganNanos);
    }

    /** The service refused an attempt. */
    void refused(Refusal.Rate rate, int underWay, long beganNanos, long now) {
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

    /** Returns the tokens of each model that has given an answer. */
    Map<String, TokenUsage> tokensByModel() {
        return tokensByModel;
    }

    /**
     * Remembers, by digest, the refused token of an account, so that a new token is noticed. Thread-safe. Reading a token
     * may read a file, so never call it under the engine's lock.
     *
     * <p>The token is read when the refusal arrives. A token that was replaced while the refused attempt was under way is taken for the refused one, and
     * tried when the account is probed.
     */
    public static final class RefusedToken {

        /** Stands for a token that couldn't be read, and is the digest of none. */
        private static final byte[] UNREADABLE = new byte[0];

        private final Supplier<Optional<Secret>> source;
        private volatile byte @Nullable [] refused;

        /**
         * Creates one that knows of no refusal.
         *
         * @param source says what the account's token is; asked without the lock
         */
        RefusedToken(Supplier<Optional<Secret>> source) {
            this.source = source;
        }

        /** The present token was refused. */
        public void remember() {
            refused = digest();
        }

        /** The present token is accepted, whatever was refused before. */
        void forget() {
            refused = null;
        }

        /** Returns whether a token was refused and the present one is another; that one then counts as untried. Told once. */
        public boolean takeChange() {
            byte[] before = refused;
            byte[] present = before == null ? null : digest();
            if (before == null || present == null || present == UNREADABLE || MessageDigest.isEqual(before, present)) {
                return false;
            }
            refused = null;
            return true;
        }

        /** Returns nothing if there is no token. One that can't be read just now was refused by the provider; any that can is another. */
        private byte @Nullable [] digest() {
            try {
                return source.get().map(token -> sha256(token.reveal())).orElse(null);
            } catch (RuntimeException e) {
                return UNREADABLE;
            }
        }

        private static byte[] sha256(String text) {
            try {
                return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }
}
