package dev.whippletree.cache.redis;

import dev.whippletree.cache.redis.contact.CoordinationCommands;
import dev.whippletree.cache.redis.contact.CoordinationSettings;
import dev.whippletree.cache.redis.link.CorruptValue;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Priority;
import dev.whippletree.model.Scope;
import dev.whippletree.spi.CacheKey;
import dev.whippletree.spi.Claim;
import dev.whippletree.spi.Coordination;
import dev.whippletree.spi.CoordinationListener;
import dev.whippletree.spi.CoordinationStatus;
import dev.whippletree.spi.Grant;
import dev.whippletree.spi.LimitUse;
import dev.whippletree.spi.ScopeClosing;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.Settings;
import dev.whippletree.spi.TenantTurn;
import dev.whippletree.testkit.FakeServices;
import dev.whippletree.testkit.redis.StoodStill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One of several processes of a test, each with threads, connections and memory of its own. */
final class CoordinatedProcess implements AutoCloseable {

    static final Scope SCOPE = Scope.of("test/acme");

    /** The turn of a test that is about no tenant. */
    static final TenantTurn TURN = new TenantTurn("", Priority.INTERACTIVE, 1);

    private static final AtomicInteger PROBES = new AtomicInteger();

    /** Of a limit that nobody else uses, and so small that none of it is ever free. */
    private final String probe = "probe-" + PROBES.incrementAndGet();

    private final FakeServices services = FakeServices.real();
    private final Coordination coordination;

    CoordinatedProcess(String uri, Map<String, String> settings) {
        coordination = new RedisCoordinator().open(settings(uri, settings), services);
    }

    private CoordinatedProcess(CoordinationSettings settings) {
        CorruptValue corrupt = new CorruptValue(settings.redis(), services);
        coordination = RedisCoordination.open(
                settings, new LettuceCommands(settings.redis(), services, corrupt), services, corrupt);
    }

    /** Opens one over a Redis that is never away: it waits for answers, however long the machine stalls. */
    static CoordinatedProcess patient(String uri, Map<String, String> settings) {
        CoordinationSettings read = CoordinationSettings.from(settings(uri, settings));
        return new CoordinatedProcess(new CoordinationSettings(
                Patience.patient(read.redis()), read.processes(), read.claimLease(), read.callLease()));
    }

    private static Settings settings(String uri, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("uri", uri));
        all.putAll(settings);
        return new Settings("coordinator redis", all);
    }

    /** Opens a coordination over commands that lead to no Redis. */
    static Coordination open(Map<String, String> settings, CoordinationCommands commands, Services services) {
        CoordinationSettings read = CoordinationSettings.from(new Settings("coordinator redis", settings));
        return RedisCoordination.open(read, commands, services, new CorruptValue(read.redis(), services));
    }

    static LimitUse one(long amount, Duration window) {
        return new LimitUse(SCOPE, "requests", Limit.requests(amount, window), 1);
    }

    Coordination coordination() {
        return coordination;
    }

    FakeServices services() {
        return services;
    }

    CoordinationStatus status() {
        return coordination.status();
    }

    /** Returns what the status says is wrong, unless it is only that the machine stood still. */
    Optional<String> problem() {
        return StoodStill.leftOutOf(status().problem());
    }

    Grant reserve(LimitUse... uses) {
        return coordination
                .reserve(List.of(uses), TURN)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    /** Reserves what has room, and returns the grant's id. */
    String granted(LimitUse... uses) {
        return ((Grant.Granted) reserve(uses)).id();
    }

    /** Reserves until it is refused, and returns what was granted. */
    List<String> reserveAll(LimitUse use) {
        ArrayList<String> ids = new ArrayList<>();
        while (reserve(use) instanceof Grant.Granted granted) {
            ids.add(granted.id());
        }
        return ids;
    }

    /** Uses what has room. */
    void use(LimitUse use) {
        settle(granted(use));
    }

    /** Uses until it is refused, and returns how often it was granted. */
    long useAll(LimitUse use) {
        List<String> ids = reserveAll(use);
        ids.forEach(this::settle);
        return ids.size();
    }

    void settle(String id) {
        settle(id, Duration.ZERO);
    }

    void settle(String id, Duration sinceArrival) {
        coordination.settle(id, Optional.empty(), sinceArrival);
    }

    void release(String id) {
        coordination.release(id);
    }

    Claim claim(CacheKey key) {
        return coordination.claim(key).toCompletableFuture().join();
    }

    /** Returns the closings that are heard from now on. */
    List<ScopeClosing> hear() {
        List<ScopeClosing> heard = new CopyOnWriteArrayList<>();
        coordination.listen(new CoordinationListener() {
            @Override
            public void closed(ScopeClosing closing) {
                // It may be told again, as when contact was lost for a moment.
                reopened(closing.scope());
                heard.add(closing);
            }

            @Override
            public void reopened(Scope scope) {
                heard.removeIf(closing -> closing.scope().equals(scope));
            }
        });
        return heard;
    }

    /** Returns whether reservations are answered by Redis, and none from memory. */
    boolean isInStep() {
        return isInStep(SCOPE);
    }

    /** Returns the same of an organization. */
    boolean isInStep(Scope scope) {
        long before = status().alone();
        LimitUse use = new LimitUse(scope, probe, Limit.requests(19, Duration.ofHours(1)), 1);
        if (!(reserve(use) instanceof Grant.Granted granted)) {
            return false;
        }
        release(granted.id());
        return status().connected() && status().alone() == before;
    }

    @Override
    public void close() {
        coordination.close();
        services.close();
    }
}
