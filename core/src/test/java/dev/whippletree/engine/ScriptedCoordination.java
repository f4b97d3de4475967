package dev.whippletree.engine;

import dev.whippletree.model.Scope;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.CoordinationStatus;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.TenantTurn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Other processes that say what a test wants, and remember what they are told. */
final class ScriptedCoordination implements Coordination {

    final List<List<LimitUse>> reserved = new ArrayList<>();
    final List<TenantTurn> turns = new ArrayList<>();
    final List<String> told = new ArrayList<>();
    final List<String> probes = new ArrayList<>();
    private Function<List<LimitUse>, CompletionStage<Grant>> answer = uses -> grant();
    private Supplier<CompletionStage<Claim>> claim = () -> CompletableFuture.completedFuture(ours());
    private Supplier<CoordinationStatus> status = () -> new CoordinationStatus(true, 2, 7, Optional.of("far away"));
    private Function<LimitUse, OptionalLong> left = use -> OptionalLong.empty();
    private boolean probeIsOurs = true;
    private boolean deaf;
    private int grants;
    private @Nullable CoordinationListener listener;

    /** From now on every reservation is answered so. */
    void answers(Function<List<LimitUse>, CompletionStage<Grant>> other) {
        answer = other;
    }

    /** From now on every claim is answered so. */
    void claims(Supplier<CompletionStage<Claim>> other) {
        claim = other;
    }

    /** From now on so much of a limit is left. */
    void leaves(Function<LimitUse, OptionalLong> other) {
        left = other;
    }

    /** From now on its status is this one. */
    void status(Supplier<CoordinationStatus> other) {
        status = other;
    }

    void probesElsewhere() {
        probeIsOurs = false;
    }

    void probesHere() {
        probeIsOurs = true;
    }

    CompletionStage<Grant> grant() {
        return CompletableFuture.completedFuture(new Grant.Granted("grant-" + ++grants));
    }

    static CompletionStage<Grant> refusal(LimitUse by, Duration retryAfter) {
        return CompletableFuture.completedFuture(new Grant.Refused(by, retryAfter));
    }

    Claim ours() {
        return new Claim.Ours(() -> told.add("claim ended"));
    }

    CoordinationListener listener() {
        if (listener == null) {
            throw new IllegalStateException("nobody listens");
        }
        return listener;
    }

    @Override
    public CompletionStage<Grant> reserve(List<LimitUse> uses, TenantTurn turn) {
        turns.add(turn);
        reserved.add(List.copyOf(uses));
        return answer.apply(uses);
    }

    /** From now on it throws at whatever it is told. */
    void deaf() {
        deaf = true;
    }

    void note(String what) {
        if (deaf) {
            throw new IllegalStateException("scripted");
        }
        told.add(what);
    }

    @Override
    public void settle(String grant, Optional<TokenCount> tokens, Duration sinceArrival) {
        note("settled " + grant + " "
                + (tokens.isPresent() ? tokens.get().total() + " tokens " : "")
                + sinceArrival.toMillis() + " ms");
    }

    @Override
    public void release(String grant) {
        note("released " + grant);
    }

    @Override
    public void enter(LimitUse limit, Map<Duration, Long> uses) {
        note("entered " + limit.name() + " " + new TreeMap<>(uses));
    }

    @Override
    public OptionalLong left(LimitUse use) {
        return left.apply(use);
    }

    @Override
    public CompletionStage<Claim> claim(CacheKey key) {
        return claim.get();
    }

    @Override
    public CompletionStage<Boolean> claimProbe(Scope scope, Duration lease) {
        probes.add(scope + " for " + lease);
        return CompletableFuture.completedFuture(probeIsOurs);
    }

    @Override
    public void closed(ScopeClosing closing) {
        note("closed " + closing.scope() + " for " + closing.remaining().toMillis() + " ms"
                + (closing.endKnown() ? "" : " or more"));
    }

    @Override
    public void reopened(Scope scope) {
        note("reopened " + scope);
    }

    @Override
    public void listen(CoordinationListener heard) {
        listener = heard;
    }

    @Override
    public CoordinationStatus status() {
        return status.get();
    }

    @Override
    public void close() {}
}
