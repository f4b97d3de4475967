package dev.whippletree.cache.redis.limits;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.CoordinationCommands.AskerEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.AttemptReply;
import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.Trade;
import dev.whippletree.cache.redis.contact.CoordinationCommands.TradeReply;
import dev.whippletree.cache.redis.contact.LimitName;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.cache.redis.link.Cause;
import dev.whippletree.cache.redis.link.ShardUnavailableException;
import dev.whippletree.cache.redis.link.TooManyCommandsException;
import dev.whippletree.model.Priority;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.TenantTurn;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How the limits of one organization stand between this process and the others: its {@link Block}s, what is in flight,
 * and what the others haven't been told. It decides, and {@link Accounts} sends. Thread-safe: each method is one step,
 * guarded by this; none blocks.
 *
 * <p><b>In step.</b> While there is contact, an attempt that fits into the free parts of its limits' blocks asks
 * nobody. Others wait for the next trade, which is sent at once unless one is under way. Where the trouble may be this
 * process's own, attempts are put off for a moment: the others go on, and don't leave it a part. Otherwise they are
 * answered from what is known here, and the next trade tells what came of that.
 *
 * <p><b>Trades.</b> A trade states blocks as they are, so one that is lost is made good by the next. Uses are counted
 * once a number: those of a trade that wasn't answered are sent again, as they were and under the same number, and what
 * has ended since waits until the one after.
 *
 * <p><b>Losses.</b> What is shared can be lost as a whole, and begins anew with another epoch; or only the last of it,
 * and then Redis's number of this process's uses is below the one that it had answered. A process that sees either
 * tells again what it had told under later numbers. Until all have had the time to, attempts are put off; and so they
 * are after a time without contact, as long as that was, and {@link LastLook#APART_NANOS} at most, or if Redis refused
 * commands, since then others are back by their beats.
 */
final class Account {

    /** Retry after this while contact is unknown, or while processes enter what was lost. */
    private static final Duration MOMENT = Duration.ofMillis(100);

    /** So long after a trade was sent, its free parts may be started. In Redis they last longer. */
    private static final Duration FREE = Contact.INTERVAL;

    /** Between trades that nobody waits for: fewer than one for five calls, if ten are started a second. */
    private static final Duration PACE = Duration.ofMillis(600);

    /** In one step: a millisecond's work there. */
    private static final int MOST_ATTEMPTS = 32;

    /** Nobody but somebody else has let a later turn arrive. */
    private static final long TURNS_AHEAD = 1_000;

    /** When something can have changed for one who can't ask. */
    private static final long LONGEST_WAIT_NANOS = Contact.INTERVAL.toNanos();

    private final String organization;
    private final Accounts.Parts parts;
    private final Contact contact;
    private final UsageSync usageSync;
    private final Map<LimitName, Block> blocks = new LinkedHashMap<>();

    /** From the first that was started on. */
    private final Map<String, Flying> flying = new LinkedHashMap<>();

    private final Askers askers = new Askers();
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    /** What is decided, and is to be given once the lock is free. */
    private final List<Runnable> answers = new ArrayList<>();

    /** The one that the others were in when last told; empty if they count nothing of this process. */
    private String epoch = "";

    /** What the uses that are told are counted under. */
    private long number;

    private long turn;
    private long sentNanos;
    private long freeUntilNanos;

    /** From when on it is in step; null until the others answer again. */
    private @Nullable Long inStepFromNanos;

    private long outOfStepAtNanos;
    private int tradedOnConnection;
    private boolean trading;
    private CompletableFuture<Void> over = CompletableFuture.completedFuture(null);
    private boolean more;
    private boolean timed;

    /** Whether something has been started or has ended since the last trade was sent. */
    private boolean news;

    private long alone;
    private @Nullable Throwable trouble;

    /** An attempt that may be under way. */
    private record Flying(List<LimitUse> uses, long startedNanos) {}

    private record Waiting(String id, List<LimitUse> uses, TenantTurn turn, CompletableFuture<Grant> answer) {}

    /**
     * A trade that is to be sent.
     *
     * @param asked the attempts that it asks for
     * @param changes whose turns other processes don't ask for any more, as far as this one knows
     * @param over ends, normally, when what becomes of it has been taken
     */
    record Sent(Trade trade, List<Waiting> asked, List<Askers.Spread> changes, CompletableFuture<Void> over) {}

    /**
     * What comes of a trade.
     *
     * @param answers are to be given
     * @param again after which time another has to follow, since this process hasn't caught up yet; absent if it has
     * @param awaited whether somebody waits for another
     * @param changes whose turns another number of processes asks for
     */
    record Outcome(List<Runnable> answers, Optional<Duration> again, boolean awaited, List<Askers.Spread> changes) {}

    Account(String organization, Accounts.Parts parts, UsageSync usageSync) {
        this.organization = organization;
        this.parts = parts;
        this.contact = parts.contact();
        this.usageSync = usageSync;
        this.outOfStepAtNanos = contact.lostAtNanos();
        getInStep(contact.metAtNanos());
    }

    private boolean isInStep() {
        return inStepFromNanos != null && nanoTime() - inStepFromNanos >= 0;
    }

    /** What is seen of Redis from now on may lack what others haven't entered again. */
    private void fallOutOfStep() {
        if (isInStep()) {
            outOfStepAtNanos = nanoTime();
            blocks.values().forEach(Block::forgetAwaited);
        }
        inStepFromNanos = null;
    }

    /** The others have answered since then: it will be in step when they had the time to enter what they used alone. */
    private void getInStep(long sinceNanos) {
        if (inStepFromNanos == null && (contact.isUp() || !contact.isDecided())) {
            boolean byBeats = trouble != null || contact.isRefused();
            long away = byBeats ? LastLook.APART_NANOS : sinceNanos - outOfStepAtNanos;
            inStepFromNanos = sinceNanos + Math.min(away, LastLook.APART_NANOS);
        }
    }

    /** Answers an attempt, at once or by the next trade. */
    synchronized CompletionStage<Grant> reserve(String id, List<LimitUse> uses, TenantTurn turn) {
        long now = nanoTime();
        uses.forEach(use -> block(use).touch(use.limit(), now));
        if (now - freeUntilNanos < 0 && uses.stream().allMatch(use -> block(use).hasFree(use.amount()))) {
            uses.forEach(use -> block(use).startFree(use.amount(), now));
            news = true;
            return CompletableFuture.completedFuture(fly(id, uses));
        }
        if (!isInStep() || !contact.isUp()) {
            return CompletableFuture.completedFuture(answerUnasked(id, uses));
        }
        Waiting attempt = new Waiting(id, uses, turn, new CompletableFuture<>());
        if (uses.stream().anyMatch(use -> block(use).isShared(now))) {
            askers.ask(turn, 0, now);
        }
        waiting.add(attempt);
        return attempt.answer();
    }

    private Grant fly(String id, List<LimitUse> uses) {
        flying.put(id, new Flying(uses, nanoTime()));
        return new Grant.Granted(id);
    }

    /**
     * Answers without Redis: from this process's own share, or for now not at all if the others may still reach Redis,
     * or are of another version.
     */
    private Grant answerUnasked(String id, List<LimitUse> uses) {
        boolean moment =
                contact.isUp() ? trouble == null : !contact.isDecided() || contact.isDoubtful() || contact.isBarred();
        return moment ? new Grant.Refused(uses.get(0), MOMENT) : answerAlone(id, uses);
    }

    private Grant answerAlone(String id, List<LimitUse> uses) {
        long now = nanoTime();
        LimitUse by = null;
        long longest = 0;
        for (LimitUse use : uses) {
            Block block = block(use);
            if (now - freeUntilNanos >= 0) {
                block.loseFree();
            }
            recallSight(use, block);
            long wait = block.waitNanos(use.amount(), contact.shares(), now);
            if (wait > longest) {
                longest = wait;
                by = use;
            }
        }
        if (by != null) {
            return new Grant.Refused(by, Duration.ofNanos(Math.min(longest, LONGEST_WAIT_NANOS)));
        }
        uses.forEach(use -> block(use).start(use.amount(), now));
        alone++;
        return fly(id, uses);
    }

    private void recallSight(LimitUse use, Block block) {
        usageSync
                .of(RedisKeys.place(organization, LimitName.of(use)))
                .filter(sight -> sight.atNanos() - outOfStepAtNanos <= 0)
                .ifPresent(sight -> block.seen(use.limit().amount() - sight.used(), sight.atNanos()));
    }

    /** Ends an attempt that was used; one that isn't in flight is left alone. */
    synchronized void settle(String id, Optional<TokenCount> tokens, Duration sinceArrival) {
        end(id, use -> use.counted(tokens), nanoTime() - sinceArrival.toNanos());
    }

    synchronized void release(String id) {
        end(id, use -> 0, nanoTime());
    }

    private void end(String id, ToLongFunction<LimitUse> used, long atNanos) {
        Flying ended = flying.remove(id);
        if (ended != null) {
            news = true;
            ended.uses().forEach(use -> block(use).end(use.amount(), used.applyAsLong(use), atNanos));
        }
    }

    /** Enters what was used of a limit before it was shared, if nothing is known to have been used of it since. */
    synchronized void enter(LimitUse limit, Map<Duration, Long> uses) {
        long now = nanoTime();
        Block block = block(limit);
        block.touch(limit.limit(), now);
        if (block.isUnused(now)) {
            news = true;
            uses.forEach((ago, amount) -> block.end(0, amount, now - ago.toNanos()));
        }
    }

    /** Returns whether to trade with a beat: to catch up, or because the others count something that is held here. */
    synchronized boolean isToTrade() {
        forgetIdle(nanoTime());
        if (isEmpty() && trouble == null) {
            getInStep(nanoTime());
            return false;
        }
        boolean behind = !isInStep()
                || trouble != null
                || isUnanswered()
                || askers.hasLapsed(nanoTime())
                || tradedOnConnection != contact.connections();
        return behind || (isCounted() && nanoTime() - sentNanos >= PACE.toNanos());
    }

    /** Returns after which time to trade though nobody waits; absent if that is known, or there is nothing to tell. */
    synchronized Optional<Duration> timer() {
        if (timed || trading || !news || !isInStep() || !contact.isUp()) {
            return Optional.empty();
        }
        timed = true;
        long rest = sentNanos + PACE.toNanos() - nanoTime();
        return Optional.of(Duration.ofNanos(Math.max(0, rest)));
    }

    /** That time has passed: returns whether no other trade has come before. */
    synchronized boolean isDue() {
        timed = false;
        return isInStep() && contact.isUp() && nanoTime() - sentNanos >= PACE.toNanos();
    }

    /** Returns the next trade; nothing while one is under way, and then it comes afterwards. */
    synchronized Optional<Sent> startTrade() {
        more = trading;
        if (trading) {
            return Optional.empty();
        }
        trading = true;
        tradedOnConnection = contact.connections();
        long now = nanoTime();
        tidy(now);
        if (now - freeUntilNanos >= 0) {
            // Redis may have taken it back by now.
            blocks.values().forEach(Block::loseFree);
        }
        List<Waiting> asked = new ArrayList<>();
        while (!waiting.isEmpty() && asked.size() < MOST_ATTEMPTS) {
            asked.add(waiting.remove());
        }
        // What is free here doesn't suffice, and isn't to be in the way of what is asked for. What was forgotten is
        // there again.
        asked.forEach(attempt -> attempt.uses().forEach(use -> block(use).loseFree()));
        if (!isUnanswered()) {
            number++;
            blocks.values().forEach(block -> block.tell(number, now));
        }
        turn++;
        news = false;
        sentNanos = now;
        over = new CompletableFuture<>();
        List<Askers.Spread> changes = new ArrayList<>();
        Trade trade = trade(asked, askers.tell(now, changes), now);
        return Optional.of(new Sent(trade, asked, changes, over));
    }

    /** Ends, normally, when no trade is under way. */
    synchronized CompletionStage<Void> underWay() {
        return over;
    }

    /** Returns a last trade, which gives back what is free and tells what has ended, if there is any to be sent. */
    synchronized Optional<Trade> giveBack() {
        if (!isCounted() || !waiting.isEmpty()) {
            return Optional.empty();
        }
        blocks.values().forEach(Block::retire);
        return startTrade().map(Sent::trade);
    }

    /** Returns whether the others count anything of this process that may still change. */
    private boolean isCounted() {
        return blocks.values().stream().anyMatch(Block::isCounted);
    }

    /** Returns whether a trade that told uses wasn't answered. */
    private boolean isUnanswered() {
        return blocks.values().stream().anyMatch(block -> !block.unanswered().isEmpty());
    }

    private boolean isEmpty() {
        return !trading && blocks.isEmpty();
    }

    private Trade trade(List<Waiting> asked, List<AskerEntry> askedFor, long now) {
        List<LimitName> names = List.copyOf(blocks.keySet());
        List<BlockEntry> entries = new ArrayList<>();
        List<DatedEntry> uses = new ArrayList<>();
        blocks.forEach((name, block) -> {
            block.unanswered()
                    .forEach(use -> uses.add(
                            new DatedEntry(entries.size(), Duration.ofNanos(now - use.atNanos()), use.amount())));
            entries.add(block.state(name, !isInStep(), now));
        });
        List<List<Long>> attempts =
                asked.stream().map(each -> amounts(each, names)).toList();
        return new Trade(
                organization,
                epoch,
                parts.tokens().random(),
                parts.tokens().process(),
                turn,
                number,
                parts.lease().plus(FREE),
                entries,
                uses,
                attempts,
                askedFor);
    }

    private static List<Long> amounts(Waiting attempt, List<LimitName> names) {
        Map<LimitName, Long> amounts = new HashMap<>();
        attempt.uses().forEach(use -> amounts.put(LimitName.of(use), use.amount()));
        return names.stream().map(name -> amounts.getOrDefault(name, 0L)).toList();
    }

    /** Ends what was in flight for longer than a call may be, and counts as used. */
    private void tidy(long now) {
        while (!flying.isEmpty()) {
            Map.Entry<String, Flying> oldest = flying.entrySet().iterator().next();
            long expiry = oldest.getValue().startedNanos() + parts.lease().toNanos();
            if (now - expiry < 0) {
                break;
            }
            end(oldest.getKey(), use -> use.counted(Optional.empty()), expiry);
        }
        forgetIdle(now);
    }

    /** Who has nothing in the window has nothing to enter again, whatever epoch there is. */
    private void forgetIdle(long now) {
        if (askers.isNobody()) {
            blocks.values().removeIf(block -> block.isIdle(now));
        }
        if (isEmpty()) {
            epoch = "";
        }
    }

    /**
     * Takes what became of a trade.
     *
     * @param reply absent if there was a failure
     */
    synchronized Outcome answered(Sent sent, @Nullable TradeReply reply, @Nullable Throwable failure) {
        trading = false;
        Optional<Duration> again = reply == null ? fail(sent, failure) : take(sent, reply);
        boolean awaited = (more && reply != null) || (!waiting.isEmpty() && isInStep() && contact.isUp());
        more = false;
        List<Askers.Spread> changes = new ArrayList<>();
        if (reply != null) {
            askers.answered(reply.processes(), changes);
        }
        return new Outcome(takeAnswers(), again, awaited, changes);
    }

    /**
     * A shard that hasn't answered is asked once more, before it counts as missing. What this process couldn't send is
     * its own trouble, so it goes on trying.
     */
    private Optional<Duration> fail(Sent sent, @Nullable Throwable failure) {
        Throwable cause = failure == null ? null : Cause.of(failure);
        boolean ownTrouble = cause instanceof TooManyCommandsException;
        boolean again = contact.isUp() && (ownTrouble || (isInStep() && cause instanceof ShardUnavailableException));
        fallOutOfStep();
        trouble = again || !contact.isUp() ? null : cause;
        sent.asked().forEach(this::answerUnasked);
        drain();
        return again ? Optional.of(ownTrouble ? MOMENT : Duration.ZERO) : Optional.empty();
    }

    private void drain() {
        waiting.forEach(this::answerUnasked);
        waiting.clear();
    }

    private void answerUnasked(Waiting attempt) {
        give(attempt, answerUnasked(attempt.id(), attempt.uses()));
    }

    private Optional<Duration> take(Sent sent, TradeReply reply) {
        Optional<Duration> again = switch (reply.verdict()) {
            case DONE -> {
                told(sent, reply.epoch());
                getInStep(nanoTime());
                done(sent, reply);
                yield Optional.empty();
            }
            case CAREFUL -> {
                told(sent, reply.epoch());
                fallOutOfStep();
                inStepFromNanos = nanoTime() + reply.careful().toNanos();
                putOff(sent);
                yield Optional.of(reply.careful());
            }
            case CHANGED -> {
                change(sent, reply);
                putOff(sent);
                yield Optional.of(Duration.ZERO);
            }
            case LATE -> {
                turn += TURNS_AHEAD;
                news = true;
                putOff(sent);
                yield Optional.empty();
            }
        };
        trouble = null;
        return again;
    }

    private void told(Sent sent, String in) {
        epoch = in;
        sent.trade().blocks().forEach(said -> {
            Block block = blocks.get(said.name());
            if (block != null) {
                block.told(sent.trade().number(), said.window(), sentNanos);
            }
        });
    }

    private void done(Sent sent, TradeReply reply) {
        freeUntilNanos = sentNanos + FREE.toNanos();
        List<BlockEntry> said = sent.trade().blocks();
        for (int n = 0; n < sent.asked().size(); n++) {
            Waiting attempt = sent.asked().get(n);
            give(attempt, grant(attempt, reply.attempts().get(n), said));
        }
        for (int n = 0; n < said.size(); n++) {
            Block block = blocks.get(said.get(n).name());
            if (block != null) {
                block.answered(
                        reply.blocks().get(n),
                        isInStep(),
                        sentNanos,
                        parts.lease().plus(FREE));
            }
        }
    }

    private Grant grant(Waiting attempt, AttemptReply reply, List<BlockEntry> said) {
        if (reply.isGranted()) {
            long now = nanoTime();
            attempt.uses().forEach(use -> block(use).startGranted(use.amount(), now));
            return fly(attempt.id(), attempt.uses());
        }
        LimitName refuser = said.get(reply.refuser()).name();
        LimitUse by = attempt.uses().stream()
                .filter(use -> LimitName.of(use).equals(refuser))
                .findFirst()
                .orElse(attempt.uses().get(0));
        long longest = by.limit().window().toMillis();
        Duration wait = Duration.ofMillis(Math.max(1, Math.min(longest, reply.waitMillis())));
        askers.ask(attempt.turn(), wait.toNanos(), nanoTime());
        block(by).knowUntil(nanoTime() + wait.toNanos());
        return new Grant.Refused(by, wait);
    }

    private void putOff(Sent sent) {
        sent.asked()
                .forEach(attempt ->
                        give(attempt, new Grant.Refused(attempt.uses().get(0), MOMENT)));
    }

    private void give(Waiting attempt, Grant grant) {
        answers.add(() -> attempt.answer().complete(grant));
    }

    private List<Runnable> takeAnswers() {
        List<Runnable> taken = List.copyOf(answers);
        answers.clear();
        return taken;
    }

    /** What Redis hasn't counted of what was told is lost, and so is what was free. */
    private void change(Sent sent, TradeReply reply) {
        fallOutOfStep();
        epoch = reply.epoch();
        number++;
        Map<LimitName, Long> counted = new HashMap<>();
        for (int n = 0; n < reply.counted().size(); n++) {
            counted.put(sent.trade().blocks().get(n).name(), reply.counted().get(n));
        }
        blocks.forEach((name, block) -> {
            block.loseFree();
            block.tellAgain(counted.getOrDefault(name, 0L), number, nanoTime());
        });
    }

    /** Notes that contact is lost, as for all limits; returns the answers of those that waited for it. */
    synchronized List<Runnable> fallOut() {
        fallOutOfStep();
        trouble = null;
        drain();
        return takeAnswers();
    }

    /** Returns why this organization's limits can't be shared although others' can. */
    synchronized Optional<Throwable> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Returns how much all have left of a limit or, until this process is in step, its share; empty if unknown. */
    synchronized OptionalLong left(LimitUse use) {
        Block block = blocks.get(LimitName.of(use));
        if (contact.isUp() && isInStep()) {
            return block == null ? OptionalLong.empty() : block.left(nanoTime());
        }
        if (!contact.isDecided()) {
            return OptionalLong.empty();
        }
        Block cutOff = block == null ? new Block(use.limit()) : block;
        recallSight(use, cutOff);
        return OptionalLong.of(cutOff.leftAlone(contact.shares(), nanoTime()));
    }

    /** Returns what is held of the limits, and who waits; nothing if nothing is, and nobody does. */
    synchronized Optional<String> remark() {
        List<String> clauses = new ArrayList<>();
        blocks.forEach((name, block) -> {
            if (block.isHeld() || block.isAwaited()) {
                clauses.add(block.remark(name));
            }
        });
        if (!waiting.isEmpty()) {
            clauses.add(waiting.size() == 1 ? "a call waits for Redis" : waiting.size() + " calls wait for Redis");
        }
        List<String> asking = isInStep() ? askers.remarks(nanoTime()) : List.of();
        if (!asking.isEmpty()) {
            clauses.add("waiting: " + String.join(", ", asking));
        }
        return clauses.isEmpty()
                ? Optional.empty()
                : Optional.of(organization + ": " + String.join("; ", clauses) + ".");
    }

    /** Returns by how many processes a tenant's turns are asked for here. */
    synchronized int processesOf(String tenant, Priority priority) {
        return askers.processesOf(tenant, priority);
    }

    /** Returns how many attempts were granted without asking beyond the blocks. */
    synchronized long alone() {
        return alone;
    }

    /** Adds the places of the limits it uses, and for how long they are worth knowing. */
    synchronized void addPlaces(Map<String, Duration> places) {
        forgetIdle(nanoTime());
        blocks.forEach((name, block) -> places.put(
                RedisKeys.place(organization, name), block.limit().window().plus(parts.lease())));
    }

    private Block block(LimitUse use) {
        return blocks.computeIfAbsent(LimitName.of(use), name -> new Block(use.limit()));
    }

    private long nanoTime() {
        return parts.services().nanoTime();
    }
}
