package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.CoordinationCommands.LimitSize;
import dev.whippletree.cache.redis.CoordinationCommands.LimitsCall;
import dev.whippletree.cache.redis.CoordinationCommands.LimitsReply;
import dev.whippletree.cache.redis.CoordinationCommands.Verdict;
import dev.whippletree.cache.redis.Holdings.DatedUse;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the limits of one organization stand between this process and the others: what is held here, in which epoch, and
 * whether all of it is known there. It decides, and {@link Ledgers} sends. Thread-safe: each method is one step,
 * guarded by this; none blocks.
 *
 * <p><b>In step.</b> While there is contact and everything used here is known there, each reservation is one question.
 * Where the trouble may be this process's own, it is put off for a moment: the others go on, and don't leave it a part.
 * Otherwise it is answered from what is known here ({@link OwnLimit}), and the grant is entered when that is possible
 * again: under its id, so that one whose answer was lost isn't counted twice. A grant is ended there only after it is
 * known to have been entered.
 *
 * <p><b>Epochs.</b> What is shared can be lost as a whole, and begins anew with another epoch. A process that sees one
 * enters its dated uses of the last window, as they were at that moment, and its grants in flight. Until all have had
 * the time to, everybody answers from what was known before.
 */
final class Ledger {

    /** Retry after this while contact is unknown, or while processes enter what was lost. */
    private static final Duration MOMENT = Duration.ofMillis(100);

    private final String organization;
    private final Ledgers.Parts parts;
    private final Contact contact;
    private final Holdings holdings;
    private List<DatedUse> lost = List.of();
    private String epoch = "";
    private boolean inStep;
    private boolean entering;
    private boolean more;
    private long alone;
    private @Nullable Throwable trouble;

    /**
     * The end of a grant, as it is sent.
     *
     * @param used of each of its limits
     */
    record Ending(LimitsCall call, String grant, Duration sinceArrival, List<Long> used) {}

    /**
     * What is to be entered, and what has become of grants meanwhile.
     *
     * @param expired the grants that nobody has ended in time
     */
    record Start(Entry entry, List<String> expired) {}

    Ledger(String organization, Ledgers.Parts parts, UsageSync usageSync) {
        this.organization = organization;
        this.parts = parts;
        this.contact = parts.contact();
        this.holdings = new Holdings(organization, usageSync);
        this.inStep = contact.isUp();
    }

    /** Returns the question to ask Redis about a reservation; empty if it has to be answered without. */
    synchronized Optional<LimitsCall> question(List<LimitUse> uses) {
        holdings.touch(uses, nanoTime());
        return inStep && contact.isUp() ? Optional.of(call(sizes(uses))) : Optional.empty();
    }

    /**
     * Answers without Redis: from this process's own share, or for now not at all if the others may still reach Redis,
     * or are of another version.
     *
     * @param sent whether it may have been reserved all the same
     */
    synchronized Grant answerUnasked(String id, List<LimitUse> uses, boolean sent) {
        boolean moment =
                contact.isUp() ? trouble == null : !contact.isDecided() || contact.isDoubtful() || contact.isBarred();
        return moment ? refuse(id, uses, sent, putOff(uses)) : answerAlone(id, uses, sent);
    }

    private Grant answerAlone(String id, List<LimitUse> uses, boolean sent) {
        Optional<Grant> refusal = holdings.refusal(uses, contact.shares(), nanoTime());
        if (refusal.isPresent()) {
            return refuse(id, uses, sent, refusal.get());
        }
        holdings.holdUncounted(new HeldGrant(id, uses, nanoTime(), sent));
        alone++;
        return new Grant.Granted(id);
    }

    private Grant refuse(String id, List<LimitUse> uses, boolean sent, Grant refusal) {
        if (sent) {
            holdings.keepRefused(id, uses, nanoTime());
        }
        return refusal;
    }

    private static Grant putOff(List<LimitUse> uses) {
        return new Grant.Refused(uses.get(0), MOMENT);
    }

    /** Answers with Redis's reply. */
    synchronized Grant answer(String id, List<LimitUse> uses, LimitsReply reply) {
        return switch (reply.verdict()) {
            case DONE -> grant(id, uses, reply);
            case REFUSED -> refuse(uses, reply);
            case CHANGED -> {
                change(reply.epoch());
                yield putOff(uses);
            }
            case CAREFUL -> answerAlone(id, uses, false);
            case LATE -> putOff(uses);
        };
    }

    private Grant grant(String id, List<LimitUse> uses, LimitsReply reply) {
        HeldGrant grant = new HeldGrant(id, uses, nanoTime(), true);
        join(reply.epoch());
        grant.setEntered(reply.epoch().equals(epoch));
        holdings.holdGranted(grant, reply.left(), nanoTime());
        return new Grant.Granted(id);
    }

    private Grant refuse(List<LimitUse> uses, LimitsReply reply) {
        join(reply.epoch());
        holdings.asked(uses, reply.left(), nanoTime());
        LimitUse refuser = uses.get(reply.refuser());
        long longest = refuser.limit().window().toMillis();
        return new Grant.Refused(refuser, Duration.ofMillis(Math.max(1, Math.min(longest, reply.waitMillis()))));
    }

