package dev.whippletree.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.OtherVersionException;
import dev.whippletree.cache.redis.contact.RedisKeys;
import dev.whippletree.cache.redis.link.Cause;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.cache.redis.link.LettuceConnector;
import dev.whippletree.cache.redis.link.RedisLink;
import dev.whippletree.cache.redis.link.RedisSettings;
import dev.whippletree.cache.redis.link.RefusedCommandException;
import dev.whippletree.cache.redis.link.Remarks;
import dev.whippletree.cache.redis.link.ShardUnavailableException;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Services;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The commands as scripts in a Redis, over one connection, and another one for notices. Thread-safe.
 *
 * <p>Each script is one atomic step there, in one slot of a cluster: those of one call about limits touch keys of one
 * hash tag only.
 */
final class LettuceCommands implements CoordinationCommands {

    private static final byte[] ZERO = {'0'};

    /** As the scripts read them. */
    private static final Pattern AMOUNT = Pattern.compile("\\d{1,15}");

    private static final Duration SHORTEST_PROBE = Duration.ofMillis(1);

    /** Routes differ about how long a probe may take; scopes are looked at once an hour. */
    private static final Duration LONGEST_PROBE = Duration.ofHours(1);

    /** The longest lease that can be set. */
    private static final Duration LONGEST_CLAIM = Duration.ofDays(1);

    /** Of what is dated, and of what is in flight. */
    private static final byte[][] SUMS = {{'s'}, {'h'}};

    private final RedisKeys keys;
    private final LettuceConnector<?> connector;
    private final RedisLink link;
    private final Scripts scripts;
    private final CorruptValue corrupt;
    private final Services services;
    private final RedisSettings settings;
    private final Remarks remarks;
    private final RedisLink notices;
    private volatile Consumer<String> listener = notice -> {};

    /** Why Redis doesn't let this process hear notices. */
    private volatile @Nullable Throwable unheard;

    LettuceCommands(RedisSettings settings, Services services, CorruptValue corrupt) {
        this(settings, services, corrupt, LettuceConnector.of(settings, services));
    }

    LettuceCommands(RedisSettings settings, Services services, CorruptValue corrupt, LettuceConnector<?> connector) {
        this.settings = settings;
        this.services = services;
        this.corrupt = corrupt;
        remarks = new Remarks(settings);
        keys = new RedisKeys(settings.keyPrefix());
        this.connector = connector;
        link = new RedisLink(settings, null, connector, services);
        scripts = new Scripts(link, corrupt);
        notices = new RedisLink(
                settings,
                new RedisLink.Effect(
                        "notices of other processes don't arrive", "notices of other processes arrive again"),
                () -> connector.connectTo(keys.notices(), notice -> listener.accept(new String(notice, UTF_8))),
                services);
    }

    @Override
    public void start(Events events) {
        listener = events::notice;
        notices.onConnected(() -> {
            unheard = null;
            events.subscribed();
        });
        link.onConnected(() -> {
            events.connected();
            lookIntoMemory();
        });
        link.connect();
        notices.connect();
    }

    /** Where a user may not ask for it, nobody is warned. */
    private void lookIntoMemory() {
        link.send(redis -> redis.info("memory"))
                .thenAccept(info -> remarks.memory(info).ifPresent(services.logger("cache.redis")::warn));
    }

    @Override
    public Optional<String> remark() {
        return Stream.of(connector.remark(), remarks.sentence())
                .flatMap(Optional::stream)
                .reduce((first, second) -> first + "; " + second);
    }

    /**
     * Also sees to it that a subscription that has gone dead is noticed. Where Redis doesn't permit one, there is no
     * contact: what is told there permits no notice either, and would be refused time and again. Nor is there contact
     * while processes of another version are at work, which this one can't count with.
     */
    @Override
    public CompletionStage<Beat> beat(String process, Duration goneAfter) {
        long sentMillis = nowMillis();
        var unused = notices.send(RedisClusterAsyncCommands::ping)
                .whenComplete((pong, failure) ->
                        unheard = isForbidden(failure) ? ShardUnavailableException.reasonOf(Cause.of(failure)) : null);
        CompletionStage<Long> others = remainingOfVersion1();
        return scripts.multi(Script.BEAT, beatKeys(), process, goneAfter.toMillis())
                .thenCompose(reply -> {
                    remarks.clock((Long) reply.get(0), sentMillis, nowMillis())
                            .ifPresent(services.logger("cache.redis")::warn);
                    return others.thenCompose(remaining -> beaten(reply, remaining, goneAfter));
                });
    }

    /** No process of version 1 runs on a cluster, where to ask would take another shard than the beat's. */
    private CompletionStage<Long> remainingOfVersion1() {
        return settings.isCluster()
                ? CompletableFuture.completedFuture(0L)
                : link.send(redis -> redis.pttl(keys.processesOfVersion1()));
    }

