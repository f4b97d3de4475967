package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.CoordinationCommands.LimitsReply;
import dev.whippletree.cache.redis.CoordinationCommands.Verdict;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one organization, as this process shares them: what its {@link Ledger} decides is asked, entered and ended there, and
 * what comes back is given to it. Has no state besides. Thread-safe; no method blocks.
 */
final class SharedLedger implements Contact.Member {

    private final Ledgers.Parts parts;
    private final Ledger ledger;
    private final Consumer<String> expired;

    /**
     * Creates one.
     *
     * @param survey what others use
     * @param expired is told of each grant that nobody has ended in time
     */
    SharedLedger(String organization, Ledgers.Parts parts, Survey survey, Consumer<String> expired) {
        this.parts = parts;
        this.ledger = new Ledger(organization, parts, survey);
        this.expired = expired;
    }

    /** Reserves of all limits or none; they are of this organization. */
    CompletionStage<Grant> reserve(String id, List<LimitUse> uses) {
        return reserve(id, uses, true);
    }

    private CompletionStage<Grant> reserve(String id, List<LimitUse> uses, boolean firstTime) {
        return ledger.question(uses)
                .map(call -> parts.commands()
                        .reserve(call, id, uses.stream().map(LimitUse::amount).toList())
                        .handleAsync(
                                (reply, failure) -> reply == null
                                        ? CompletableFuture.completedFuture(unanswered(id, uses, failure))
                                        : answered(id, uses, reply, firstTime),
                                parts.services().executor())
                        .thenCompose(Function.identity()))
                .orElseGet(() -> CompletableFuture.completedFuture(ledger.answerUnasked(id, uses, false)));
    }

    private Grant unanswered(String id, List<LimitUse> uses, Throwable failure) {
        parts.contact().lost(failure);
        return ledger.answerUnasked(id, uses, true);
    }

    private CompletionStage<Grant> answered(String id, List<LimitUse> uses, LimitsReply reply, boolean firstTime) {
        noteTime(reply);
        if (reply.verdict() == Verdict.LATE && firstTime) {
            return reserve(id, uses, false);
        }
        Grant grant = ledger.answer(id, uses, reply);
        if (reply.verdict() == Verdict.CHANGED || reply.verdict() == Verdict.CAREFUL) {
            var unused = enter();
        }
        return CompletableFuture.completedFuture(grant);
    }

    private void noteTime(LimitsReply reply) {
        if (reply.verdict() == Verdict.LATE) {
            parts.contact().clock().reset(reply.nowMillis(), parts.services().nanoTime());
        } else {
            parts.contact().clock().note(reply.nowMillis(), parts.services().nanoTime());
        }
    }

    /** Ends a grant; one that isn't in flight is left alone. */
    void settle(String id, Optional<TokenCount> tokens, Duration sinceArrival) {
        ledger.settle(id, tokens, sinceArrival).ifPresent(this::end);
    }

    /** Ends a grant of which nothing was used. */
    void release(String id) {
        ledger.release(id).ifPresent(this::end);
    }

    private void end(Ledger.Ending ending) {
        parts.commands()
                .end(ending.call(), ending.grant(), ending.sinceArrival(), ending.used())
                .whenCompleteAsync(
                        (done, failure) -> ended(ending.grant(), failure),
                        parts.services().executor());
    }

    private void ended(String id, @Nullable Throwable failure) {
        ledger.ended(id, failure == null);
        if (failure != null) {
            parts.contact().lost(failure);
        }
    }

    @Override
    public CompletionStage<Void> met() {
        return enter();
    }

    @Override
    public void lost() {
        ledger.fallOut();
    }

    /** Enters what isn't known there, and looks what is left. */
    private CompletionStage<Void> enter() {
        Optional<Ledger.Start> start = ledger.startEntering();
        if (start.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        start.get().expired().forEach(expired);
        Entry entry = start.get().entry();
        return parts.commands()
                .enter(entry.call(), parts.tokens().process(), entry.grants(), entry.dated())
                .handleAsync(
                        (reply, failure) -> entered(entry, reply, failure),
                        parts.services().executor())
                .thenCompose(again -> again ? enter() : CompletableFuture.completedFuture(null));
    }

    /** Returns whether there is more to enter. */
    private boolean entered(Entry entry, @Nullable LimitsReply reply, @Nullable Throwable failure) {
        if (reply != null) {
            noteTime(reply);
        }
        boolean again = ledger.entered(entry, reply, failure);
        if (failure != null && !(Cause.of(failure) instanceof RefusedCommandException)) {
            parts.contact().lost(failure);
        }
        ledger.endings().forEach(this::end);
        return again;
    }

    /** Returns why this organization's limits can't be shared although others' can. */
    Optional<Throwable> trouble() {
        return ledger.trouble();
    }

    /** Returns how many grants were made without asking. */
    long alone() {
        return ledger.alone();
    }

    /** Adds the places of the limits it uses, and for how long they are worth knowing. */
    void addPlaces(Map<String, Duration> places) {
        ledger.addPlaces(places);
    }
}
