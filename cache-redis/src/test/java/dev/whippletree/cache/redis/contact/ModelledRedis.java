package dev.whippletree.cache.redis.contact;

import dev.whippletree.cache.redis.Traffic;
import dev.whippletree.cache.redis.contact.CoordinationCommands.AskerEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.AttemptReply;
import dev.whippletree.cache.redis.contact.CoordinationCommands.Beat;
import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.BlockReply;
import dev.whippletree.cache.redis.contact.CoordinationCommands.DatedEntry;
import dev.whippletree.cache.redis.contact.CoordinationCommands.KeptNotice;
import dev.whippletree.cache.redis.contact.CoordinationCommands.Trade;
import dev.whippletree.cache.redis.contact.CoordinationCommands.TradeReply;
import dev.whippletree.cache.redis.contact.CoordinationCommands.Verdict;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheEntry;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.time.VirtualTimeline;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What processes share, in virtual time: the commands as they are meant, with exact dates in the place of slots, so
 * that the logic of processes can be tried without the scripts. Confined.
 */
public final class ModelledRedis {

    private static final long REBUILDING_MILLIS = 2_500;
    private static final long GRACE_MILLIS = 500;
    private static final long AGAIN_MILLIS = 250;
    private static final long KNOWN_MILLIS = 3_600_000;
    private static final double EASE = 10;
    private static final double PACE = 1.1;
    private static final double SHARE = 1.05;
    private static final long RESERVE = 50;
    private static final long BURST = 100;
    private static final long LONGEST_PACED_MILLIS = 600_000;

    /** For how long it is known that a claim has ended. */
    private static final long TRACED_MILLIS = 2_000;

    // Of the scripts' hashes: the width of a slot, and what there is beside slots and blocks.
    private static final long SLOTS = 1_024;
    private static final long FIXED_FIELDS = 15;
    private static final long FIXED_BYTES = 12;

    /** Nobody is sent away for longer, so that simulations of minutes see what they would of hours. */
    private long longestWaitMillis = 1_000;

    private final VirtualTimeline timeline;
    private long clockMillis = 1_700_000_000_000L;
    private final List<Consumer<String>> subscribers = new ArrayList<>();
    private final Map<String, State> states = new HashMap<>();
    private final Map<String, SharedLimit> limits = new HashMap<>();
    private final Map<String, Long> processes = new HashMap<>();
    private final Map<Object, Lease> leases = new HashMap<>();
    private final Map<Scope, Kept> closings = new HashMap<>();
    private final Map<CacheKey, CacheEntry> answers = new HashMap<>();
    private final Map<String, Long> commands = new TreeMap<>();
    private long mostFree;
    private @Nullable Traffic traffic;

    private static final class State {
        private String epoch = "";
        private long beganMillis;
        private long carefulMillis;
    }

    private static final class SharedLimit {
        private final Map<String, SharedBlock> blocks = new HashMap<>();

        /** What is known for a while of blocks that have expired. */
        private final Map<String, SharedBlock> expired = new HashMap<>();

        private long longestWindowMillis;

        private final TreeMap<Long, Long> dated = new TreeMap<>();
        private final Map<String, Place> line = new HashMap<>();
        private final Map<String, Integer> processesByTurns = new HashMap<>();
        private final Map<String, Long> weightByTurns = new HashMap<>();
        private double kept = 1;
        private double paceFromMillis;
        private double paceNextMillis;
        private long pacedUntilMillis;
        private long used;
        private long held;
        private long free;

        /** No block expires before. */
        private long nextExpiryMillis;

        private SharedLimit() {}

        private SharedLimit(SharedLimit other) {
            other.blocks.forEach(this::put);
            expired.putAll(other.expired);
            longestWindowMillis = other.longestWindowMillis;
            other.dated.forEach(this::use);
        }

        private SharedBlock of(String process) {
            SharedBlock before = expired.getOrDefault(process, new SharedBlock(0, 0, 0, 0, 0, List.of()));
            return blocks.getOrDefault(process, before);
        }

        private void add(String process, long amount, long free) {
            SharedBlock block = of(process);
            put(
                    process,
                    new SharedBlock(
                            block.amount + amount,
                            block.free + free,
                            block.expiryMillis,
                            block.number,
                            block.turn,
                            block.askers));
        }

