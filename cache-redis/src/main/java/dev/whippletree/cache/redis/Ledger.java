package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.CoordinationCommands.GrantEntry;
import dev.whippletree.cache.redis.CoordinationCommands.LimitSize;
import dev.whippletree.cache.redis.CoordinationCommands.LimitsCall;
import dev.whippletree.cache.redis.CoordinationCommands.LimitsReply;
import dev.whippletree.cache.redis.CoordinationCommands.Use;
import dev.whippletree.cache.redis.CoordinationCommands.Verdict;
import dev.whippletree.model.Limit;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.Services;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one organization, as this process shares them. Thread-safe; no method blocks.
 *
 * <p><b>In step.</b> While there is contact and everything used here is known there, each reservation is one question. Where the
 * trouble may be this process's own, it is put off for a moment: the others go on, and don't leave it a part. Otherwise
 * it is answered from what is known here ({@link OwnLimit}), and the grant is entered when that is possible again: under its id,
 * so that one whose answer was lost isn't counted twice. A grant is ended there only after it is known to have been entered.
 *
 * <p><b>Epochs.</b> What is shared can be lost as a whole, and begins anew with another epoch. A process that sees one enters its
 * dated uses of the last window, as they were at that moment, and its grants in flight. Until all have had the time to, everybody
 * answers from what was known before.
 */
final class Ledger implements Contact.Member {

    /** Entered in one step: a millisecond's work there. */
    private static final int MOST_ENTRIES = 500;

    /** For who asks while it isn't known whether the others can be reached, or hear first what they have to. */
    private static final Duration MOMENT = Duration.ofMillis(100);

    /** When something can have changed for one who can't ask. */
    private static final long LONGEST_WAIT_NANOS = Contact.INTERVAL.toNanos();

    private final String organization;
    private final Shared shared;
    private final Parts parts;

    // Guarded by this.
    private final Map<LimitName, OwnLimit> limits = new LinkedHashMap<>();
    private final Map<String, HeldGrant> held = new LinkedHashMap<>();
    private @Nullable List<DatedUse> lost;
    private String epoch = "";
    private boolean inStep;
    private boolean entering;
    private boolean more;
    private @Nullable Throwable trouble;

    /** A use of a former epoch. */
    private record DatedUse(LimitName limit, OwnUses.Dated use) {}

    /** What is sent in one go. */
    private record Entry(
            LimitsCall call, List<HeldGrant> grants, List<GrantEntry> entries, List<DatedEntry> dated, boolean whole) {}

    /**
     * What it works with.
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

    /**
     * What all ledgers have in common.
     *
     * @param survey what others use
     * @param alone is told of each grant that was made without asking
     * @param forget is told of each grant that is done with by itself
     */
    record Shared(Parts parts, Survey survey, Runnable alone, Consumer<String> forget) {}

    Ledger(String organization, Shared shared) {
        this.organization = organization;
        this.shared = shared;
        this.parts = shared.parts();
        this.inStep = parts.contact().isUp();
    }

    /** Reserves of all limits or none; they are of this organization. */
    CompletionStage<Grant> reserve(String id, List<LimitUse> uses) {
        return ask(id, uses, true);
    }

    private CompletionStage<Grant> ask(String id, List<LimitUse> uses, boolean firstTime) {
        LimitsCall call;
        synchronized (this) {
            touch(uses);
            if (!inStep || !parts.contact().isUp()) {
                return CompletableFuture.completedFuture(answerUnasked(id, uses, false));
            }
            call = call(uses.stream().map(Ledger::size).toList());
        }
        return parts.commands()
                .reserve(call, id, uses.stream().map(LimitUse::amount).toList())
                .handleAsync(
                        (reply, failure) -> reply == null
                                ? CompletableFuture.completedFuture(unanswered(id, uses, failure))
                                : answered(id, uses, reply, firstTime),
                        parts.services().executor())
                .thenCompose(Function.identity());
    }

    private Grant unanswered(String id, List<LimitUse> uses, Throwable failure) {
        parts.contact().lost(failure);
        synchronized (this) {
            return answerUnasked(id, uses, true);
        }
    }

    /**
     * Answers without having been told anything: alone only if the others, too, can't but do so. Guarded by this.
     *
     * @param sent whether it may have been reserved all the same
     */
    private Grant answerUnasked(String id, List<LimitUse> uses, boolean sent) {
        Contact contact = parts.contact();
        boolean moment = contact.isUp() ? trouble == null : !contact.isDecided() || contact.isDoubtful();
        return moment ? refuse(id, uses, sent, new Grant.Refused(uses.get(0), MOMENT)) : answerAlone(id, uses, sent);
    }

