package dev.whippletree.engine.scope;

import dev.whippletree.model.Limit;
import dev.whippletree.model.RateLimitReport;
import dev.whippletree.model.RateLimitReport.Refill;
import dev.whippletree.model.TokenCount;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one call uses of its organization and its model, and what the service said of their limits. Guarded by the
 * engine's lock.
 */
public final class CallUse {

    /** Reported times are whole seconds, and uses leave a declared window as much later as an answer takes. */
    private static final long ROUNDING_NANOS = Duration.ofSeconds(2).toNanos();

    private final ScopeState organization;
    private final ScopeState model;
    private final ScopeUse ofOrganization;
    private final ScopeUse ofModel;
    private @Nullable LimitCounter usedUp;
    private long tokensUsed = Long.MAX_VALUE;

    /** Reserves; that all of it fits was asked before. */
    public CallUse(ScopeState organization, ScopeState model, TokenCount tokens, long now) {
        this.organization = organization;
        this.model = model;
        this.ofOrganization = organization.begin(tokens, now);
        this.ofModel = model.begin(tokens, now);
    }

    ScopeState organization() {
        return organization;
    }

    ScopeState model() {
        return model;
    }

    private ScopeUse of(ScopeState scope) {
        return scope == model ? ofModel : ofOrganization;
    }

    public TokenCount tokens() {
        return ofModel.tokens();
    }

    /** Returns when it began: the service hadn't counted the request by then. */
    public long beganNanos() {
        return ofModel.beganNanos();
    }

    /** The request has been written, and arrives by a moment at the latest. */
    public void sent(long latest, long now) {
        ofOrganization.sent(latest, now);
        ofModel.sent(latest, now);
    }

    /**
     * The request is to be sent once more: uses as much again if the stated limits have room for it, and returns
     * whether they have.
     *
     * @param lostUntil when the first request has arrived at the latest, if it has
     */
    public boolean repeat(long lostUntil, long now) {
        if (!organization.hasStatedRoom(tokens(), now) || !model.hasStatedRoom(tokens(), now)) {
            return false;
        }
        ofOrganization.repeat(lostUntil, now);
        ofModel.repeat(lostUntil, now);
        return true;
    }

    public void arrived(long now) {
        ofOrganization.arrived(now);
        ofModel.arrived(now);
    }

    /** Returns when the service had counted the request, as far as is known. */
    public OptionalLong arrivedAt() {
        return ofModel.arrivedAt();
    }

    public void admitted(long now) {
        organization.admitted(ofOrganization, now);
        model.admitted(ofModel, now);
    }

    /**
     * Ends it: what was reserved is used, in full or by what the service says it counted.
     *
     * @param lostUntil when the request has arrived at the latest if nothing has shown that it has
     */
    public void end(long lostUntil, Optional<TokenCount> counted, long now) {
        ofOrganization.end(lostUntil, counted, now);
        ofModel.end(lostUntil, counted, now);
    }

    public void release(long now) {
        ofOrganization.release(now);
        ofModel.release(now);
    }

    /** Takes in what the service said of a limit in answer to it. What makes no sense is dropped. */
    public void report(ScopeState scope, RateLimitReport report, long now) {
        ReportedLimits.ValidReport.of(report)
                .filter(valid -> !isMisread(valid))
                .ifPresent(valid -> report(scope, valid, now));
    }

    /**
     * Returns whether a limit's reset, of which nobody says what it means, is further off than the whole window, as
     * stated or as declared for that amount: then it is in another unit than was read, and waiting for it could take a
     * thousand windows.
     */
    private boolean isMisread(ReportedLimits.ValidReport valid) {
        LongStream windows = Stream.of(organization, model)
                .flatMap(scope -> scope.limits().declared().stream())
                .filter(counter ->
                        counter.unit() == valid.key().unit() && counter.quota().amount() == valid.amount())
                .mapToLong(counter -> Redeclaration.window(counter).windowNanos());
        long longest = Math.max(valid.key().window().toNanos(), windows.max().orElse(0));
        return valid.key().refill() == Refill.UNSAID && longest > 0 && valid.resetNanos() > longest + ROUNDING_NANOS;
    }

    private void report(ScopeState scope, ReportedLimits.ValidReport valid, long now) {
        LimitCounter counter = scope.limits().report(valid, of(scope), now);
        if (counter.unit() == Limit.Unit.TOKENS) {
            tokensUsed = Math.min(tokensUsed, valid.used());
        }
        if (valid.left() < counter.cost(tokens()) && scope.limits().counters().contains(counter)) {
            usedUp = counter;
        }
        organization.limits().reportedOf(scope.limits(), counter, now);
    }

    /**
     * Returns the tokens of a limit that were used in all, by a report in its answer; {@code Long.MAX_VALUE} if there
     * was none.
     */
    public long tokensUsed() {
        return tokensUsed;
    }

    /** Returns whether less was left of a limit than it asks for, by the service's answer to it. */
    public boolean foundUsedUp() {
        return usedUp != null;
    }

    /**
     * A limit of one of its scopes refused the request.
     *
     * @param valid the service's Retry-After, if any
     * @param chance 0 to 1, for a pause of our own
     * @param crowded whether how many calls were under way would explain it
     */
    public LimitRefusal refused(ScopeState scope, OptionalLong valid, double chance, boolean crowded, long now) {
        boolean foundRoom = usedUp != null && (ofOrganization.foundRoomIn(usedUp) || ofModel.foundRoomIn(usedUp));
        Optional<LimitCounter> found = Optional.ofNullable(usedUp);
        ScopeUse use = of(scope);
        long[] others = scope.uses().othersBegan(use);
        return scope.refused(new RefusedCall(use, others, valid, chance, found, foundRoom, crowded, now));
    }
}
