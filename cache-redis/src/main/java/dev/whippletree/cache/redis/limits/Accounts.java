package dev.whippletree.cache.redis.limits;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.CoordinationCommands.TradeReply;
import dev.whippletree.cache.redis.contact.Tokens;
import dev.whippletree.cache.redis.link.Cause;
import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.model.TokenCount;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.TenantTurn;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The limits of all organizations, as this process shares them: what each organization's {@link Account} decides is
 * traded there, and what comes back is given to it. Thread-safe; no method blocks.
 */
public final class Accounts implements Contact.Member {

    private static final int MOST_REMARKS = 10;

    private static final int MOST_AT_ONCE = 64;

    /** In the name of a grant, between a token and the organization. */
    private static final char GRANT_OF = ' ';

    private final Map<String, Account> byOrganization = new ConcurrentHashMap<>();
    private final Parts parts;
    private final Contact contact;
    private final UsageSync usageSync;

    /**
     * What accounts work with.
     *
     * @param tokens this process's names
     * @param lease longest time a call may take
     * @param news tells the engine something, in order
     */
    public record Parts(
            CoordinationCommands commands,
            Contact contact,
            Tokens tokens,
            Services services,
            Duration lease,
            Consumer<Consumer<CoordinationListener>> news) {}

    public Accounts(Parts parts) {
        this.parts = parts;
        contact = parts.contact();
        usageSync = new UsageSync(parts.commands(), contact, parts.services(), this::places);
        contact.add(usageSync);
        contact.add(this);
    }

    private Map<String, Duration> places() {
        Map<String, Duration> places = new HashMap<>();
        byOrganization.values().forEach(account -> account.addPlaces(places));
        return places;
    }

    /** Reserves of all limits or none; all uses are of one organization. */
    public CompletionStage<Grant> reserve(List<LimitUse> uses, TenantTurn turn) {
        String organization = organization(uses);
        Account account = account(organization);
        String id = parts.tokens().next() + GRANT_OF + organization;
        return contact.tried().thenCompose(tried -> reserve(account, id, uses, turn));
    }

