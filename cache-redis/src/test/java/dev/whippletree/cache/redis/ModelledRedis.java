package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.CoordinationCommands.Beat;
import dev.whippletree.cache.redis.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.CoordinationCommands.GrantEntry;
import dev.whippletree.cache.redis.CoordinationCommands.KeptNotice;
import dev.whippletree.cache.redis.CoordinationCommands.LimitSize;
import dev.whippletree.cache.redis.CoordinationCommands.LimitsCall;
import dev.whippletree.cache.redis.CoordinationCommands.LimitsReply;
import dev.whippletree.cache.redis.CoordinationCommands.Use;
import dev.whippletree.cache.redis.CoordinationCommands.Verdict;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.time.VirtualTimeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What processes share, in virtual time: the commands as they are meant, with exact dates in the place of slots, so
 * that the logic of processes can be tried without the scripts. Confined.
 */
final class ModelledRedis {

    private static final long REBUILDING_MILLIS = 2_500;

    private final VirtualTimeline timeline;
    private long clockMillis = 1_700_000_000_000L;
    private final List<Consumer<String>> subscribers = new ArrayList<>();
    private final Map<String, State> states = new HashMap<>();
    private final Map<String, SharedLimit> limits = new HashMap<>();
    private final Map<String, Long> processes = new HashMap<>();
    private final Map<Object, Lease> leases = new HashMap<>();
    private final Map<Scope, Kept> closings = new HashMap<>();
    private final Map<CacheKey, CacheEntry> answers = new HashMap<>();

    private static final class State {
        private String epoch = "";
        private long beganMillis;
        private long carefulMillis;
        private final Set<String> entered = new HashSet<>();
    }

    private static final class SharedLimit {
        private final Map<String, Flying> flying = new HashMap<>();
        private final List<Dated> dated = new ArrayList<>();
    }

    private record Flying(long amount, long expiryMillis) {}

    private record Dated(long atMillis, long amount) {}

    private record Lease(String token, long endMillis) {}

    private record Kept(String notice, long endMillis, boolean reopened) {}

    ModelledRedis(VirtualTimeline timeline) {
        this.timeline = timeline;
    }

    /** Sets its clock. */
    void putClockForward(Duration time) {
        clockMillis += time.toMillis();
    }

    /** Another clock than the processes', and not in step with it. */
    private long now() {
        return clockMillis + timeline.nanoTime() / 1_000_000;
    }

    /** Loses everything. */
    void empty() {
        states.clear();
        limits.clear();
        processes.clear();
        leases.clear();
        closings.clear();
        answers.clear();
    }

    void subscribe(Consumer<String> subscriber) {
        subscribers.add(subscriber);
    }

    /** Returns what all limits hold, dated or in flight. */
    long used(Duration window) {
        limits.values().forEach(limit -> tidy(limit, window.toMillis()));
        return limits.values().stream().mapToLong(ModelledRedis::sum).sum();
    }

    /** Returns what is in flight. */
    long inFlight() {
        return limits.values().stream()
                .flatMap(limit -> limit.flying.values().stream())
                .mapToLong(Flying::amount)
                .sum();
    }

    /** Returns how many questions and probes are claimed. */
    long claimed() {
        return leases.values().stream().filter(lease -> lease.endMillis > now()).count();
    }

    Optional<CacheEntry> answer(CacheKey key) {
        return Optional.ofNullable(answers.get(key));
    }

    void keep(CacheKey key, CacheEntry answer) {
        answers.put(key, answer);
    }

    Beat beat(String process, Duration goneAfter) {
        processes.put(process, now());
        processes.values().removeIf(seen -> seen <= now() - goneAfter.toMillis());
        return new Beat(now(), processes.size());
    }

    void leave(String process) {
        processes.remove(process);
    }

    LimitsReply reserve(LimitsCall call, String grant, List<Long> uses) {
        if (isLate(call.notAfterMillis())) {
            return new LimitsReply(Verdict.LATE, now(), "", Duration.ZERO, 0, 0, List.of());
        }
        State state = state(call);
        if (isChanged(call, state) || state.carefulMillis > now()) {
            return reply(isChanged(call, state) ? Verdict.CHANGED : Verdict.CAREFUL, state, List.of());
        }
        List<SharedLimit> all = open(call);
        for (int i = 0; i < uses.size(); i++) {
            LimitSize size = call.limits().get(i);
            if (uses.get(i) > 0 && sum(all.get(i)) + uses.get(i) > size.amount()) {
                return new LimitsReply(Verdict.REFUSED, now(), state.epoch, Duration.ZERO, i, 1_000, left(call, all));
            }
        }
        for (int i = 0; i < uses.size(); i++) {
            all.get(i)
                    .flying
                    .put(grant, new Flying(uses.get(i), now() + call.lease().toMillis()));
        }
        return reply(Verdict.DONE, state, left(call, all));
    }

    LimitsReply enter(LimitsCall call, String process, List<GrantEntry> grants, List<DatedEntry> dated) {
        if (isLate(call.notAfterMillis())) {
            return new LimitsReply(Verdict.LATE, now(), "", Duration.ZERO, 0, 0, List.of());
        }
        State state = state(call);
        if (isChanged(call, state)) {
            return reply(Verdict.CHANGED, state, List.of());
        }
        List<SharedLimit> all = open(call);
        for (GrantEntry grant : grants) {
            for (Use use : grant.uses()) {
                all.get(use.limit())
                        .flying
                        .putIfAbsent(
                                grant.id(),
                                new Flying(use.amount(), now() + grant.lease().toMillis()));
            }
        }
        if (!dated.isEmpty() && state.entered.add(process)) {
            dated.forEach(entry -> all.get(entry.use().limit())
                    .dated
                    .add(new Dated(now() - entry.ago().toMillis(), entry.use().amount())));
        }
        return reply(Verdict.DONE, state, left(call, all));
    }

