package dev.whippletree.metrics;

import static dev.whippletree.metrics.Events.seconds;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountState;
import dev.whippletree.model.StatusSnapshot.AccountStatus;
import dev.whippletree.model.StatusSnapshot.CacheTier;
import dev.whippletree.model.StatusSnapshot.CoordinatorStatus;
import dev.whippletree.model.StatusSnapshot.LimitShare;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.model.StatusSnapshot.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Splits a status into numbers, each under its series. Confined to one thread. */
final class Readings {

    private static final String TENANT = "tenant";

    private final Map<Series, Double> values = new LinkedHashMap<>();

    private Readings() {}

    /** Returns every number that a status has, by its row; rows of what isn't there are absent. */
    static Map<Series, Double> of(StatusSnapshot status) {
        Readings readings = new Readings();
        readings.readEngine(status);
        readings.readCaches(status.caches());
        status.coordination().ifPresent(readings::readCoordination);
        for (AccountStatus account : status.accounts()) {
            readings.readAccount(account, status.at());
            account.limits().forEach(readings::readLimit);
        }
        status.tenants().forEach(readings::readTenant);
        return Map.copyOf(readings.values);
    }

    private void readEngine(StatusSnapshot status) {
        put(Series.of(Instrument.UPTIME), seconds(status.uptime()));
        put(Series.of(Instrument.SESSIONS), status.sessionsActive());
        put(Series.of(Instrument.WAITING), status.waiting());
        put(Series.of(Instrument.IN_FLIGHT), status.inFlight());
        put(Series.of(Instrument.PICKER_FAULTS), status.pickerFaults());
    }

    private void readCaches(List<CacheTier> tiers) {
        for (int index = 0; index < tiers.size(); index++) {
            CacheTier tier = tiers.get(index);
            String place = Integer.toString(index + 1);
            put(lookups(tier, place, "hit"), tier.hits());
            put(lookups(tier, place, "miss"), tier.misses());
            put(Series.of(Instrument.CACHE_FAULTS, "cache", tier.name(), "tier", place), tier.faults());
        }
    }

    private static Series lookups(CacheTier tier, String place, String result) {
        return Series.of(Instrument.CACHE_LOOKUPS, "cache", tier.name(), "tier", place, "result", result);
    }

    private void readCoordination(CoordinatorStatus shared) {
        put(Series.of(Instrument.COORDINATION_CONNECTED), shared.connected() ? 1 : 0);
        put(Series.of(Instrument.COORDINATION_PROCESSES), shared.processes());
        put(attempts("granted"), shared.granted() - shared.alone());
        put(attempts("granted_alone"), shared.alone());
        put(attempts("refused"), shared.refused());
        put(Series.of(Instrument.COORDINATION_QUESTIONS, "result", "claimed"), shared.claimed());
        put(Series.of(Instrument.COORDINATION_QUESTIONS, "result", "left_to_others"), shared.leftToOthers());
        put(Series.of(Instrument.COORDINATION_FAULTS), shared.faults());
    }

    private static Series attempts(String result) {
        return Series.of(Instrument.COORDINATION_ATTEMPTS, "result", result);
    }

    private void readAccount(AccountStatus account, Instant at) {
        put(of(Instrument.ACCOUNT_IN_FLIGHT, account), account.inFlight());
        put(of(Instrument.ACCOUNT_CONCURRENCY, account), account.maxConcurrency());
        for (AccountState state : AccountState.values()) {
            put(of(Instrument.ACCOUNT_STATE, account, "state", Own.word(state)), account.state() == state ? 1 : 0);
        }
        put(of(Instrument.ACCOUNT_CALLS, account, "result", "answered"), account.answered());
        for (FailureKind kind : FailureKind.values()) {
            long failures = account.failures().getOrDefault(kind, 0L);
            put(of(Instrument.ACCOUNT_CALLS, account, "result", Own.word(kind)), failures);
        }
        put(of(Instrument.ACCOUNT_STALE_CONNECTIONS, account), account.staleConnections());
        if (account.state() == AccountState.OPEN) {
            put(of(Instrument.ACCOUNT_OPENS_IN, account), 0);
        } else {
            account.until()
                    .ifPresent(until -> put(
                            of(Instrument.ACCOUNT_OPENS_IN, account),
                            Math.max(0, seconds(Duration.between(at, until)))));
        }
    }

    private static Series of(Instrument instrument, AccountStatus account) {
        return Series.of(instrument, "account", account.id(), "provider", account.provider());
    }

    private static Series of(Instrument instrument, AccountStatus account, String key, String value) {
        return Series.of(instrument, "account", account.id(), "provider", account.provider(), key, value);
    }

    /** Accounts of one organization have its limits in common. */
    private void readLimit(LimitStatus limit) {
        put(of(Instrument.LIMIT_AMOUNT, limit), limit.amount());
        values.merge(of(Instrument.LIMIT_LEFT, limit), (double) limit.left(), Math::min);
    }

    private void readTenant(Tenant tenant) {
        String name = tenant.name().map(Readings::shown).orElse(Own.OTHER);
        put(Series.of(Instrument.TENANT_WAITING, TENANT, name), tenant.waiting());
        put(
                Series.of(Instrument.TENANT_OLDEST_WAIT, TENANT, name),
                seconds(tenant.oldestWait().orElse(Duration.ZERO)));
        put(Series.of(Instrument.TENANT_STARTS, TENANT, name), tenant.starts());
        for (LimitShare share : tenant.limits()) {
            put(
                    Series.of(
                            Instrument.TENANT_LIMIT_SHARE,
                            TENANT,
                            name,
                            "organization",
                            share.scope().organization(),
                            "model",
                            share.scope().model().orElse("all"),
                            "unit",
                            share.limit().unit().wireName(),
                            "window",
                            inWords(share.limit().window())),
                    share.share());
        }
    }

    private static String shown(String name) {
        return name.isEmpty() ? Own.NONE : name;
    }

    private static Series of(Instrument instrument, LimitStatus limit) {
        return Series.of(
                instrument,
                "organization",
                limit.scope().organization(),
                "model",
                limit.scope().model().orElse("all"),
                "unit",
                limit.unit().wireName(),
                "window",
                limit.window().map(Readings::inWords).orElse("unknown"),
                "source",
                Own.word(limit.source()));
    }

    private static String inWords(Duration window) {
        long seconds = window.toSeconds();
        return window.toMillis() % 1000 == 0 ? seconds + "s" : window.toMillis() + "ms";
    }

    private void put(Series series, long value) {
        put(series, (double) value);
    }

    private void put(Series series, double value) {
        values.put(series, value);
    }
}