        /** A process asks for turns, or doesn't any more. */
        private void ask(List<AskerEntry> askers, int more) {
            if (askers.isEmpty()) {
                return;
            }
            for (AskerEntry asker : askers) {
                processesByTurns.merge(asker.turns(), more, Integer::sum);
                weightByTurns.put(asker.turns(), asker.weight());
            }
            processesByTurns.values().removeIf(processes -> processes == 0);
            weightByTurns.keySet().retainAll(processesByTurns.keySet());
        }

        /** Returns a process's part: its turns', by their weights, each divided by those that ask for it. */
        private double shareOf(String process) {
            double own = of(process).askers.stream()
                    .mapToDouble(asker -> (double) asker.weight() / processesByTurns.get(asker.turns()))
                    .sum();
            long all =
                    weightByTurns.values().stream().mapToLong(Long::longValue).sum();
            return own > 0 ? own / all : 1.0 / blocks.size();
        }

        private void put(String process, SharedBlock block) {
            count(block, 1);
            expired.remove(process);
            SharedBlock before = blocks.put(process, block);
            if (before != null) {
                count(before, -1);
            }
            nextExpiryMillis = Math.min(nextExpiryMillis, block.expiryMillis);
        }

        private void count(SharedBlock block, int sign) {
            held += sign * block.amount;
            free += sign * block.free;
            ask(block.askers, sign);
        }

        private void use(long atMillis, long amount) {
            dated.merge(atMillis, amount, Long::sum);
            used += amount;
        }

        private long sum() {
            return used + held;
        }

        private void tidy(long nowMillis, long windowMillis) {
            if (nowMillis >= nextExpiryMillis) {
                blocks.entrySet().removeIf(each -> expire(each.getKey(), each.getValue(), nowMillis));
                nextExpiryMillis = blocks.values().stream()
                        .mapToLong(SharedBlock::expiryMillis)
                        .min()
                        .orElse(Long.MAX_VALUE);
            }
            longestWindowMillis = Math.max(longestWindowMillis, windowMillis);
            long knownMillis = Math.min(longestWindowMillis, KNOWN_MILLIS);
            expired.values().removeIf(block -> block.expiryMillis + knownMillis <= nowMillis);
            line.entrySet().removeIf(each -> lapse(each.getKey(), each.getValue(), nowMillis));
            while (!dated.isEmpty() && dated.firstKey() + windowMillis < nowMillis) {
                used -= dated.pollFirstEntry().getValue();
            }
        }

        /** Whoever doesn't come as it was told asks for nobody. */
        private boolean lapse(String process, Place place, long nowMillis) {
            boolean over = place.dueMillis + GRACE_MILLIS <= nowMillis;
            SharedBlock block = blocks.get(process);
            if (over && block != null) {
                put(
                        process,
                        new SharedBlock(
                                block.amount, block.free, block.expiryMillis, block.number, block.turn, List.of()));
            }
            return over;
        }

        private boolean expire(String process, SharedBlock block, long nowMillis) {
            boolean over = block.expiryMillis <= nowMillis;
            if (over) {
                count(block, -1);
                use(block.expiryMillis, block.amount);
                expired.put(process, new SharedBlock(0, 0, block.expiryMillis, block.number, block.turn, List.of()));
            }
            return over;
        }
    }

    private record SharedBlock(
            long amount, long free, long expiryMillis, long number, long turn, List<AskerEntry> askers) {}

    /** A process's place in a line. */
    private record Place(long amount, long dueMillis, long sinceMillis) {}

    /** A claim, and whether somebody waits for its end; without a token, the trace of one that has ended. */
    private record Lease(String token, long endMillis, boolean waited) {

        private boolean isEnded() {
            return token.isEmpty();
        }
    }

    private record Kept(String notice, long endMillis, boolean reopened) {}

    public ModelledRedis(VirtualTimeline timeline) {
        this.timeline = timeline;
    }

    /** Lets those that wait be told up to so long a time. */
    public void tellWaits(Duration longest) {
        longestWaitMillis = longest.toMillis();
    }

    /** Sets its clock. */
    public void putClockForward(Duration time) {
        clockMillis += time.toMillis();
    }

