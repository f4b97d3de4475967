package dev.whippletree.gateway.status;

import dev.whippletree.gateway.clients.Access;
import dev.whippletree.gateway.http.MemoryBudget;
import dev.whippletree.gateway.http.Refusals;
import dev.whippletree.gateway.status.LatestFailures.FailedAttempt;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The gateway's own part of the status. Thread-safe.
 *
 * @param access by it the clients, with what they have used
 * @param visits who is there
 * @param memory what requests under way take
 * @param trend how it went in the last minutes
 * @param refusals the requests that got an error
 * @param failures the attempts that failed last; absent: nobody heard of them
 * @param ticker the time by which clients' limits are counted, in nanoseconds
 */
record OwnPart(
        Supplier<Access> access,
        Visits visits,
        MemoryBudget memory,
        Trend trend,
        Refusals refusals,
        Optional<LatestFailures> failures,
        LongSupplier ticker) {

    /** Returns it as a JSON tree. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        Optional.ofNullable(OwnPart.class.getPackage().getImplementationVersion())
                .ifPresent(version -> json.put("version", version));
        json.put("connections", visits.connections());
        json.put("requests", visits.requests());
        json.put("memory", Map.of("used_bytes", memory.used(), "amount_bytes", memory.amount()));
        json.put("clients", access.get().clients().json(ticker.getAsLong()));
        json.put("trend", trend.json());
        json.put("refusals", refusals.json());
        failures.ifPresent(latest -> json.put(
                "failures", latest.lastFirst().stream().map(OwnPart::json).toList()));
        return json;
    }

    private static Map<String, Object> json(FailedAttempt failed) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", failed.at().toString());
        json.put("account", failed.account());
        json.put("model", failed.model());
        json.put("kind", failed.failure().word());
        failed.failure().status().ifPresent(status -> json.put("status", status));
        json.put("message", failed.failure().message());
        return json;
    }
}
