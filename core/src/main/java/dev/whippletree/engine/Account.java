package dev.whippletree.engine;

import dev.whippletree.model.Failure;
import dev.whippletree.model.FailureKind;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.ProviderClient;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** An account at work: its slots, whether its credential is accepted, and what became of its attempts. Guarded by the lock. */
final class Account {

    /** Attempts at once on an account of whose limits nothing is known yet. */
    private static final int FIRST_ALLOWED = 4;

    private final AccountSettings settings;
    private final ProviderClient client;
    private final ScopeState organization;
    private final int maxConcurrency;
    private final Closure credential = new Closure();
    private final Map<FailureKind, Long> failures = new EnumMap<>(FailureKind.class);
    private final Map<String, TokenUsage> tokensByModel = new HashMap<>();
    private final LatencyStats latency = new LatencyStats();

    private int inFlight;
    private int allowed = FIRST_ALLOWED;
    private long calls;
    private long answered;

    Account(Topology.OpenAccount open, ScopeState organization, int defaultConcurrency) {
        this.settings = open.settings();
        this.client = open.client();
        this.organization = organization;
        this.maxConcurrency = settings.maxConcurrency().orElse(defaultConcurrency);
    }

    String id() {
        return settings.id();
    }

    AccountSettings settings() {
        return settings;
    }

    ProviderClient client() {
        return client;
    }

    ScopeState organization() {
        return organization;
    }

    /** Whether its credential is refused. */
    Closure credential() {
        return credential;
    }

    OptionalLong transitNanos() {
        return settings.transit().map(Duration::toNanos).map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    int inFlight() {
        return inFlight;
    }

    int maxConcurrency() {
        return maxConcurrency;
    }

    /** Returns how many attempts may be under way, given whether a limit of requests is known. */
    int concurrency(boolean limitKnown) {
        return limitKnown ? maxConcurrency : Math.min(maxConcurrency, allowed);
    }

    void occupy() {
        inFlight++;
        calls++;
    }

    void vacate() {
        inFlight--;
    }

    /** An attempt gave an answer. Each makes room for one more, so that the number doubles with each round of them. */
    void answered(String model, TokenUsage usage, long tookNanos) {
        answered++;
        latency.record(tookNanos);
        allowed = Math.min(maxConcurrency, allowed + 1);
        tokensByModel.merge(model, usage, TokenUsage::plus);
    }

    void failed(Failure failure) {
        failures.merge(failure.kind(), 1L, Long::sum);
        if (failure.kind() == FailureKind.RATE_LIMITED) {
            allowed = Math.max(1, allowed / 2);
        }
    }

    long calls() {
        return calls;
    }

    long answered() {
        return answered;
    }

    Map<FailureKind, Long> failures() {
        return failures;
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
}
