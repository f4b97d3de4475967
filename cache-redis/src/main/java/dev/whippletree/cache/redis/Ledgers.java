package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.CoordinationCommands.LimitsReply;
import dev.whippletree.cache.redis.CoordinationCommands.Verdict;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.Services;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The limits of all organizations, as this process shares them: what each organization's {@link Ledger} decides is
 * asked, entered and ended there, and what comes back is given to it. Thread-safe; no method blocks.
 */
final class Ledgers implements Contact.Member {

    private final Map<String, Ledger> byOrganization = new ConcurrentHashMap<>();
    private final Map<String, Ledger> byGrant = new ConcurrentHashMap<>();
    private final Parts parts;
    private final Contact contact;
    private final UsageSync usageSync;

    /**
     * What ledgers work with.
     *
     * @param tokens this process's names
     * @param timeout after which a command is given up
     * @param lease longest time a call may take
     */
    record Parts(
            CoordinationCommands commands,
            Contact contact,
            Tokens tokens,
            Services services,
            Duration timeout,
            Duration lease) {}

    Ledgers(Parts parts) {
        this.parts = parts;
        contact = parts.contact();
        usageSync = new UsageSync(parts.commands(), contact, parts.services(), this::places);
    }

    /** Begins to go by the contact. */
    void start() {
        contact.add(usageSync);
        contact.add(this);
    }

    private Map<String, Duration> places() {
        Map<String, Duration> places = new HashMap<>();
        byOrganization.values().forEach(ledger -> ledger.addPlaces(places));
        return places;
    }

    /** Reserves of all limits or none; all uses are of one organization. */
    CompletionStage<Grant> reserve(List<LimitUse> uses) {
        Ledger ledger = byOrganization.computeIfAbsent(
                organization(uses), organization -> new Ledger(organization, parts, usageSync));
        String id = parts.tokens().next();
        return contact.tried().isDone()
                ? reserve(ledger, id, uses)
                : contact.tried().thenCompose(tried -> reserve(ledger, id, uses));
    }

    private static String organization(List<LimitUse> uses) {
        List<String> all =
                uses.stream().map(use -> use.scope().organization()).distinct().toList();
        if (all.size() != 1) {
            throw new IllegalArgumentException(
                    "an attempt uses limits, all of one organization, not those of " + all.size() + " at once");
        }
        return all.get(0);
    }

    private CompletionStage<Grant> reserve(Ledger ledger, String id, List<LimitUse> uses) {
        byGrant.put(id, ledger);
        return ask(ledger, id, uses, true).whenComplete((answer, failure) -> {
            if (!(answer instanceof Grant.Granted)) {
                byGrant.remove(id);
            }
        });
    }

    private CompletionStage<Grant> ask(Ledger ledger, String id, List<LimitUse> uses, boolean firstTime) {
        return ledger.question(uses)
                .map(call -> parts.commands()
                        .reserve(call, id, uses.stream().map(LimitUse::amount).toList())
                        .handleAsync(
                                (reply, failure) -> reply == null
                                        ? CompletableFuture.completedFuture(unanswered(ledger, id, uses, failure))
                                        : answered(ledger, id, uses, reply, firstTime),
                                parts.services().executor())
                        .thenCompose(Function.identity()))
                .orElseGet(() -> CompletableFuture.completedFuture(ledger.answerUnasked(id, uses, false)));
    }

    private Grant unanswered(Ledger ledger, String id, List<LimitUse> uses, Throwable failure) {
        lost(ledger, failure);
        return ledger.answerUnasked(id, uses, true);
    }

    /**
     * Ends the contact, or what one organization has of it if its shard is in trouble: then asks once more, at once.
     */
    private void lost(Ledger ledger, Throwable failure) {
        contact.lost(failure);
        if (Cause.of(failure) instanceof ShardUnavailableException) {
            ledger.fallOut();
            var unused = enter(ledger);
        }
    }

    private CompletionStage<Grant> answered(
            Ledger ledger, String id, List<LimitUse> uses, LimitsReply reply, boolean firstTime) {
        noteTime(reply);
        if (reply.verdict() == Verdict.LATE && firstTime) {
            return ask(ledger, id, uses, false);
        }
        Grant grant = ledger.answer(id, uses, reply);
        if (reply.verdict() == Verdict.CHANGED || reply.verdict() == Verdict.CAREFUL) {
            var unused = enter(ledger);
        }
        return CompletableFuture.completedFuture(grant);
    }

    private void noteTime(LimitsReply reply) {
        if (reply.verdict() == Verdict.LATE) {
            contact.clock().reset(reply.nowMillis(), parts.services().nanoTime());
        } else {
            contact.clock().note(reply.nowMillis(), parts.services().nanoTime());
        }
    }

    /** Ends a grant that was used; one that isn't in flight is left alone. */
    void settle(String grant, Optional<TokenCount> tokensUsed, Duration sinceArrival) {
        Ledger ledger = byGrant.remove(grant);
        if (ledger != null) {
            ledger.settle(grant, tokensUsed, sinceArrival).ifPresent(ending -> end(ledger, ending));
        }
    }

    /** Ends a grant of which nothing was used. */
    void release(String grant) {
        Ledger ledger = byGrant.remove(grant);
        if (ledger != null) {
            ledger.release(grant).ifPresent(ending -> end(ledger, ending));
        }
    }

    private void end(Ledger ledger, Ledger.Ending ending) {
        parts.commands()
                .end(ending.call(), ending.grant(), ending.sinceArrival(), ending.used())
                .whenCompleteAsync(
                        (done, failure) -> {
                            ledger.ended(ending.grant(), failure == null);
                            if (failure != null) {
                                lost(ledger, failure);
                            }
                        },
                        parts.services().executor());
    }

    @Override
    public CompletionStage<Void> met() {
        return CompletableFuture.allOf(byOrganization.values().stream()
                .map(ledger -> enter(ledger).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public void lost() {
        byOrganization.values().forEach(Ledger::fallOut);
    }

    /** Enters what isn't known there, and looks what is left. */
    private CompletionStage<Void> enter(Ledger ledger) {
        Optional<Ledger.Start> start = ledger.startEntering();
        if (start.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        start.get().expired().forEach(byGrant::remove);
        Entry entry = start.get().entry();
        return parts.commands()
                .enter(entry.call(), parts.tokens().process(), entry.grants(), entry.dated())
                .handleAsync(
                        (reply, failure) -> entered(ledger, entry, reply, failure),
                        parts.services().executor())
                .thenCompose(again -> again ? enter(ledger) : CompletableFuture.completedFuture(null));
    }

    /** Returns whether there is more to enter. */
    private boolean entered(Ledger ledger, Entry entry, @Nullable LimitsReply reply, @Nullable Throwable failure) {
        if (reply != null) {
            noteTime(reply);
        }
        boolean again = ledger.entered(entry, reply, failure);
        if (failure != null && Cause.of(failure) instanceof ShardUnavailableException) {
            ledger.fallOut();
        }
        if (failure != null && !(Cause.of(failure) instanceof RefusedCommandException)) {
            contact.lost(failure);
        }
        ledger.endings().forEach(ending -> end(ledger, ending));
        return again;
    }

    /** Returns how many grants were made without asking. */
    long alone() {
        return byOrganization.values().stream().mapToLong(Ledger::alone).sum();
    }

    /** Returns why an organization's limits can't be shared although there is contact. */
    Stream<Throwable> troubles() {
        return byOrganization.values().stream().flatMap(ledger -> ledger.trouble().stream());
    }
}