    /** Guarded by this. */
    private Grant refuse(String id, List<LimitUse> uses, boolean sent, Grant refusal) {
        if (sent) {
            HeldGrant grant = new HeldGrant(id, uses, nanoTime(), true);
            grant.release();
            grant.setCounted();
            held.put(id, grant);
        }
        return refusal;
    }

    private CompletionStage<Grant> answered(String id, List<LimitUse> uses, LimitsReply reply, boolean firstTime) {
        noteTime(reply);
        if (reply.verdict() == Verdict.LATE && firstTime) {
            return ask(id, uses, false);
        }
        Grant grant;
        synchronized (this) {
            grant = switch (reply.verdict()) {
                case DONE -> granted(id, uses, reply);
                case REFUSED -> refused(uses, reply);
                case CHANGED -> {
                    change(reply.epoch());
                    yield new Grant.Refused(uses.get(0), MOMENT);
                }
                case CAREFUL -> answerAlone(id, uses, false);
                case LATE -> new Grant.Refused(uses.get(0), MOMENT);
            };
        }
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

    /** Guarded by this. */
    private Grant granted(String id, List<LimitUse> uses, LimitsReply reply) {
        HeldGrant grant = new HeldGrant(id, uses, nanoTime(), true);
        join(reply.epoch());
        grant.setEntered(reply.epoch().equals(epoch));
        uses.forEach(use -> limit(use).granted(use.amount(), nanoTime()));
        if (asked(uses, reply)) {
            grant.setCounted();
        } else {
            uses.forEach(use -> limit(use).addSinceAsked(use.amount()));
        }
        hold(grant);
        return new Grant.Granted(id);
    }

    /** Guarded by this. */
    private Grant refused(List<LimitUse> uses, LimitsReply reply) {
        join(reply.epoch());
        asked(uses, reply);
        return new Grant.Refused(uses.get(reply.refuser()), Duration.ofMillis(Math.max(1, reply.waitMillis())));
    }

    /** Guarded by this. */
    private void join(String found) {
        if (epoch.isEmpty()) {
            epoch = found;
        }
    }

    /** While something isn't entered yet, what is left there isn't the truth. Guarded by this. */
    private boolean asked(List<LimitUse> uses, LimitsReply reply) {
        boolean complete = held.values().stream().allMatch(HeldGrant::isCounted);
        long now = nanoTime();
        for (int i = 0; complete && i < uses.size(); i++) {
            limit(uses.get(i)).asked(reply.left().get(i), now);
        }
        return complete;
    }

    /** Guarded by this. */
    private void touch(List<LimitUse> uses) {
        long now = nanoTime();
        uses.forEach(use -> limit(use).touch(use.limit(), now));
    }

    /**
     * Answers from what is known here. Guarded by this.
     *
     * @param sent whether it may have been reserved all the same
     */
    private Grant answerAlone(String id, List<LimitUse> uses, boolean sent) {
        Optional<Grant> refusal = refusal(uses);
        if (refusal.isPresent()) {
            return refuse(id, uses, sent, refusal.get());
        }
        hold(new HeldGrant(id, uses, nanoTime(), sent));
        uses.forEach(use -> limit(use).addSinceAsked(use.amount()));
        shared.alone().run();
        return new Grant.Granted(id);
    }

    /** Guarded by this. */
    private Optional<Grant> refusal(List<LimitUse> uses) {
        int processes = parts.contact().shares();
        LimitUse by = null;
        long longest = 0;
        for (LimitUse use : uses) {
            long wait = limit(use).waitNanos(use.amount(), processes, nanoTime());
            if (wait > longest) {
                longest = wait;
                by = use;
            }
        }
        return by == null
                ? Optional.empty()
                : Optional.of(new Grant.Refused(by, Duration.ofNanos(Math.min(longest, LONGEST_WAIT_NANOS))));
    }

    /** Guarded by this. */
    private void hold(HeldGrant grant) {
        held.put(grant.id(), grant);
        grant.uses().forEach(use -> limit(use).hold(use.amount()));
    }

    /** Ends a grant; one that isn't in flight is left alone. */
    void settle(String id, OptionalLong tokens, Duration sinceArrival) {
        HeldGrant grant;
        synchronized (this) {
            grant = held.get(id);
            if (grant == null || grant.state() != HeldGrant.State.IN_FLIGHT) {
                return;
            }
            settle(grant, tokens, nanoTime() - sinceArrival.toNanos());
        }
        end(grant);
    }

    /** Guarded by this. */
    private void settle(HeldGrant grant, OptionalLong tokens, long atNanos) {
        grant.settle(tokens, atNanos);
        endHere(grant, atNanos);
    }

    /** Ends a grant of which nothing was used. */
    void release(String id) {
        HeldGrant grant;
        synchronized (this) {
            grant = held.get(id);
            if (grant == null || grant.state() != HeldGrant.State.IN_FLIGHT) {
                return;
            }
            grant.release();
            endHere(grant, nanoTime());
            if (!grant.isSent() && !grant.isEntered() && !entering) {
                held.remove(id);
                return;
            }
        }
        end(grant);
    }

    /** Guarded by this. */
    private void endHere(HeldGrant grant, long atNanos) {
        for (LimitUse use : grant.uses()) {
            long used = grant.used(use);
            limit(use).end(use.amount(), used, atNanos);
            if (!grant.isCounted()) {
                limit(use).addSinceAsked(used - use.amount());
            }
        }
    }

    /** Sends the end of a grant if the time has come; if not, or if it gets lost, that is done when all is entered. */
    private void end(HeldGrant grant) {
        LimitsCall call;
        Duration since;
        synchronized (this) {
            if (!parts.contact().isUp() || !grant.isEntered() || grant.isEnding()) {
                return;
            }
            grant.setEnding(true);
            call = call(grant.uses().stream().map(Ledger::size).toList());
            since = Duration.ofNanos(nanoTime() - grant.arrivedAtNanos());
        }
        List<Long> used = grant.uses().stream().map(grant::used).toList();
        parts.commands()
                .end(call, grant.id(), since, used)
                .whenCompleteAsync(
                        (done, failure) -> ended(grant, failure),
                        parts.services().executor());
    }

    private void ended(HeldGrant grant, @Nullable Throwable failure) {
        synchronized (this) {
            grant.setEnding(false);
            if (failure == null) {
                held.remove(grant.id());
            }
        }
        if (failure != null) {
            parts.contact().lost(failure);
        }
    }

    @Override
    public CompletionStage<Void> met() {
        return enter();
    }

    @Override
    public synchronized void lost() {
        inStep = false;
    }

    /** Returns why this organization's limits can't be shared although others' can. */
    synchronized Optional<Throwable> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Enters what isn't known there, and looks what is left. */
    private CompletionStage<Void> enter() {
        Entry entry;
        synchronized (this) {
            more = entering;
            if (entering) {
                return CompletableFuture.completedFuture(null);
            }
            entering = true;
            tidy(nanoTime());
            entry = entry();
        }
        return parts.commands()
                .enter(entry.call(), parts.tokens().process(), entry.entries(), entry.dated())
                .handleAsync(
                        (reply, failure) -> entered(entry, reply, failure),
                        parts.services().executor())
                .thenCompose(again -> again ? enter() : CompletableFuture.completedFuture(null));
    }

    /** Guarded by this. */
    private Entry entry() {
        List<LimitName> names = List.copyOf(limits.keySet());
        long now = nanoTime();
        List<HeldGrant> missing = held.values().stream()
                .filter(grant -> !grant.isEntered() && grant.state() != HeldGrant.State.RELEASED)
                .toList();
        List<HeldGrant> grants = missing.subList(0, Math.min(missing.size(), MOST_ENTRIES));
        List<LimitSize> sizes = new ArrayList<>();
        limits.forEach((name, own) ->
                sizes.add(new LimitSize(name, own.limit().amount(), own.limit().window())));
        List<GrantEntry> entries =
                grants.stream().map(grant -> grantEntry(grant, names, now)).toList();
        List<DatedEntry> dated = lost == null
                ? List.of()
                : lost.stream()
                        .filter(use -> limits.containsKey(use.limit()))
                        .map(use -> new DatedEntry(
                                new Use(names.indexOf(use.limit()), use.use().amount()),
                                Duration.ofNanos(now - use.use().atNanos())))
                        .toList();
        return new Entry(call(sizes), grants, entries, dated, grants.size() == missing.size());
    }

    private GrantEntry grantEntry(HeldGrant grant, List<LimitName> names, long now) {
        List<Use> uses = grant.uses().stream()
                .filter(use -> limits.containsKey(LimitName.of(use)))
                .map(use -> new Use(names.indexOf(LimitName.of(use)), use.amount()))
                .toList();
        // One that has ended is in flight there only until its end arrives, which comes next.
        Duration lease = grant.state() == HeldGrant.State.IN_FLIGHT
                ? parts.lease().minusNanos(now - grant.reservedAtNanos())
                : parts.lease();
        return new GrantEntry(grant.id(), lease, uses);
    }

    /** Returns whether there is more to enter. */
    private boolean entered(Entry entry, @Nullable LimitsReply reply, @Nullable Throwable failure) {
        List<HeldGrant> toEnd;
        boolean again;
        synchronized (this) {
            entering = false;
            trouble = failure == null ? null : Contact.causeOf(failure);
            if (reply != null) {
                noteTime(reply);
                take(entry, reply);
            }
            again = reply != null && (more || reply.verdict() != Verdict.DONE || !entry.whole());
            more = false;
            toEnd = held.values().stream()
                    .filter(grant -> grant.state() != HeldGrant.State.IN_FLIGHT)
                    .toList();
        }
        if (failure != null && !(Contact.causeOf(failure) instanceof RefusedCommandException)) {
            parts.contact().lost(failure);
        }
        toEnd.forEach(this::end);
        return again;
    }

    /** Guarded by this. */
    private void take(Entry entry, LimitsReply reply) {
        if (reply.verdict() == Verdict.CHANGED) {
            change(reply.epoch());
        } else if (reply.verdict() == Verdict.DONE) {
            join(reply.epoch());
            entry.grants().forEach(grant -> grant.setEntered(true));
            releaseUnknown();
            lost = null;
            more |= !inStep && held.values().stream().anyMatch(grant -> !grant.isEntered());
            inStep = entry.whole() && parts.contact().isUp();
            if (reply.careful().isZero() && entry.whole()) {
                askedAll(entry, reply);
            }
        }
    }

    /** What was refused here but may be reserved there is let go of there. Guarded by this. */
    private void releaseUnknown() {
        held.values().stream()
                .filter(grant -> grant.state() == HeldGrant.State.RELEASED)
                .forEach(grant -> grant.setEntered(true));
    }

    /** Guarded by this. */
    private void askedAll(Entry entry, LimitsReply reply) {
        held.values().stream().filter(HeldGrant::isEntered).forEach(HeldGrant::setCounted);
        long now = nanoTime();
        for (int i = 0; i < entry.call().limits().size(); i++) {
            OwnLimit own = limits.get(entry.call().limits().get(i).name());
            if (own != null) {
                own.asked(reply.left().get(i), now);
            }
        }
        held.values().stream()
                .filter(grant -> !grant.isCounted())
                .forEach(grant -> grant.uses().forEach(use -> limit(use).addSinceAsked(grant.used(use))));
    }

    /** Another epoch: all that was entered is gone. Guarded by this. */
    private void change(String found) {
        if (found.equals(epoch)) {
            return;
        }
        epoch = found;
        inStep = false;
        long now = nanoTime();
        List<DatedUse> all = new ArrayList<>();
        limits.forEach((name, own) -> {
            own.uses().sum(now, own.windowNanos());
            own.uses().all().forEach(use -> all.add(new DatedUse(name, use)));
        });
        lost = all;
        held.values().removeIf(grant -> grant.state() != HeldGrant.State.IN_FLIGHT);
        held.values().forEach(grant -> grant.setEntered(false));
    }

    /** Lets go of what time has ended. Guarded by this. */
    private void tidy(long now) {
        for (Iterator<HeldGrant> each = held.values().iterator(); each.hasNext(); ) {
            HeldGrant grant = each.next();
            long expiry = grant.reservedAtNanos() + parts.lease().toNanos();
            if (grant.state() == HeldGrant.State.IN_FLIGHT && now - expiry >= 0) {
                settle(grant, OptionalLong.empty(), expiry);
                shared.forget().accept(grant.id());
            }
            if (grant.state() == HeldGrant.State.SETTLED && hasLeft(grant, now)) {
                each.remove();
            }
        }
        limits.values().removeIf(own -> own.isIdle(now));
    }

    private static boolean hasLeft(HeldGrant grant, long now) {
        return grant.uses().stream()
                .allMatch(use ->
                        now - grant.arrivedAtNanos() > use.limit().window().toNanos());
    }

    /** Guarded by this. */
    private OwnLimit limit(LimitUse use) {
        return limits.computeIfAbsent(LimitName.of(use), name -> open(name, use.limit()));
    }

    private OwnLimit open(LimitName name, Limit limit) {
        OwnLimit own = new OwnLimit(limit);
        shared.survey()
                .of(CoordinationKeys.place(organization, name))
                .ifPresent(sight -> own.asked(limit.amount() - sight.used(), sight.atNanos()));
        return own;
    }

    /** Adds the places of the limits it uses, and for how long they are worth knowing. */
    synchronized void addPlaces(Map<String, Duration> places) {
        limits.forEach((name, own) -> places.put(
                CoordinationKeys.place(organization, name), own.limit().window().plus(parts.lease())));
    }

    /** Guarded by this. */
    private LimitsCall call(List<LimitSize> sizes) {
        long notAfter = parts.contact().clock().notAfterMillis(parts.timeout(), nanoTime());
        return new LimitsCall(organization, epoch, parts.tokens().random(), notAfter, parts.lease(), sizes);
    }

    private static LimitSize size(LimitUse use) {
        return new LimitSize(
                LimitName.of(use), use.limit().amount(), use.limit().window());
    }

    private long nanoTime() {
        return parts.services().nanoTime();
    }
}
