package dev.whippletree.engine;

import dev.whippletree.engine.flight.Flight;
import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.run.RecentSum;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.LimitShare;
import dev.whippletree.spi.LimitUse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What each tenant has begun, and what it has used of limits. Guarded by the engine's lock.
 *
 * <p>{@value #MOST} tenants have rows of their own; what others do meanwhile is counted in one row for all of them. So the memory is bounded, and
 * no count ever falls. A tenant of which nothing was heard for an hour gives its row, with its counts, to another.
 */
final class TenantTally {

    /** How many tenants have rows. */
    static final int MOST = 100;

    /** What was used of a limit is known to a tenth of its window. */
    private static final int SLICES = 10;

    private static final long IDLE_NANOS = Duration.ofHours(1).toNanos();

    private static final Comparator<StatusSnapshot.Tenant> BUSIEST_FIRST = Comparator.comparingInt(
                    StatusSnapshot.Tenant::waiting)
            .thenComparingLong(StatusSnapshot.Tenant::starts)
            .reversed()
            .thenComparing(tenant -> tenant.name().orElse(""));

    private final WaitingLine line;
    private final Row others = new Row();

    /** The one that wasn't heard of for longest comes first. */
    private final Map<String, Row> rows = new LinkedHashMap<>(16, 0.75f, true);

    /** One tenant's counts. */
    private static final class Row {
        private final Map<LimitKey, Spent> spent = new HashMap<>(2);
        private long starts;
        private long heardAt;

        void spend(LimitUse use, long now) {
            LimitKey key = new LimitKey(use.scope(), use.name());
            Duration window = use.limit().window();
            Spent before = spent.get(key);
            RecentSum sum = before != null && before.sum.isOver(window) ? before.sum : new RecentSum(window, SLICES);
            sum.add(use.amount(), now);
            spent.put(key, new Spent(use.limit(), sum));
        }

        List<LimitShare> shares(long now) {
            spent.values().removeIf(one -> one.sum.sum(now) == 0);
            return spent.entrySet().stream()
                    .map(entry -> new LimitShare(
                            entry.getKey().scope,
                            entry.getValue().limit,
                            entry.getValue().sum.sum(now)))
                    .sorted(Comparator.comparing(
                                    (LimitShare share) -> share.scope().toString())
                            .thenComparing(share -> share.limit().unit())
                            .thenComparing(share -> share.limit().window()))
                    .toList();
        }
    }

    private record LimitKey(Scope scope, String name) {}

    private record Spent(Limit limit, RecentSum sum) {}

    /**
     * Creates an empty one.
     *
     * @param line where tenants' flights wait
     */
    TenantTally(WaitingLine line) {
        this.line = line;
    }

    /** A tenant's flight needs a call. */
    void asked(String tenant, long now) {
        if (!rows.containsKey(tenant) && hasPlace(now)) {
            rows.put(tenant, new Row());
        }
        row(tenant, now);
    }

    private boolean hasPlace(long now) {
        if (rows.size() < MOST) {
            return true;
        }
        Map.Entry<String, Row> silent = rows.entrySet().iterator().next();
        if (now - silent.getValue().heardAt < IDLE_NANOS) {
            return false;
        }
        if (line.waitingOf(silent.getKey()) > 0) {
            row(silent.getKey(), now);
            return false;
        }
        rows.remove(silent.getKey());
        return true;
    }

    /** A call is made for a tenant. */
    void started(String tenant, long now) {
        row(tenant, now).starts++;
    }

    /** A tenant's call has ended, and has used so much. */
    void used(String tenant, Collection<LimitUse> uses, long now) {
        Row row = row(tenant, now);
        uses.forEach(use -> row.spend(use, now));
    }

    private Row row(String tenant, long now) {
        Row row = rows.getOrDefault(tenant, others);
        row.heardAt = now;
        return row;
    }

    /**
     * Returns how they stand, those with most waiting first; none if there has been only one.
     *
     * @param underWay all flights that haven't ended, in the order in which they were opened
     */
    List<StatusSnapshot.Tenant> status(Collection<Flight> underWay, long now) {
        if (rows.size() < 2) {
            return List.of();
        }
        Map<Row, Integer> waiting = waiting();
        Map<Row, Long> oldest = oldest(underWay, waiting.keySet());
        List<StatusSnapshot.Tenant> all = new ArrayList<>();
        rows.forEach((name, row) -> all.add(status(
                Optional.of(name),
                Optional.of(line.weightOf(name)),
                waiting.getOrDefault(row, 0),
                Optional.ofNullable(oldest.get(row)),
                row,
                now)));
        all.sort(BUSIEST_FIRST);
        int rest = waiting.getOrDefault(others, 0);
        if (rest > 0 || others.starts > 0) {
            all.add(status(
                    Optional.empty(), Optional.empty(), rest, Optional.ofNullable(oldest.get(others)), others, now));
        }
        return all;
    }

    /** Returns how many flights wait of each row that has any. */
    private Map<Row, Integer> waiting() {
        Map<Row, Integer> waiting = new HashMap<>();
        rows.forEach((name, row) -> waiting.put(row, line.waitingOf(name)));
        waiting.put(
                others,
                line.size()
                        - waiting.values().stream().mapToInt(Integer::intValue).sum());
        waiting.values().removeIf(count -> count == 0);
        return waiting;
    }

    private static StatusSnapshot.Tenant status(
            Optional<String> name, Optional<Integer> weight, int waiting, Optional<Long> opened, Row row, long now) {
        return new StatusSnapshot.Tenant(
                name, weight, waiting, opened.map(nanos -> Duration.ofNanos(now - nanos)), row.starts, row.shares(now));
    }

    /** Returns when the first flight that waits was opened, of each row that has any. */
    private Map<Row, Long> oldest(Collection<Flight> underWay, Set<Row> waiting) {
        Map<String, Row> byName = new HashMap<>(rows); // Reading the rows themselves would change their order.
        Map<Row, Long> oldest = new HashMap<>();
        for (Flight flight : underWay) {
            if (flight.ticket().isInLine()) {
                oldest.putIfAbsent(byName.getOrDefault(flight.prompt().tenant(), others), flight.openedNanos());
                if (oldest.size() == waiting.size()) {
                    break;
                }
            }
        }
        return oldest;
    }
}
