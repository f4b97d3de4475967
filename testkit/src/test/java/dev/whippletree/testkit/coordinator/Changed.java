package dev.whippletree.testkit.coordinator;

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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** A coordination that hands everything on to a right one, until one of its parts is replaced. */
final class Changed implements Coordination {

    final Coordination right;
    BiFunction<List<LimitUse>, TenantTurn, CompletionStage<Grant>> reserve;
    Settling settle;
    Consumer<String> release;
    Function<LimitUse, OptionalLong> left;
    Function<CacheKey, CompletionStage<Claim>> claim;
    BiFunction<Scope, Duration, CompletionStage<Boolean>> probe;
    Consumer<ScopeClosing> closed;
    Consumer<Scope> reopened;
    Consumer<CoordinationListener> listen;
    Supplier<CoordinationStatus> status;
    Runnable close;

    /** As {@link Coordination#settle}. */
    interface Settling {

        void settle(String grant, Optional<TokenCount> tokens, Duration sinceArrival);
    }

    Changed(Coordination right) {
        this.right = right;
        this.reserve = right::reserve;
        this.settle = right::settle;
        this.release = right::release;
        this.left = right::left;
        this.claim = right::claim;
        this.probe = right::claimProbe;
        this.closed = right::closed;
        this.reopened = right::reopened;
        this.listen = right::listen;
        this.status = right::status;
        this.close = right::close;
    }

    @Override
    public CompletionStage<Grant> reserve(List<LimitUse> uses, TenantTurn turn) {
        return reserve.apply(uses, turn);
    }

    @Override
    public void settle(String grant, Optional<TokenCount> tokens, Duration sinceArrival) {
        settle.settle(grant, tokens, sinceArrival);
    }

    @Override
    public void release(String grant) {
        release.accept(grant);
    }

    @Override
    public OptionalLong left(LimitUse use) {
        return left.apply(use);
    }

    @Override
    public CompletionStage<Claim> claim(CacheKey key) {
        return claim.apply(key);
    }

    @Override
    public CompletionStage<Boolean> claimProbe(Scope scope, Duration lease) {
        return probe.apply(scope, lease);
    }

    @Override
    public void closed(ScopeClosing closing) {
        closed.accept(closing);
    }

    @Override
    public void reopened(Scope scope) {
        reopened.accept(scope);
    }

    @Override
    public void listen(CoordinationListener listener) {
        listen.accept(listener);
    }

    @Override
    public CoordinationStatus status() {
        return status.get();
    }

    @Override
    public void close() {
        close.run();
    }
}
