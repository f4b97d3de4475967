package dev.whippletree.status;

import dev.whippletree.model.Scope;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.AccountStatus;
import dev.whippletree.model.StatusSnapshot.CacheTier;
import dev.whippletree.model.StatusSnapshot.Latency;
import dev.whippletree.model.StatusSnapshot.LimitShare;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.model.StatusSnapshot.Prompts;
import dev.whippletree.model.StatusSnapshot.Tenant;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes a status snapshot as a JSON tree: durations in milliseconds, instants in ISO 8601. */
final class StatusWriter {

    private StatusWriter() {}

    static Map<String, Object> write(PricedStatus priced) {
        StatusSnapshot status = priced.status();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("at", status.at().toString());
        tree.put("uptime_ms", status.uptime().toMillis());
        tree.put("prompts", of(status.prompts()));
        tree.put("sessions_active", status.sessionsActive());
        tree.put("waiting", status.waiting());
        tree.put("in_flight", status.inFlight());
        tree.put("calls", status.calls());
        tree.put("prompts_per_minute", status.promptsPerMinute());
        tree.put("response", of(status.latency()));
        tree.put("tokens", TokensJson.of(status.tokens()));
        tree.put("cost", of(priced.bill()));
        tree.put("caches", status.caches().stream().map(StatusWriter::of).toList());
        status.coordination().ifPresent(there -> tree.put("coordination", of(there)));
        tree.put("accounts", status.accounts().stream().map(StatusWriter::of).toList());
        if (!status.tenants().isEmpty()) {
            tree.put(
                    "tenants",
                    status.tenants().stream().map(tenant -> of(tenant, status)).toList());
        }
        tree.put("picker_faults", status.pickerFaults());
        tree.put("notes", status.notes());
        return tree;
    }

    private static Map<String, Object> of(StatusSnapshot.CoordinatorStatus coordination) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", coordination.name());
        tree.put("connected", coordination.connected());
        tree.put("processes", coordination.processes());
        tree.put("granted", coordination.granted());
        tree.put("alone", coordination.alone());
        tree.put("refused", coordination.refused());
        tree.put("claimed", coordination.claimed());
        tree.put("left_to_others", coordination.leftToOthers());
        tree.put("faults", coordination.faults());
        coordination.problem().ifPresent(problem -> tree.put("problem", problem));
        if (!coordination.remarks().isEmpty()) {
            tree.put("remarks", coordination.remarks());
        }
        return tree;
    }

    /** A cost that isn't known is absent, never 0. */
    private static Map<String, Object> of(Bill bill) {
        Map<String, Object> tree = new LinkedHashMap<>();
        bill.prices().ifPresent(prices -> {
            tree.put("currency", prices.currency());
            tree.put("prices_as_of", prices.asOf().toString());
            tree.put("prices_stale", prices.doubt().isPresent());
            tree.put("prices_source", prices.source());
            prices.doubt().ifPresent(doubt -> tree.put("prices_doubt", doubt));
        });
        bill.cost().ifPresent(cost -> tree.put("total", cost));
        tree.put("items", bill.items().stream().map(StatusWriter::of).toList());
        return tree;
    }

    private static Map<String, Object> of(Bill.Item item) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("account", item.account());
        tree.put("model", item.model());
        tree.put("tokens", TokensJson.of(item.tokens()));
        item.cost().ifPresent(cost -> tree.put("cost", cost));
        item.credit().ifPresent(credit -> tree.put("credit", credit.toString()));
        return tree;
    }

    private static Map<String, Object> of(Prompts prompts) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("submitted", prompts.submitted());
        tree.put("answered", prompts.answered());
        tree.put("from_cache", prompts.fromCache());
        tree.put("joined", prompts.joined());
        tree.put("failed", prompts.failed());
        tree.put("cancelled", prompts.cancelled());
        tree.put("resumed", prompts.resumed());
        tree.put("under_way", prompts.underWay());
        tree.put("spared_rate", prompts.sparedRate());
        tree.put("success_rate", prompts.successRate());
        return tree;
    }

    private static Map<String, Object> of(Latency latency) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("count", latency.count());
        tree.put("mean_ms", latency.mean().toMillis());
        tree.put("p95_ms", latency.p95().toMillis());
        return tree;
    }

    private static Map<String, Object> of(CacheTier tier) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", tier.name());
        tree.put("hits", tier.hits());
        tree.put("misses", tier.misses());
        tree.put("faults", tier.faults());
        tree.put("remarks", tier.remarks());
        return tree;
    }

    private static Map<String, Object> of(AccountStatus account) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", account.id());
        tree.put("provider", account.provider());
        tree.put("organization", account.organization());
        tree.put("state", lower(account.state()));
        account.reason().ifPresent(reason -> tree.put("reason", reason));
        account.until().ifPresent(until -> tree.put("until", until.toString()));
        tree.put("in_flight", account.inFlight());
        tree.put("max_concurrency", account.maxConcurrency());
        tree.put("calls", account.calls());
        tree.put("answered", account.answered());
        tree.put("rate_limited", account.rateLimited());
        Map<String, Object> failures = new TreeMap<>();
        account.failures().forEach((kind, number) -> failures.put(lower(kind), number));
        tree.put("failures", failures);
        tree.put("stale_connections", account.staleConnections());
        tree.put("response", of(account.latency()));
        tree.put("tokens", TokensJson.of(account.tokens()));
        tree.put("limits", account.limits().stream().map(StatusWriter::of).toList());
        return tree;
    }

    /** The row of all tenants without one of their own has no name. */
    private static Map<String, Object> of(Tenant tenant, StatusSnapshot status) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tenant.name().ifPresent(name -> tree.put("name", name));
        tenant.weight().ifPresent(weight -> tree.put("weight", weight));
        tree.put("waiting", tenant.waiting());
        tenant.oldestWait().ifPresent(wait -> tree.put("oldest_wait_ms", wait.toMillis()));
        tree.put("starts", tenant.starts());
        tree.put("share_of_starts", status.shareOfStarts(tenant));
        tree.put("limits", tenant.limits().stream().map(StatusWriter::of).toList());
        return tree;
    }

    private static Map<String, Object> of(LimitShare share) {
        Map<String, Object> tree = of(share.scope());
        tree.put("unit", share.limit().unit().wireName());
        tree.put("amount", share.limit().amount());
        tree.put("window_ms", share.limit().window().toMillis());
        tree.put("used", share.used());
        tree.put("share", share.share());
        return tree;
    }

    private static Map<String, Object> of(LimitStatus limit) {
        Map<String, Object> tree = of(limit.scope());
        tree.put("unit", limit.unit().wireName());
        tree.put("amount", limit.amount());
        limit.window().ifPresent(window -> tree.put("window_ms", window.toMillis()));
        tree.put("left", limit.left());
        tree.put("source", lower(limit.source()));
        limit.nextIn()
                .ifPresent(
                        nanos -> tree.put("more_in_ms", Duration.ofNanos(nanos).toMillis()));
        return tree;
    }

    private static Map<String, Object> of(Scope scope) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("organization", scope.organization());
        scope.model().ifPresent(model -> tree.put("model", model));
        return tree;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
