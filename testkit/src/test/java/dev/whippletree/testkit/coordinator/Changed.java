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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A coordination that hands everything on, unless it is overridden. */
abstract class Changed implements Coordination {

    private final Coordination coordination;

    Changed(Coordination coordination) {
        this.coordination = coordination;
    }

    @Override
    public CompletionStage<Grant> reserve(List<LimitUse> uses) {
        return coordination.reserve(uses);
    }

    @Override
    public void settle(String grant, Optional<TokenCount> tokens, Duration sinceArrival) {
        coordination.settle(grant, tokens, sinceArrival);
    }

    @Override
    public void release(String grant) {
        coordination.release(grant);
    }

    @Override
    public CompletionStage<Claim> claim(CacheKey key) {
        return coordination.claim(key);
    }

    @Override
    public CompletionStage<Boolean> claimProbe(Scope scope, Duration lease) {
        return coordination.claimProbe(scope, lease);
    }

    @Override
    public void closed(ScopeClosing closing) {
        coordination.closed(closing);
    }

    @Override
    public void reopened(Scope scope) {
        coordination.reopened(scope);
    }

    @Override
    public void listen(CoordinationListener listener) {
        coordination.listen(listener);
    }

    @Override
    public CoordinationStatus status() {
        return coordination.status();
    }

    @Override
    public void close() {
        coordination.close();
    }
}
