package dev.whippletree.engine.flight;

import dev.whippletree.engine.line.WaitingLine;
import dev.whippletree.engine.pool.LatencyStats;
import dev.whippletree.engine.run.RecentSum;
import dev.whippletree.model.Limit;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
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
import java.util.function.BiFunction;

/** Counts prompts by outcome, and calls by tenant. Guarded by the engine's lock. */
public final class Tally {

    private static final int SECONDS = 60;
    private static final double NANOS_PER_SECOND = 1e9;

    private final long startNanos;

    /** The answers of the last minute, to the second. */
    private final RecentSum answers = new RecentSum(Duration.ofMinutes(1), SECONDS);

    private final LatencyStats latency = new LatencyStats();
    private final TenantTally tenants = new TenantTally();
    /** How many prompts each session has under way. */
    private final Map<ActiveSession, Integer> active = new HashMap<>();

    private long submitted;
    private long answered;
    private long fromCache;
    private long joined;
    private long failed;
    private long cancelled;
    private long resumed;

    /** A session with prompts under way. */
    record ActiveSession(String tenant, String session) {

        /** Mixes well, because names of tenants and sessions are often numbered alike. */
        @Override
        public int hashCode() {
            return tenant.hashCode() * 0x9E3779B1 + session.hashCode();
        }
    }

    public Tally(long now) {
        this.startNanos = now;
    }

    public TenantTally tenants() {
        return tenants;
    }

    /** Counts a new prompt. Returns its session, to be passed on at its end. */
    public ActiveSession submitted(Prompt prompt) {
        submitted++;
        ActiveSession session =
                new ActiveSession(prompt.tenant(), prompt.session().orElse(""));
        active.merge(session, 1, Integer::sum);
        return session;
    }

    public void answered(ActiveSession session, Origin.Source source, long tookNanos, long now) {
        answered++;
        fromCache += source == Origin.Source.CACHE ? 1 : 0;
        joined += source == Origin.Source.JOINED ? 1 : 0;
        answers.add(1, now - startNanos);
        latency.record(tookNanos);
        left(session);
    }

    public void failed(ActiveSession session) {
        failed++;
        left(session);
    }

    public void cancelled(ActiveSession session) {
        cancelled++;
        left(session);
    }

    /** Counts a prompt that has returned to a kept turn. */
    public void resumed() {
        resumed++;
    }

    private void left(ActiveSession session) {
        active.computeIfPresent(session, (same, prompts) -> prompts == 1 ? null : prompts - 1);
    }

    public StatusSnapshot.Prompts prompts() {
        return new StatusSnapshot.Prompts(submitted, answered, fromCache, joined, failed, cancelled, resumed);
    }

    public int sessionsActive() {
        return active.size();
    }

    /** Returns how many prompts were answered in the last minute; in the first minute, at the rate until now. */
    public double promptsPerMinute(long now) {
        long running = now - startNanos;
        double seconds = Math.min(SECONDS, Math.max(1, running / NANOS_PER_SECOND));
        return answers.sumOfWholeSlices(running) * SECONDS / seconds;
    }

    public StatusSnapshot.Latency latency() {
        return latency.summary();
    }

    /**
     * Counts each tenant's calls, and its use of limits. Guarded by the engine's lock.
     *
     * <p>{@value #MOST} tenants have rows of their own; all others share one. So memory is bounded, and no count ever
     * falls. A tenant that was silent for an hour passes its row on, with its counts.
     */
    public static final class TenantTally {

        /** How many tenants have rows. */
        public static final int MOST = 100;

        /** Use is known to a tenth of a limit's window. */
        private static final int SLICES = 10;

        private static final long IDLE_NANOS = Duration.ofHours(1).toNanos();

        private static final Comparator<StatusSnapshot.Tenant> BUSIEST_FIRST = Comparator.comparingInt(
                        StatusSnapshot.Tenant::waiting)
                .thenComparingLong(StatusSnapshot.Tenant::starts)
                .reversed()
                .thenComparing(tenant -> tenant.name().orElse(""));

        private final Row others = new Row();

        /** In order of the last sign of life, the oldest first. */
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
                RecentSum sum =
                        before != null && before.sum.isOver(window) ? before.sum : new RecentSum(window, SLICES);
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

        /** Notes that a tenant's flight needs a call. */
        public void asked(String tenant, WaitingLine line, long now) {
            if (!rows.containsKey(tenant) && hasPlace(line, now)) {
                rows.put(tenant, new Row());
            }
            row(tenant, now);
        }

        private boolean hasPlace(WaitingLine line, long now) {
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

        public void started(String tenant, long now) {
            row(tenant, now).starts++;
        }

        public void used(String tenant, Collection<LimitUse> uses, long now) {
            Row row = row(tenant, now);
            uses.forEach(use -> row.spend(use, now));
        }

        private Row row(String tenant, long now) {
            Row row = rows.getOrDefault(tenant, others);
            row.heardAt = now;
            return row;
        }

        /**
         * Returns the tenants' figures, those with most waiting first; none if there has been only one.
         *
         * @param underWay all flights under way, in order of their opening
         * @param line where they wait
         */
        public List<StatusSnapshot.Tenant> status(Collection<Flight> underWay, WaitingLine line, long now) {
            if (rows.size() < 2) {
                return List.of();
            }
            Map<Row, Integer> waiting = waiting(line);
            Map<Row, Long> oldest = oldest(underWay, waiting.keySet());
            BiFunction<Optional<String>, Row, StatusSnapshot.Tenant> described =
                    (name, row) -> new StatusSnapshot.Tenant(
                            name,
                            name.map(line::weightOf),
                            waiting.getOrDefault(row, 0),
                            Optional.ofNullable(oldest.get(row)).map(opened -> Duration.ofNanos(now - opened)),
                            row.starts,
                            row.shares(now));
            List<StatusSnapshot.Tenant> all = new ArrayList<>();
            rows.forEach((name, row) -> all.add(described.apply(Optional.of(name), row)));
            all.sort(BUSIEST_FIRST);
            if (waiting.containsKey(others) || others.starts > 0) {
                all.add(described.apply(Optional.empty(), others));
            }
            return all;
        }

        /** Returns the number of waiting flights by row, without zeros. */
        private Map<Row, Integer> waiting(WaitingLine line) {
            Map<Row, Integer> waiting = new HashMap<>();
            rows.forEach((name, row) -> waiting.put(row, line.waitingOf(name)));
            int inRows = waiting.values().stream().mapToInt(Integer::intValue).sum();
            waiting.put(others, line.size() - inRows);
            waiting.values().removeIf(count -> count == 0);
            return waiting;
        }

        /** Returns when the oldest waiting flight was opened, by row. */
        private Map<Row, Long> oldest(Collection<Flight> underWay, Set<Row> waiting) {
            Map<String, Row> byName = new HashMap<>(rows); // Reading the access-ordered map would change its order.
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
}