    /** Settles a grant; one that isn't in flight is left alone. Returns what has to be sent of it now. */
    synchronized Optional<Ending> settle(String id, Optional<TokenCount> tokens, Duration sinceArrival) {
        Optional<HeldGrant> settled = holdings.findInFlight(id);
        settled.ifPresent(grant -> holdings.settle(grant, tokens, nanoTime() - sinceArrival.toNanos()));
        return settled.flatMap(this::ending);
    }

    /** Ends a grant of which nothing was used, or does nothing. Returns what has to be sent of it now. */
    synchronized Optional<Ending> release(String id) {
        Optional<HeldGrant> released = holdings.findInFlight(id);
        released.ifPresent(grant -> {
            holdings.release(grant, nanoTime());
            if (!grant.isSent() && !grant.isEntered() && !entering) {
                holdings.remove(id);
            }
        });
        return released.flatMap(this::ending);
    }

    /** Returns what has to be sent now of all grants that have ended. */
    synchronized List<Ending> endings() {
        return holdings.ended().stream()
                .flatMap(grant -> ending(grant).stream())
                .toList();
    }

    /** Returns nothing if the time hasn't come: it does when all is entered. */
    private Optional<Ending> ending(HeldGrant grant) {
        if (!contact.isUp() || trouble != null || !grant.isEntered() || grant.isEnding()) {
            return Optional.empty();
        }
        grant.setEnding(true);
        Duration since = Duration.ofNanos(nanoTime() - grant.arrivedAtNanos());
        List<Long> used = grant.uses().stream().map(grant::used).toList();
        return Optional.of(new Ending(call(sizes(grant.uses())), grant.id(), since, used));
    }

    /** Notes that the end of a grant was sent, and whether Redis confirmed it. */
    synchronized void ended(String id, boolean arrived) {
        holdings.find(id).ifPresent(grant -> grant.setEnding(false));
        if (arrived) {
            holdings.remove(id);
        }
    }

    /** Returns what isn't known there; nothing while that is under way, and then it begins again afterwards. */
    synchronized Optional<Start> startEntering() {
        more = entering;
        if (entering) {
            return Optional.empty();
        }
        entering = true;
        long now = nanoTime();
        List<String> expired = holdings.tidy(parts.lease(), now);
        Entry entry = Entry.of(call(holdings.sizes()), holdings.missing(), lost, now);
        entry.held().forEach(HeldGrant::setSent);
        return Optional.of(new Start(entry, expired));
    }

    /**
     * Takes what was said there of an entry.
     *
     * @param reply absent if there was a failure
     * @return whether there is more to enter
     */
    synchronized boolean entered(Entry entry, @Nullable LimitsReply reply, @Nullable Throwable failure) {
        entering = false;
        trouble = failure == null ? null : Cause.of(failure);
        if (reply != null) {
            take(entry, reply);
        }
        boolean again = reply != null && (more || !isDone(reply) || !entry.whole());
        more = false;
        return again;
    }

    private void take(Entry entry, LimitsReply reply) {
        if (reply.verdict() == Verdict.DONE) {
            join(reply.epoch());
        }
        if (reply.verdict() == Verdict.CHANGED) {
            change(reply.epoch());
        } else if (isDone(reply)) {
            holdings.entered(entry.held());
            lost = List.of();
            more |= !inStep && !holdings.isAllEntered();
            inStep = entry.whole() && contact.isUp();
            if (reply.careful().isZero() && entry.whole()) {
                holdings.askedAll(entry.call().limits(), reply.left(), nanoTime());
            }
        }
    }

    /** A reply from a former epoch says nothing about this one. */
    private boolean isDone(LimitsReply reply) {
        return reply.verdict() == Verdict.DONE && reply.epoch().equals(epoch);
    }

    private void join(String found) {
        if (epoch.isEmpty()) {
            epoch = found;
        }
    }

    /** Begins another epoch: everything entered before is lost. */
    private void change(String found) {
        if (!found.equals(epoch)) {
            epoch = found;
            inStep = false;
            lost = holdings.beginAnew(nanoTime());
        }
    }

    /** Notes that contact is lost, or that these limits can't be asked about although there is contact. */
    synchronized void fallOut() {
        inStep = false;
    }

    /** Returns why this organization's limits can't be shared although others' can. */
    synchronized Optional<Throwable> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Returns how many grants were made without asking. */
    synchronized long alone() {
        return alone;
    }

    /** Adds the places of the limits it uses, and for how long they are worth knowing. */
    synchronized void addPlaces(Map<String, Duration> places) {
        holdings.sizes()
                .forEach(size -> places.put(
                        RedisKeys.place(organization, size.name()),
                        size.window().plus(parts.lease())));
    }

    private LimitsCall call(List<LimitSize> sizes) {
        long notAfter = contact.clock().notAfterMillis(parts.timeout(), nanoTime());
        return new LimitsCall(organization, epoch, parts.tokens().random(), notAfter, parts.lease(), sizes);
    }

    private static List<LimitSize> sizes(List<LimitUse> uses) {
        return uses.stream()
                .map(use -> new LimitSize(
                        LimitName.of(use), use.limit().amount(), use.limit().window()))
                .toList();
    }

    private long nanoTime() {
        return parts.services().nanoTime();
    }
}