    /** Another clock than the processes', and not in step with it. */
    private long now() {
        return clockMillis + timeline.nanoTime() / 1_000_000;
    }

    /** Returns what lets it go back to what limits are now, as a replica does that hasn't heard of what comes. */
    public Runnable image() {
        Map<String, SharedLimit> now = new HashMap<>();
        limits.forEach((place, limit) -> now.put(place, new SharedLimit(limit)));
        return () -> {
            limits.clear();
            limits.putAll(now);
        };
    }

    /** Loses everything. */
    public void empty() {
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
    public long used(Duration window) {
        limits.values().forEach(limit -> limit.tidy(now(), window.toMillis()));
        return limits.values().stream().mapToLong(SharedLimit::sum).sum();
    }

    /** Returns what is in blocks: in flight, or free. */
    public long inFlight() {
        return limits.values().stream().mapToLong(limit -> limit.held).sum();
    }

    /** Counts a command that has arrived, and what it came to. */
    void count(Method command, Object @Nullable [] arguments, @Nullable Object reply) {
        commands.merge(command.getName(), 1L, Long::sum);
        if (command.getName().equals("survey")) {
            commands.merge("hmget", (long) limits.size(), Long::sum);
        }
        if (traffic != null) {
            traffic.add(command, arguments, reply);
        }
    }

    /** Counts bytes as well from now on. */
    public Traffic countTraffic() {
        traffic = new Traffic();
        return traffic;
    }

    /** Returns how many commands have arrived, by name. */
    public Map<String, Long> commands() {
        return new TreeMap<>(commands);
    }

    /** Returns how many trades have arrived. */
    public long trades() {
        return commands.getOrDefault("trade", 0L);
    }

    /** Returns the largest part of any limit that was free in blocks, in thousandths. */
    public long mostFree() {
        return mostFree;
    }

    /** Returns how many questions and probes are claimed. */
    public long claimed() {
        return leases.values().stream()
                .filter(lease -> !lease.isEnded() && lease.endMillis > now())
                .count();
    }

    Optional<CacheEntry> ask(CacheKey key) {
        Optional<CacheEntry> found = Optional.ofNullable(answers.get(key));
        commands.merge("get", 1L, Long::sum);
        if (traffic != null) {
            traffic.get(key, found);
        }
        return found;
    }

    void keep(CacheKey key, CacheEntry answer) {
        answers.put(key, answer);
        commands.merge("set", 1L, Long::sum);
        if (traffic != null) {
            traffic.set(key, answer);
        }
    }

    /**
     * Returns how many fields the largest limit's hash would have, and how many bytes they and their values are.
     *
     * @param window of all limits
     */
    public HashSize largestLimit(Duration window) {
        long width = Math.max(1, (window.toMillis() + SLOTS - 1) / SLOTS);
        return limits.values().stream()
                .map(limit -> size(limit, width))
                .max(Comparator.comparingLong(HashSize::bytes))
                .orElse(new HashSize(0, 0));
    }

    /** Fields of a hash, and their bytes with those of their values. */
    public record HashSize(long fields, long bytes) {}

    private static HashSize size(SharedLimit limit, long width) {
        Map<Long, Long> slots = new HashMap<>();
        limit.dated.forEach((atMillis, amount) -> slots.merge(atMillis / width, amount, Long::sum));
        long bytes = FIXED_FIELDS * FIXED_BYTES;
        for (Map.Entry<Long, Long> slot : slots.entrySet()) {
            bytes += (slot.getKey() + "" + slot.getValue()).length();
        }
        for (Map.Entry<String, SharedBlock> each : limit.blocks.entrySet()) {
            SharedBlock block = each.getValue();
            Place place = limit.line.getOrDefault(each.getKey(), new Place(0, 0, 0));
            bytes += ("b" + each.getKey()).length()
                    + Stream.of(
                                    block.amount,
                                    block.expiryMillis,
                                    block.free,
                                    block.number,
                                    block.turn,
                                    place.amount,
                                    place.dueMillis)
                            .map(String::valueOf)
                            .collect(Collectors.joining(" "))
                            .length();
        }
        return new HashSize(FIXED_FIELDS + slots.size() + limit.blocks.size(), bytes);
    }

    Beat beat(String process, Duration goneAfter) {
        boolean forgotten = processes.put(process, now()) == null;
        processes.values().removeIf(seen -> seen <= now() - goneAfter.toMillis());
        return new Beat(processes.size(), forgotten);
    }

    void leave(String process) {
        processes.remove(process);
    }

    TradeReply trade(Trade trade) {
        State state = state(trade);
        List<SharedLimit> all = open(trade);
        List<Long> counted =
                all.stream().map(limit -> limit.of(trade.process()).number).toList();
        boolean lost = IntStream.range(0, all.size())
                .anyMatch(i -> counted.get(i) < trade.blocks().get(i).counted());
        if (lost && state.carefulMillis <= now()) {
            state.carefulMillis = now() + REBUILDING_MILLIS;
        }
        if (lost || isChanged(trade, state)) {
            return reply(Verdict.CHANGED, state, List.of(), List.of(), List.of(), counted);
        }
        if (all.stream().anyMatch(limit -> limit.of(trade.process()).turn >= trade.turn())) {
            return nothing(Verdict.LATE, state);
        }
        long[] used = new long[all.size()];
        for (DatedEntry use : trade.uses()) {
            if (all.get(use.limit()).of(trade.process()).number < trade.number()) {
                all.get(use.limit()).use(now() - use.ago().toMillis(), use.amount());
                used[use.limit()] += use.amount();
            }
        }
        for (int i = 0; i < all.size(); i++) {
            learn(all.get(i), trade.process(), trade.blocks().get(i), used[i]);
            put(all.get(i), trade, trade.blocks().get(i));
        }
        if (state.carefulMillis > now()) {
            return nothing(Verdict.CAREFUL, state);
        }
        List<Turn> turns = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            turns.add(new Turn(all.get(i), trade.process(), trade.blocks().get(i)));
        }
        List<AttemptReply> attempts =
                trade.attempts().stream().map(uses -> attempt(turns, uses)).toList();
        boolean spare = attempts.stream().allMatch(AttemptReply::isGranted);
        double part = spare ? part(trade, all) : 0;
        List<BlockReply> blocks = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            BlockEntry entry = trade.blocks().get(i);
            long more = (long) Math.floor(entry.wanted() * part);
            all.get(i).add(trade.process(), more, more);
            blocks.add(new BlockReply(
                    more,
                    left(all.get(i), entry),
                    all.get(i).held,
                    turns.get(i).promised(),
                    Math.max(0, all.get(i).pacedUntilMillis - now())));
            mostFree = Math.max(mostFree, 1_000 * all.get(i).free / entry.amount());
        }
        List<Integer> processes = trade.askers().stream()
                .map(asker -> all.stream()
                        .mapToInt(limit -> limit.processesByTurns.getOrDefault(asker.turns(), 1))
                        .max()
                        .orElse(1))
                .toList();
        return reply(Verdict.DONE, state, blocks, attempts, processes, List.of());
    }

    /** Learns which part of what is reserved is used in the end. */
    private void learn(SharedLimit limit, String process, BlockEntry entry, long used) {
        limit.kept = isPaced(limit) ? limit.kept : 1;
        long settled = used + Math.max(0, limit.of(process).amount - entry.held() - used);
        if (settled > 0) {
            double part = (double) used / settled;
            limit.kept += (part - limit.kept) * settled / (settled + entry.amount() / EASE);
        }
    }

    private void put(SharedLimit limit, Trade trade, BlockEntry entry) {
        long number = Math.max(trade.number(), limit.of(trade.process()).number);
        long expiry = now() + trade.lease().toMillis();
        limit.put(
                trade.process(),
                new SharedBlock(entry.held(), entry.free(), expiry, number, trade.turn(), trade.askers()));
    }

    private static AttemptReply attempt(List<Turn> turns, List<Long> uses) {
        int refuser = -1;
        long longest = 0;
        for (int i = 0; i < turns.size(); i++) {
            if (!turns.get(i).fits(uses.get(i))) {
                long wait = turns.get(i).refuse(uses.get(i));
                refuser = wait > longest ? i : refuser;
                longest = Math.max(longest, wait);
            }
        }
        if (refuser >= 0) {
            return new AttemptReply(refuser, longest);
        }
        for (int i = 0; i < turns.size(); i++) {
            turns.get(i).take(uses.get(i));
        }
        return new AttemptReply(-1, 0);
    }

    /** What a process may have of one limit in one trade. */
    private final class Turn {

        private final SharedLimit limit;
        private final String process;
        private final BlockEntry entry;
        private final double stepMillis;
        private long toldMillis;
        private double share;

        private Turn(SharedLimit limit, String process, BlockEntry entry) {
            this.limit = limit;
            this.process = process;
            this.entry = entry;
            this.stepMillis = entry.window().toMillis() / (PACE * entry.amount());
            double earliest = now() - burstMillis();
            limit.paceFromMillis = isPaced(limit) ? Math.max(limit.paceFromMillis, earliest) : earliest;
            limit.paceNextMillis = isPaced(limit) ? limit.paceNextMillis : 0;
        }

        private long promised() {
            long promised = 0;
            for (Map.Entry<String, Place> each : limit.line.entrySet()) {
                promised += each.getKey().equals(process) ? 0 : each.getValue().amount;
            }
            return promised;
        }

        private long burstMillis() {
            return entry.window().toMillis() / BURST;
        }

        /** Who has had more than its share of the window is held back. */
        private boolean isHeldBack(long use) {
            if (!isPaced(limit)) {
                return false;
            }
            share = share > 0 ? share : limit.shareOf(process);
            return entry.used() + limit.of(process).amount + use > Math.ceil(SHARE * entry.amount() * share);
        }

        /** Who is held back leaves so much to the others. */
        private long reserve(long use) {
            return isHeldBack(use) ? entry.amount() / RESERVE : 0;
        }

        private boolean fits(long use) {
            boolean inPace = !isHeldBack(use) || limit.paceFromMillis <= now();
            return use == 0 || inPace && use <= left(limit, entry) - reserve(use);
        }

        private void take(long use) {
            if (use > 0) {
                limit.line.remove(process);
            }
            limit.paceFromMillis += limit.kept * use * stepMillis;
            limit.add(process, use, 0);
        }

        private long waitMillis(long use) {
            long ahead = (long) Math.ceil(limit.kept * promised());
            long left = left(limit, entry) - reserve(use);
            long missing = (long) Math.ceil(use - left + ahead - (1 - limit.kept) * limit.held);
            long wait = use > left ? AGAIN_MILLIS : 1;
            if (missing > 0) {
                wait = leavingMillis(limit, missing, entry.window().toMillis());
            }
            if (isHeldBack(use)) {
                double first = Math.max(now() + wait, limit.paceFromMillis) + ahead * stepMillis;
                double latest = now() + entry.window().toMillis();
                double due = Math.min(Math.max(first, limit.paceNextMillis), latest);
                limit.paceNextMillis = due + limit.kept * use * stepMillis;
                wait = (long) Math.ceil(due - now());
            }
            return Math.min(longestWaitMillis, wait);
        }

        private long refuse(long use) {
            if (toldMillis > 0) {
                return toldMillis;
            }
            Place own = limit.line.get(process);
            toldMillis = waitMillis(use);
            boolean exhausted = use > left(limit, entry);
            boolean alone = limit.line.size() == (own == null ? 0 : 1);
            if (!alone && exhausted && entry.window().toMillis() <= LONGEST_PACED_MILLIS) {
                limit.pacedUntilMillis = now() + 2 * entry.window().toMillis();
            }
            limit.line.put(process, new Place(use, now() + toldMillis, now()));
            return toldMillis;
        }
    }

    private boolean isPaced(SharedLimit limit) {
        return limit.pacedUntilMillis > now();
    }

    private long leavingMillis(SharedLimit limit, long missing, long windowMillis) {
        long gone = 0;
        for (Map.Entry<Long, Long> use : limit.dated.entrySet()) {
            gone += use.getValue();
            if (gone >= missing) {
                return Math.max(1, use.getKey() + windowMillis + 1 - now());
            }
        }
        return windowMillis;
    }

    /** Returns which part of what is wanted of all limits may be free. */
    private double part(Trade trade, List<SharedLimit> all) {
        double part = 1;
        for (int i = 0; i < all.size(); i++) {
            BlockEntry entry = trade.blocks().get(i);
            if (entry.wanted() > 0) {
                long room = left(all.get(i), entry) - (entry.amount() + 9) / 10;
                boolean waited = !all.get(i).line.isEmpty() || isPaced(all.get(i));
                long spare = waited ? 0 : entry.amount() / 20 - all.get(i).free;
                part = Math.min(part, Math.max(0, Math.min(room, spare) / (double) entry.wanted()));
            }
        }
        return part;
    }

    Map<String, Long> survey(Map<String, Duration> own) {
        Map<String, Long> used = new HashMap<>();
        limits.forEach((place, limit) -> used.put(place, limit.sum()));
        return used;
    }

    long claim(CacheKey key, String token, Duration lease) {
        if (remaining(key) > 0 && !isHeldBy(key, token)) {
            return claimedFor(key);
        }
        Lease before = leases.put(key, new Lease(token, now() + lease.toMillis(), false));
        boolean lately = before != null && before.isEnded() && before.endMillis > now();
        return lately ? CoordinationCommands.ENDED_LATELY : 0;
    }

    /** Whoever asks waits for its end. */
    long claimedFor(CacheKey key) {
        leases.computeIfPresent(key, (same, held) -> new Lease(held.token, held.endMillis, true));
        return remaining(key);
    }

    private long remaining(Object key) {
        Lease held = leases.get(key);
        return held == null || held.isEnded() ? -2 : Math.max(-2, held.endMillis - now());
    }

    void renew(CacheKey key, String token, Duration lease) {
        Lease held = leases.get(key);
        boolean present = held != null && held.endMillis > now();
        if (!present || isHeldBy(key, token)) {
            boolean waited = present && held.waited;
            leases.put(key, new Lease(token, now() + lease.toMillis(), waited));
        }
    }

    void unclaim(CacheKey key, String token, String notice) {
        boolean lost = remaining(key) <= 0;
        if (lost || isHeldBy(key, token)) {
            Lease held = leases.put(key, new Lease("", now() + TRACED_MILLIS, false));
            if (lost || held == null || held.waited) {
                publish(notice);
            }
        }
    }

    private boolean isHeldBy(Object key, String token) {
        Lease held = leases.get(key);
        return held != null && held.token.equals(token);
    }

    boolean claimProbe(Scope scope, String token, Duration lease) {
        boolean ours = remaining(scope) <= 0 || isHeldBy(scope, token);
        if (ours) {
            leases.put(scope, new Lease(token, now() + lease.toMillis(), false));
        }
        return ours;
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
        commands.merge("message", (long) subscribers.size(), Long::sum);
        if (traffic != null) {
            traffic.notice(notice, subscribers.size());
        }
        subscribers.forEach(subscriber -> subscriber.accept(notice));
    }

    private static boolean isChanged(Trade trade, State state) {
        return !trade.knownEpoch().isEmpty() && !trade.knownEpoch().equals(state.epoch);
    }

    private State state(Trade trade) {
        State state = states.computeIfAbsent(trade.organization(), organization -> new State());
        if (state.epoch.isEmpty()) {
            state.epoch = trade.freshEpoch();
            state.beganMillis = now();
        }
        if (isChanged(trade, state) && now() < state.beganMillis + REBUILDING_MILLIS) {
            state.carefulMillis = state.beganMillis + REBUILDING_MILLIS;
        }
        return state;
    }

    private TradeReply nothing(Verdict verdict, State state) {
        return reply(verdict, state, List.of(), List.of(), List.of(), List.of());
    }

    private TradeReply reply(
            Verdict verdict,
            State state,
            List<BlockReply> blocks,
            List<AttemptReply> attempts,
            List<Integer> processes,
            List<Long> counted) {
        Duration careful = Duration.ofMillis(Math.max(0, state.carefulMillis - now()));
        return new TradeReply(verdict, state.epoch, careful, blocks, attempts, processes, counted);
    }

    private List<SharedLimit> open(Trade trade) {
        return trade.blocks().stream()
                .map(block -> {
                    String place = RedisKeys.place(trade.organization(), block.name());
                    SharedLimit limit = limits.computeIfAbsent(place, name -> new SharedLimit());
                    limit.tidy(now(), block.window().toMillis());
                    return limit;
                })
                .toList();
    }

    private static long left(SharedLimit limit, BlockEntry entry) {
        return entry.amount() - limit.sum();
    }
}
