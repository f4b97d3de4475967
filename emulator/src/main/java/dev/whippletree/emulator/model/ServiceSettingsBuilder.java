package dev.whippletree.emulator.model;

import dev.whippletree.emulator.fault.FaultScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/** Builds the settings of an emulated service, which {@link ServiceSettings} describes. Confined to one thread. */
public final class ServiceSettingsBuilder {

    /**
     * What Groq counts for an answer whose request has no maximum, unless another number is set: as the engine assumes.
     */
    public static final int ASSUMED_MAX_TOKENS = 1024;

    private static final long DEFAULT_CONTEXT_TOKENS = 131_072;

    private final ServiceKind kind;
    private final List<EmulatedAccount> accounts = new ArrayList<>();
    private final List<EmulatedOrganization> organizations = new ArrayList<>();
    private Set<String> models = Set.of();
    private Set<String> unservedModels = Set.of();
    private Latency latency = Latency.constant(Duration.ZERO);
    private Duration refusalLatency = Duration.ZERO;
    private FaultScript faults = FaultScript.NONE;
    private long seed;
    private long contextTokens = DEFAULT_CONTEXT_TOKENS;
    private long assumedMaxTokens = ASSUMED_MAX_TOKENS;
    private ServiceCapacity capacity = ServiceCapacity.UNLIMITED;
    private Optional<AnswerLength> answerLength = Optional.empty();
    private boolean answersDiffer;
    private Duration clockAhead = Duration.ZERO;
    private boolean tellsWait = true;
    private OptionalInt mostUnderWay = OptionalInt.empty();
    private Optional<Duration> promptCache = Optional.empty();
    private Function<ChatRequest, Optional<Map<String, Object>>> script = request -> Optional.empty();

    ServiceSettingsBuilder(ServiceKind kind) {
        this.kind = kind;
    }

    /** Adds an account with an organization of its own, called as the account is. */
    public ServiceSettingsBuilder account(String id, String token, ServiceLimit... limits) {
        return organization(EmulatedOrganization.of(id, limits)).member(id, token, id);
    }

    /** Adds an account of an organization that is declared apart. */
    public ServiceSettingsBuilder member(String id, String token, String organization) {
        return account(new EmulatedAccount(id, token, organization, Optional.empty()));
    }

    public ServiceSettingsBuilder account(EmulatedAccount account) {
        accounts.add(account);
        return this;
    }

    public ServiceSettingsBuilder organization(EmulatedOrganization organization) {
        organizations.add(organization);
        return this;
    }

    public ServiceSettingsBuilder models(String... models) {
        this.models = Set.of(models);
        return this;
    }

    public ServiceSettingsBuilder unservedModels(String... models) {
        this.unservedModels = Set.of(models);
        return this;
    }

    public ServiceSettingsBuilder latency(Latency latency) {
        this.latency = latency;
        return this;
    }

    public ServiceSettingsBuilder refusalLatency(Duration refusalLatency) {
        this.refusalLatency = refusalLatency;
        return this;
    }

    public ServiceSettingsBuilder faults(FaultScript faults) {
        this.faults = faults;
        return this;
    }

    public ServiceSettingsBuilder seed(long seed) {
        this.seed = seed;
        return this;
    }

    public ServiceSettingsBuilder contextTokens(long contextTokens) {
        this.contextTokens = contextTokens;
        return this;
    }

    public ServiceSettingsBuilder assumedMaxTokens(long assumedMaxTokens) {
        this.assumedMaxTokens = assumedMaxTokens;
        return this;
    }

    public ServiceSettingsBuilder capacity(ServiceCapacity capacity) {
        this.capacity = capacity;
        return this;
    }

    public ServiceSettingsBuilder answerLength(AnswerLength answerLength) {
        this.answerLength = Optional.of(answerLength);
        return this;
    }

    public ServiceSettingsBuilder answersDiffer() {
        this.answersDiffer = true;
        return this;
    }

    public ServiceSettingsBuilder clockAhead(Duration clockAhead) {
        this.clockAhead = clockAhead;
        return this;
    }

    public ServiceSettingsBuilder keepsWaitsToItself() {
        this.tellsWait = false;
        return this;
    }

    public ServiceSettingsBuilder mostUnderWay(int mostUnderWay) {
        this.mostUnderWay = OptionalInt.of(mostUnderWay);
        return this;
    }

    public ServiceSettingsBuilder promptCache(Duration kept) {
        this.promptCache = Optional.of(kept);
        return this;
    }

    public ServiceSettingsBuilder script(Function<ChatRequest, Optional<Map<String, Object>>> script) {
        this.script = script;
        return this;
    }

    /**
     * Returns the settings.
     *
     * @throws IllegalArgumentException if accounts can't be told apart or name an organization that isn't there
     */
    public ServiceSettings build() {
        return new ServiceSettings(
                kind,
                accounts,
                organizations,
                models,
                unservedModels,
                latency,
                refusalLatency,
                faults,
                seed,
                contextTokens,
                assumedMaxTokens,
                capacity,
                answerLength,
                answersDiffer,
                clockAhead,
                tellsWait,
                mostUnderWay,
                promptCache,
                script);
    }
}