    private long nowMillis() {
        return Math.floorDiv(services.nanoTime(), 1_000_000L);
    }

    /** A node of a cluster that is taken for a server alone refuses keys of two slots. The second isn't touched. */
    private List<byte[]> beatKeys() {
        return settings.isCluster() ? List.of(keys.processes()) : List.of(keys.processes(), keys.closings());
    }

    /**
     * Takes a beat's answer.
     *
     * @param othersMillis for how long processes of another version count as there, if there are any
     */
    private CompletionStage<Beat> beaten(List<Object> reply, long othersMillis, Duration goneAfter) {
        Beat beat = new Beat(Math.toIntExact((Long) reply.get(1)), (Long) reply.get(2) == 1);
        if (othersMillis > 0 && othersMillis <= goneAfter.toMillis()) {
            return CompletableFuture.failedFuture(new OtherVersionException("processes of an earlier version of"
                    + " Whippletree share limits under the key-prefix " + settings.keyPrefix()
                    + ", and this process grants nothing until they have ended; end them, or set another key-prefix"
                    + " here and divide the limits"));
        }
        Throwable reason = unheard;
        return reason == null ? CompletableFuture.completedFuture(beat) : CompletableFuture.failedFuture(reason);
    }

    private static boolean isForbidden(@Nullable Throwable failure) {
        return failure != null && String.valueOf(Cause.of(failure).getMessage()).contains("NOPERM");
    }

    @Override
    public CompletionStage<Void> leave(String process) {
        return link.send(redis -> redis.zrem(keys.processes(), process.getBytes(UTF_8)))
                .thenAccept(count -> {});
    }

    @Override
    public CompletionStage<TradeReply> trade(Trade trade) {
        List<byte[]> names = new ArrayList<>(List.of(keys.state(trade.organization())));
        for (BlockEntry block : trade.blocks()) {
            names.add(keys.limit(trade.organization(), block.name()));
        }
        List<Object> arguments = new ArrayList<>(List.of(
                trade.knownEpoch(),
                trade.freshEpoch(),
                trade.process(),
                trade.turn(),
                trade.number(),
                trade.lease().toMillis(),
                trade.askers().stream()
                        .map(asker -> asker.turns() + "=" + asker.weight())
                        .collect(Collectors.joining(","))));
        for (BlockEntry block : trade.blocks()) {
            arguments.addAll(List.of(block.amount(), millisUp(block.window())));
            arguments.addAll(List.of(block.held(), block.free(), block.wanted(), block.used(), block.counted()));
        }
        arguments.add(trade.uses().size());
        trade.uses().forEach(use -> arguments.addAll(List.of(use.limit(), millisDown(use.ago()), use.amount())));
        arguments.add(trade.attempts().size());
        trade.attempts().forEach(arguments::addAll);
        return scripts.multi(Script.TRADE, names, arguments.toArray()).thenApply(reply -> tradeReply(reply, trade));
    }

    /** A longer window counts no less. */
    private static long millisUp(Duration window) {
        return window.plusNanos(999_999).toMillis();
    }

    /** A later use counts no less; one that is still to come is negative. */
    private static long millisDown(Duration ago) {
        return Math.floorDiv(ago.toNanos(), 1_000_000L);
    }

    /**
     * Values are of all blocks, then of all attempts, then of all askers; or, if something was lost, what is counted of
     * each block; there are none if nothing was done.
     */
    private static TradeReply tradeReply(List<Object> reply, Trade trade) {
        Iterator<Long> values = reply.stream().skip(3).map(Long.class::cast).iterator();
        List<BlockReply> ofBlocks = new ArrayList<>();
        List<AttemptReply> ofAttempts = new ArrayList<>();
        List<Integer> ofAskers = new ArrayList<>();
        List<Long> counted = new ArrayList<>();
        Verdict verdict = Verdict.valueOf(Scripts.text(reply.get(0)).toUpperCase(Locale.ROOT));
        if (verdict == Verdict.CHANGED) {
            values.forEachRemaining(counted::add);
        } else if (values.hasNext()) {
            trade.blocks()
                    .forEach(block -> ofBlocks.add(
                            new BlockReply(values.next(), values.next(), values.next(), values.next(), values.next())));
            trade.attempts()
                    .forEach(
                            attempt -> ofAttempts.add(new AttemptReply(Math.toIntExact(values.next()), values.next())));
            trade.askers().forEach(asker -> ofAskers.add(Math.toIntExact(values.next())));
        }
        return new TradeReply(
                verdict,
                Scripts.text(reply.get(1)),
                Duration.ofMillis((Long) reply.get(2)),
                ofBlocks,
                ofAttempts,
                ofAskers,
                counted);
    }

