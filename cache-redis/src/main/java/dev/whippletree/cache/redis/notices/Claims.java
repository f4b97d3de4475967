package dev.whippletree.cache.redis.notices;

import dev.whippletree.cache.redis.contact.Contact;
import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.cache.redis.contact.Tokens;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Services;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who makes the call for which question. Thread-safe; no method blocks.
 *
 * <p>A claim is kept by a lease that is renewed every third of its time. Who waits for another's looks again when it is
 * told of the end, and when the lease is over, not more often. A claim that lasts longer than this process's own lease
 * isn't believed.
 */
public final class Claims implements Contact.Member {

    private static final int RENEWALS_A_LEASE = 3;

    /** The most renewals, or ends, at once: each prompt in line may have a claim, and Redis has more to do. */
    private static final int MOST_AT_ONCE = 500;

    /** So that not all that wait for one claim look at the same moment. */
    private static final long SPREAD_MILLIS = 100;

    /**
     * The time in which no claim has ended that has left no trace. A trace lasts for two seconds. A process that dies
     * leaves none, but its claim lasts for two thirds of its lease, of a second at least.
     */
    private static final Duration WITHOUT_TRACE = Duration.ofMillis(500);

    private static final Claim ALONE = new Claim.Ours(() -> {}, false);

    private final CoordinationCommands commands;
    private final Contact contact;
    private final Tokens tokens;
    private final Services services;
    private final Duration lease;

    private final Set<Own> owned = ConcurrentHashMap.newKeySet();

    /** What has ended while nobody could be told, and Redis may keep or, if it stood still, take even later. */
    private final Set<Own> untold = ConcurrentHashMap.newKeySet();

    // Guarded by this; by questions (RedisKeys.question).
    private final Map<String, Set<Waiter>> waiters = new HashMap<>();

    private Cancellable timer = () -> {};
    private boolean closed;

    /** Creates them, and begins to renew what will be claimed. */
    public Claims(CoordinationCommands commands, Contact contact, Tokens tokens, Services services, Duration lease) {
        this.commands = commands;
        this.contact = contact;
        this.tokens = tokens;
        this.services = services;
        this.lease = lease;
        rewind();
    }

    private synchronized void rewind() {
        if (!closed) {
            timer = services.schedule(lease.dividedBy(RENEWALS_A_LEASE), this::renewAll);
        }
    }

    public CompletionStage<Claim> claim(CacheKey key) {
        return contact.tried().thenCompose(tried -> ask(key));
    }

    private CompletionStage<Claim> ask(CacheKey key) {
        Waiter waiter = new Waiter(key);
        synchronized (this) {
            if (!contact.isUp() || closed) {
                return CompletableFuture.completedFuture(ALONE);
            }
            waiters.computeIfAbsent(waiter.question, any -> new HashSet<>()).add(waiter);
        }
        String token = tokens.next();
        return contact.heed(commands.claim(key, token, lease))
                .handle((remaining, failure) ->
                        failure == null ? answered(waiter, token, remaining) : unanswered(waiter, token));
    }

    /** Redis may have made the claim all the same, so its end is sent too. */
    private Claim unanswered(Waiter waiter, String token) {
        waiter.end();
        return new Claim.Ours(() -> unclaim(new Own(waiter.key, token)), false);
    }

    private Claim answered(Waiter waiter, String token, long remainingMillis) {
        if (remainingMillis > 0) {
            waiter.watch(remainingMillis);
            return new Claim.Others(waiter.ended);
        }
        waiter.end();
        Own own = new Own(waiter.key, token);
        owned.add(own);
        boolean lately = remainingMillis == CoordinationCommands.ENDED_LATELY;
        return new Claim.Ours(() -> end(own), true, lately ? Duration.ZERO : WITHOUT_TRACE);
    }