    void end(LimitsCall call, String grant, Duration sinceArrival, List<Long> uses) {
        List<SharedLimit> all = open(call);
        for (int i = 0; i < uses.size(); i++) {
            if (all.get(i).flying.remove(grant) != null && uses.get(i) > 0) {
                all.get(i).dated.add(new Dated(now() - sinceArrival.toMillis(), uses.get(i)));
            }
        }
    }

    Map<String, Long> survey(Map<String, Duration> own) {
        Map<String, Long> used = new HashMap<>();
        limits.forEach((place, limit) -> used.put(place, sum(limit)));
        return used;
    }

    long claim(CacheKey key, String token, Duration lease, long notAfterMillis) {
        if (isLate(notAfterMillis)) {
            return -1;
        }
        long remaining = claimedFor(key);
        if (remaining <= 0) {
            leases.put(key, new Lease(token, now() + lease.toMillis()));
        }
        return Math.max(0, remaining);
    }

    long claimedFor(Object key) {
        Lease held = leases.get(key);
        return held == null ? -2 : Math.max(-2, held.endMillis - now());
    }

    boolean renew(CacheKey key, String token, Duration lease) {
        boolean ours = claimedFor(key) <= 0 || isHeldBy(key, token);
        if (ours) {
            leases.put(key, new Lease(token, now() + lease.toMillis()));
        }
        return ours;
    }

    void unclaim(CacheKey key, String token, String notice) {
        if (claimedFor(key) <= 0 || isHeldBy(key, token)) {
            leases.remove(key);
            publish(notice);
        }
    }

    private boolean isHeldBy(CacheKey key, String token) {
        Lease held = leases.get(key);
        return held != null && held.token.equals(token);
    }

    boolean claimProbe(Scope scope, String token, Duration lease) {
        boolean free = claimedFor(scope) <= 0;
        if (free) {
            leases.put(scope, new Lease(token, now() + lease.toMillis()));
        }
        return free;
    }

    void close(Scope scope, Duration remaining, String notice) {
        long end = now() + remaining.toMillis();
        closings.merge(
                scope,
                new Kept(notice, end, false),
                (before, later) -> !before.reopened && before.endMillis > later.endMillis ? before : later);
        leases.remove(scope);
        publish(notice);
    }

    void reopen(Scope scope, String notice) {
        closings.computeIfPresent(scope, (same, kept) -> new Kept(notice, kept.endMillis, true));
        leases.remove(scope);
        publish(notice);
    }

    List<KeptNotice> closings() {
        closings.values().removeIf(kept -> kept.endMillis <= now());
        return closings.values().stream()
                .map(kept -> new KeptNotice(Duration.ofMillis(kept.endMillis - now()), kept.notice))
                .toList();
    }

    private void publish(String notice) {
        subscribers.forEach(subscriber -> subscriber.accept(notice));
    }

    private boolean isLate(long notAfterMillis) {
        return notAfterMillis > 0 && now() > notAfterMillis;
    }

    private static boolean isChanged(LimitsCall call, State state) {
        return !call.knownEpoch().isEmpty() && !call.knownEpoch().equals(state.epoch);
    }

    private State state(LimitsCall call) {
        State state = states.computeIfAbsent(call.organization(), organization -> new State());
        if (state.epoch.isEmpty()) {
            state.epoch = call.freshEpoch();
            state.beganMillis = now();
        }
        if (isChanged(call, state) && now() < state.beganMillis + REBUILDING_MILLIS) {
            state.carefulMillis = state.beganMillis + REBUILDING_MILLIS;
        }
        return state;
    }

    private LimitsReply reply(Verdict verdict, State state, List<Long> left) {
        Duration careful = Duration.ofMillis(Math.max(0, state.carefulMillis - now()));
        return new LimitsReply(verdict, now(), state.epoch, careful, 0, 0, left);
    }

    private List<SharedLimit> open(LimitsCall call) {
        return call.limits().stream()
                .map(size -> {
                    String place = RedisKeys.place(call.organization(), size.name());
                    SharedLimit limit = limits.computeIfAbsent(place, name -> new SharedLimit());
                    tidy(limit, size.window().toMillis());
                    return limit;
                })
                .toList();
    }

    private void tidy(SharedLimit limit, long windowMillis) {
        limit.flying.values().removeIf(grant -> {
            boolean over = grant.expiryMillis <= now();
            if (over) {
                limit.dated.add(new Dated(grant.expiryMillis, grant.amount));
            }
            return over;
        });
        limit.dated.removeIf(use -> use.atMillis + windowMillis < now());
    }

    private static long sum(SharedLimit limit) {
        return limit.dated.stream().mapToLong(Dated::amount).sum()
                + limit.flying.values().stream().mapToLong(Flying::amount).sum();
    }

    private static List<Long> left(LimitsCall call, List<SharedLimit> all) {
        List<Long> left = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            left.add(call.limits().get(i).amount() - sum(all.get(i)));
        }
        return left;
    }
}