    private Account account(String organization) {
        return byOrganization.computeIfAbsent(organization, name -> new Account(name, parts, usageSync));
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

    private CompletionStage<Grant> reserve(Account account, String id, List<LimitUse> uses, TenantTurn turn) {
        CompletableFuture<Grant> grant = account.reserve(id, uses, turn).toCompletableFuture();
        if (grant.isDone()) {
            tradeSoon(account);
        } else {
            // Not at once: the engine may be about to ask for more.
            parts.services().executor().execute(() -> {
                var unused = trade(account);
            });
        }
        return grant;
    }

    public void settle(String grant, Optional<TokenCount> tokensUsed, Duration sinceArrival) {
        end(grant, account -> account.settle(grant, tokensUsed, sinceArrival));
    }

    public void release(String grant) {
        end(grant, account -> account.release(grant));
    }

    private void end(String grant, Consumer<Account> ending) {
        Account account = byOrganization.get(grant.substring(grant.indexOf(GRANT_OF) + 1));
        if (account != null) {
            ending.accept(account);
            tradeSoon(account);
        }
    }

    public void enter(LimitUse limit, Map<Duration, Long> uses) {
        Account account = account(limit.scope().organization());
        account.enter(limit, uses);
        tradeSoon(account);
    }

    /** Lets what nobody waits for be told in time. */
    private void tradeSoon(Account account) {
        account.timer()
                .ifPresent(delay -> parts.services().schedule(delay, () -> {
                    if (account.isDue()) {
                        var unused = trade(account);
                    } else {
                        tradeSoon(account);
                    }
                }));
    }

    @Override
    public CompletionStage<Void> met() {
        Queue<Account> all = byOrganization.values().stream()
                .filter(Account::isToTrade)
                .collect(Collectors.toCollection(ConcurrentLinkedQueue::new));
        return CompletableFuture.allOf(Stream.generate(() -> tradeInTurn(all).toCompletableFuture())
                .limit(Math.min(MOST_AT_ONCE, all.size()))
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Trades for one after the other: thousands at once would take longer than a command may. */
    private CompletionStage<Void> tradeInTurn(Queue<Account> all) {
        Account next = contact.isUp() ? all.poll() : null;
        if (next == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletionStage<Void> caughtUp = trade(next);
        return next.underWay().thenCompose(over -> tradeInTurn(all)).thenCombine(caughtUp, (others, own) -> null);
    }

    @Override
    public void lost() {
        byOrganization.values().forEach(account -> account.fallOut().forEach(Runnable::run));
    }

    /** Trades; ends, normally, once this process has caught up. */
    private CompletionStage<Void> trade(Account account) {
        Optional<Account.Sent> start = account.startTrade();
        if (start.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        Account.Sent sent = start.get();
        sent.changes().forEach(this::tell);
        return parts.commands()
                .trade(sent.trade())
                .handleAsync((reply, failure) -> answered(account, sent, reply, failure), this::execute)
                .thenCompose(again ->
                        again.map(delay -> tradeAfter(delay, account)).orElse(CompletableFuture.completedFuture(null)));
    }

    /** A process that closes has no executor any more, but what comes back ends the trade. */
    private void execute(Runnable task) {
        try {
            parts.services().executor().execute(task);
        } catch (RejectedExecutionException closed) {
            task.run();
        }
    }

    /** A tenant has one place in this process's line, whichever organizations it waits for: the latest is told last. */
    private synchronized void tell(Askers.Spread change) {
        int most = byOrganization.values().stream()
                .mapToInt(account -> account.processesOf(change.tenant(), change.priority()))
                .max()
                .orElse(1);
        parts.news().accept(listener -> listener.spread(change.tenant(), change.priority(), most));
    }

    private CompletionStage<Void> tradeAfter(Duration delay, Account account) {
        if (delay.isZero()) {
            return trade(account);
        }
        CompletableFuture<Void> passed = new CompletableFuture<>();
        parts.services().schedule(delay, () -> passed.complete(null));
        return passed.thenCompose(now -> trade(account));
    }

    /** Returns after which time another trade has to follow. What is refused is no reason to doubt the contact. */
    private Optional<Duration> answered(
            Account account, Account.Sent sent, @Nullable TradeReply reply, @Nullable Throwable failure) {
        if (failure != null && !(Cause.of(failure) instanceof RefusedCommandException)) {
            contact.lost(failure);
        }
        Account.Outcome outcome = account.answered(sent, reply, failure);
        outcome.changes().forEach(this::tell);
        outcome.answers().forEach(Runnable::run);
        sent.over().complete(null);
        if (outcome.awaited() && outcome.again().isEmpty()) {
            var unused = trade(account);
        } else {
            tradeSoon(account);
        }
        return outcome.again();
    }

    /** Gives back what is free, while there is contact; ends, normally, when that has been answered or has failed. */
    public CompletionStage<Void> close() {
        Stream<Account> all = contact.isUp() ? byOrganization.values().stream() : Stream.empty();
        return CompletableFuture.allOf(all.map(account -> account.underWay().thenCompose(over -> giveBack(account)))
                .map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture<?>[]::new));
    }

    private CompletionStage<Void> giveBack(Account account) {
        return account.giveBack()
                .map(last -> parts.commands().trade(last).<Void>handle((reply, failure) -> null))
                .orElse(CompletableFuture.completedFuture(null));
    }

    public OptionalLong left(LimitUse use) {
        return account(use.scope().organization()).left(use);
    }

    /** Returns what each account holds and waits for, of a few. */
    public Stream<String> remarks() {
        return byOrganization.values().stream()
                .flatMap(account -> account.remark().stream())
                .sorted()
                .limit(MOST_REMARKS);
    }

    /** Returns how many attempts were granted without asking, beyond what others had left. */
    public long alone() {
        return byOrganization.values().stream().mapToLong(Account::alone).sum();
    }

    /** Returns why organizations' limits can't be shared although there is contact. */
    public SortedMap<String, Throwable> troubles() {
        SortedMap<String, Throwable> troubles = new TreeMap<>();
        byOrganization.forEach(
                (organization, account) -> account.trouble().ifPresent(trouble -> troubles.put(organization, trouble)));
        return troubles;
    }
}