    @Override
    public CompletionStage<Map<String, Long>> survey(Map<String, Duration> own) {
        List<Object> arguments = new ArrayList<>();
        own.forEach((place, keep) -> arguments.addAll(List.of(place, keep.toMillis())));
        return scripts.multi(Script.SURVEY, List.of(keys.limits()), arguments.toArray())
                .thenCompose(places -> used(places.stream().map(Scripts::text).toList()));
    }

    private CompletionStage<Map<String, Long>> used(List<String> places) {
        Map<String, Long> used = new ConcurrentHashMap<>();
        return CompletableFuture.allOf(places.stream()
                        .map(place -> used(place)
                                .thenAccept(sum -> used.put(place, sum))
                                .toCompletableFuture())
                        .toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> used);
    }

    /**
     * The sums may hold what has left since they were written, which is a mistake on the careful side. A limit of
     * another type is one that nobody can use; the next that uses it mends it.
     */
    private CompletionStage<Long> used(String place) {
        return link.send(redis -> redis.hmget(keys.limit(place), SUMS))
                .thenApply(sums -> sums.stream()
                        .mapToLong(sum -> amount(place, sum.getValueOrElse(ZERO)))
                        .sum())
                .exceptionallyCompose(failure -> isOfAnotherType(failure)
                        ? CompletableFuture.completedFuture(0L)
                        : CompletableFuture.failedFuture(failure));
    }

    private static boolean isOfAnotherType(Throwable failure) {
        return Cause.find(RefusedCommandException.class, failure)
                .filter(refusal -> String.valueOf(refusal.getMessage()).startsWith("WRONGTYPE"))
                .isPresent();
    }

    private long amount(String place, byte[] sum) {
        String digits = Scripts.text(sum);
        if (AMOUNT.matcher(digits).matches()) {
            return Long.parseLong(digits);
        }
        corrupt.note(place + ": a sum is " + digits);
        return 0;
    }

    @Override
    public CompletionStage<Long> claim(CacheKey key, String token, Duration lease) {
        return claim(keys.claim(key), token, lease, lease);
    }

    private CompletionStage<Long> claim(byte[] what, String token, Duration lease, Duration longest) {
        return scripts.number(Script.CLAIM, List.of(what), token, lease.toMillis(), longest.toMillis());
    }

    @Override
    public CompletionStage<Long> claimedFor(CacheKey key) {
        return claim(keys.claim(key), "", Duration.ZERO, LONGEST_CLAIM);
    }

    @Override
    public CompletionStage<Void> renew(CacheKey key, String token, Duration lease) {
        return scripts.number(Script.RENEW, List.of(keys.claim(key)), token, lease.toMillis())
                .thenAccept(done -> {});
    }

    @Override
    public CompletionStage<Void> unclaim(CacheKey key, String token, String notice) {
        return scripts.number(Script.UNCLAIM, List.of(keys.claim(key)), token, keys.notices(), notice)
                .thenAccept(done -> {});
    }

    @Override
    public CompletionStage<Boolean> claimProbe(Scope scope, String token, Duration lease) {
        Duration longest = lease.compareTo(LONGEST_PROBE) < 0 ? LONGEST_PROBE : lease;
        Duration least = lease.compareTo(SHORTEST_PROBE) < 0 ? SHORTEST_PROBE : lease;
        return claim(keys.probe(scope), token, least, longest).thenApply(remaining -> remaining <= 0);
    }

    @Override
    public CompletionStage<Void> close(Scope scope, Duration remaining, String notice) {
        return scripts.number(
                        Script.CLOSE,
                        List.of(keys.closings(), keys.probe(scope)),
                        RedisKeys.scopeDigits(scope),
                        Math.max(1, remaining.toMillis()),
                        keys.notices(),
                        notice)
                .thenAccept(done -> {});
    }

    @Override
    public CompletionStage<Void> reopen(Scope scope, String notice) {
        return scripts.number(
                        Script.REOPEN,
                        List.of(keys.closings(), keys.probe(scope)),
                        RedisKeys.scopeDigits(scope),
                        keys.notices(),
                        notice)
                .thenAccept(done -> {});
    }

    @Override
    public CompletionStage<List<KeptNotice>> closings() {
        return scripts.multi(Script.CLOSINGS, List.of(keys.closings()), "").thenApply(LettuceCommands::kept);
    }

    private static List<KeptNotice> kept(List<Object> reply) {
        List<KeptNotice> kept = new ArrayList<>();
        for (int i = 0; i < reply.size(); i += 2) {
            kept.add(new KeptNotice(Duration.ofMillis((Long) reply.get(i)), Scripts.text(reply.get(i + 1))));
        }
        return kept;
    }

    @Override
    public void close() {
        notices.close();
        link.close();
    }
}
