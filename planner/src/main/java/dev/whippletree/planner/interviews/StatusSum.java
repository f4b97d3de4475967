package dev.whippletree.planner.interviews;

import dev.whippletree.model.FailureKind;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.model.StatusSnapshot.Account;
import dev.whippletree.model.StatusSnapshot.CacheTier;
import dev.whippletree.model.StatusSnapshot.Coordination;
import dev.whippletree.model.StatusSnapshot.Latency;
import dev.whippletree.model.StatusSnapshot.LimitStatus;
import dev.whippletree.model.StatusSnapshot.LimitStatus.Source;
import dev.whippletree.model.StatusSnapshot.Prompts;
import dev.whippletree.model.StatusSnapshot.Tenant;
import dev.whippletree.model.TokenUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Combines the status of several processes over the same accounts into one snapshot. Stateless.
 *
 * <p>Counts add up. Means are weighted by the number of measurements. A p95 can't be computed from several; the largest is used, which
 * the p95 of all measurements doesn't exceed. An account has its worst state of any process. Each process counts its own use of a
 * declared limit, so uses add up; a reported limit, or a rate found by trial, is the same for all, and the smallest amount left
 * applies.
 */
public final class StatusSum {

    private StatusSum() {}

    /**
     * Returns the sum of snapshots that were taken at about the same time.
     *
     * @param parts one of each process, at least one. If none has a coordination, each is taken to have been given a part of every
     *     declared limit, so that the amounts add up as well
     */
    public static StatusSnapshot of(List<StatusSnapshot> parts) {
        boolean together = parts.size() == 1
                || parts.stream().anyMatch(part -> part.coordination().isPresent());
        return new StatusSnapshot(
                latest(parts, StatusSnapshot::at),
                latest(parts, StatusSnapshot::uptime),
                prompts(parts.stream().map(StatusSnapshot::prompts).toList()),
                ints(parts, StatusSnapshot::sessionsActive),
                ints(parts, StatusSnapshot::waiting),
                ints(parts, StatusSnapshot::inFlight),
                longs(parts, StatusSnapshot::calls),
                parts.stream().mapToDouble(StatusSnapshot::promptsPerMinute).sum(),
                latency(parts.stream().map(StatusSnapshot::latency).toList()),
                tokens(parts.stream().map(StatusSnapshot::tokens).toList()),
                grouped(parts, StatusSnapshot::caches, CacheTier::name, StatusSum::cache),
                coordination(parts.stream()
                        .flatMap(part -> part.coordination().stream())
                        .toList()),
                grouped(parts, StatusSnapshot::accounts, Account::id, accounts -> account(accounts, together)),
                tenants(parts),
                longs(parts, StatusSnapshot::pickerFaults),
                parts.stream().flatMap(part -> part.notes().stream()).distinct().toList());
    }

    private static Prompts prompts(List<Prompts> parts) {
        return new Prompts(
                longs(parts, Prompts::submitted),
                longs(parts, Prompts::answered),
                longs(parts, Prompts::fromCache),
                longs(parts, Prompts::joined),
                longs(parts, Prompts::failed),
                longs(parts, Prompts::cancelled),
                longs(parts, Prompts::resumed));
    }

    private static Latency latency(List<Latency> parts) {
        long count = longs(parts, Latency::count);
        if (count == 0) {
            return parts.get(0);
        }
        double nanos = parts.stream()
                .mapToDouble(part -> (double) part.mean().toNanos() * part.count())
                .sum();
        Duration p95 = parts.stream()
                .filter(part -> part.count() > 0)
                .map(Latency::p95)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return new Latency(count, Duration.ofNanos(Math.round(nanos / count)), p95);
    }

    private static TokenUsage tokens(Collection<TokenUsage> parts) {
        return parts.stream().reduce(TokenUsage.NONE, TokenUsage::plus);
    }

    private static CacheTier cache(List<CacheTier> parts) {
        return new CacheTier(
                parts.get(0).name(),
                longs(parts, CacheTier::hits),
                longs(parts, CacheTier::misses),
                longs(parts, CacheTier::faults),
                parts.stream()
                        .flatMap(part -> part.remarks().stream())
                        .distinct()
                        .toList());
    }