    /** A claim that can't be ended there now is ended with a later contact, if its lease isn't over before. */
    private void unclaim(Own own) {
        if (contact.isUp()) {
            String notice = Notice.unclaimed(tokens.process(), own.key).text();
            var unused = contact.heed(commands.unclaim(own.key, own.token, notice));
        } else {
            untold.add(own);
        }
    }

    @Override
    public CompletionStage<Void> met() {
        untold.stream().limit(MOST_AT_ONCE).filter(untold::remove).forEach(own -> {
            // One that Redis has lost is set anew, since its end would be told to all, who may all come back at once.
            var unused = commands.renew(own.key, own.token, lease);
            unclaim(own);
        });
        return CompletableFuture.completedFuture(null);
    }

    private void end(Own own) {
        if (owned.remove(own)) {
            unclaim(own);
            services.executor().execute(() -> endAll(RedisKeys.question(own.key)));
        }
    }

    /** A notice of another process has come: perhaps it has ended its claim. */
    public void hear(Notice notice) {
        if (notice.kind() == Notice.Kind.UNCLAIMED) {
            endAll(notice.parts().get(0));
        }
    }

    private void endAll(String question) {
        Set<Waiter> all;
        synchronized (this) {
            all = waiters.remove(question);
        }
        if (all != null) {
            all.forEach(Waiter::end);
        }
    }

    /** Looks at every claim that is waited for, since a notice may have been missed. */
    public void lookAgain() {
        waiting().forEach(Waiter::look);
    }

    private synchronized List<Waiter> waiting() {
        return waiters.values().stream().flatMap(Set::stream).toList();
    }

    /** Ends all waits, as nobody can tell any more what other processes do. */
    @Override
    public void lost() {
        waiting().forEach(Waiter::end);
    }

    private void renewAll() {
        renew(List.copyOf(owned));
    }

    private void renew(List<Own> all) {
        if (all.isEmpty() || !contact.isUp()) {
            rewind();
            return;
        }
        List<Own> next = all.subList(0, Math.min(MOST_AT_ONCE, all.size()));
        CompletionStage<Void> renewed = CompletableFuture.allOf(next.stream()
                .filter(owned::contains)
                .map(own -> commands.renew(own.key, own.token, lease).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
        contact.heed(renewed).whenComplete((done, failure) -> renew(all.subList(next.size(), all.size())));
    }

    /** Ends what waits; claims are given back by time. */
    public void close() {
        synchronized (this) {
            closed = true;
            timer.cancel();
        }
        waiting().forEach(Waiter::end);
    }

    /** A claim of this process. If Redis loses one while the next is asked for, there are two for a question. */
    private record Own(CacheKey key, String token) {}

    private final class Waiter {

        private final CacheKey key;
        private final String question;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        /** Guarded by the claims. */
        private Cancellable next = () -> {};

        Waiter(CacheKey key) {
            this.key = key;
            this.question = RedisKeys.question(key);
        }

        void watch(long remainingMillis) {
            long spread = 1 + services.random().nextLong(SPREAD_MILLIS);
            synchronized (Claims.this) {
                if (!ended.isDone()) {
                    next = services.schedule(Duration.ofMillis(remainingMillis + spread), this::look);
                }
            }
        }

        void look() {
            synchronized (Claims.this) {
                next.cancel();
            }
            if (contact.isUp()) {
                contact.heed(commands.claimedFor(key)).whenComplete(this::looked);
            } else {
                end();
            }
        }

        private void looked(@Nullable Long remainingMillis, @Nullable Throwable failure) {
            if (remainingMillis != null && remainingMillis > 0 && remainingMillis <= lease.toMillis()) {
                watch(remainingMillis);
            } else {
                end();
            }
        }

        void end() {
            synchronized (Claims.this) {
                next.cancel();
                waiters.computeIfPresent(question, (same, all) -> {
                    all.remove(this);
                    return all.isEmpty() ? null : all;
                });
            }
            ended.complete(null);
        }
    }
}