    private static Optional<Coordination> coordination(List<Coordination> parts) {
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Coordination(
                parts.get(0).name(),
                parts.stream().allMatch(Coordination::connected),
                latest(parts, Coordination::processes),
                longs(parts, Coordination::granted),
                longs(parts, Coordination::alone),
                longs(parts, Coordination::refused),
                longs(parts, Coordination::claimed),
                longs(parts, Coordination::leftToOthers),
                longs(parts, Coordination::faults),
                parts.stream().flatMap(part -> part.problem().stream()).findFirst()));
    }

    private static Account account(List<Account> parts, boolean together) {
        Account worst = parts.stream()
                .max(Comparator.comparing(Account::state)
                        .thenComparing(account -> account.until().orElse(Instant.MIN)))
                .orElseThrow();
        return new Account(
                worst.id(),
                worst.provider(),
                worst.organization(),
                worst.state(),
                worst.reason(),
                worst.until(),
                ints(parts, Account::inFlight),
                ints(parts, Account::maxConcurrency),
                longs(parts, Account::calls),
                longs(parts, Account::answered),
                longs(parts, Account::rateLimited),
                failures(parts),
                latency(parts.stream().map(Account::latency).toList()),
                tokens(parts.stream().map(Account::tokens).toList()),
                tokensByModel(parts),
                grouped(parts, Account::limits, StatusSum::limitName, limits -> limit(limits, together)),
                longs(parts, Account::staleConnections));
    }

    /** Those that have no row of their own in some process come last. */
    private static List<Tenant> tenants(List<StatusSnapshot> parts) {
        return grouped(
                        parts,
                        StatusSnapshot::tenants,
                        Tenant::name,
                        rows -> Tenant.together(rows.get(0).name(), rows))
                .stream()
                .sorted(Comparator.comparing((Tenant tenant) -> tenant.name().isEmpty()))
                .toList();
    }

    private static Map<FailureKind, Long> failures(List<Account> parts) {
        Map<FailureKind, Long> sum = new EnumMap<>(FailureKind.class);
        parts.forEach(part -> part.failures().forEach((kind, number) -> sum.merge(kind, number, Long::sum)));
        return sum;
    }

    private static Map<String, TokenUsage> tokensByModel(List<Account> parts) {
        Map<String, TokenUsage> sum = new TreeMap<>();
        parts.forEach(
                part -> part.tokensByModel().forEach((model, tokens) -> sum.merge(model, tokens, TokenUsage::plus)));
        return sum;
    }

    /** What was found by trial differs from process to process in its amount, and still is one limit. */
    private static List<Object> limitName(LimitStatus limit) {
        return List.of(
                limit.scope(),
                limit.unit(),
                limit.source(),
                limit.source() == Source.LEARNED ? "" : limit.window(),
                limit.source() == Source.LEARNED ? "" : limit.amount());
    }

    private static LimitStatus limit(List<LimitStatus> parts, boolean together) {
        LimitStatus least =
                parts.stream().min(Comparator.comparing(LimitStatus::left)).orElseThrow();
        if (least.source() != Source.DECLARED) {
            return least;
        }
        long amount = together ? least.amount() : longs(parts, LimitStatus::amount);
        long used =
                parts.stream().mapToLong(part -> part.amount() - part.left()).sum();
        long left = Math.max(0, amount - used);
        return new LimitStatus(
                least.scope(),
                least.unit(),
                amount,
                least.window(),
                left,
                least.source(),
                left > 0 ? OptionalLong.empty() : least.nextIn());
    }

    /** Merges those elements of all parts that have a name in common, in the order in which the names first occur. */
    private static <P, E, K> List<E> grouped(
            List<P> parts, Function<P, List<E>> elements, Function<E, K> name, Function<List<E>, E> merge) {
        Map<K, List<E>> groups = parts.stream()
                .flatMap(part -> elements.apply(part).stream())
                .collect(Collectors.groupingBy(name, LinkedHashMap::new, Collectors.toList()));
        return groups.values().stream().map(merge).toList();
    }

    private static <P, V extends Comparable<V>> V latest(List<P> parts, Function<P, V> figure) {
        return parts.stream().map(figure).max(Comparator.naturalOrder()).orElseThrow();
    }

    private static <P> int ints(List<P> parts, ToIntFunction<P> figure) {
        return parts.stream().mapToInt(figure).sum();
    }

    private static <P> long longs(List<P> parts, ToLongFunction<P> figure) {
        return parts.stream().mapToLong(figure).sum();
    }
}
