package dev.whippletree.gateway.clients;

import dev.whippletree.config.Configuration;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Limit;
import dev.whippletree.spi.AccountSettings.DeclaredLimit;
import io.undertow.util.HttpString;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Returns how much a client may send a minute, in the headers by which programs made for OpenAI choose their pace.
 * Stateless.
 */
final class RateLimits {

    private static final Map<Limit.Unit, HttpString> HEADERS = Map.of(
            Limit.Unit.REQUESTS, new HttpString("x-ratelimit-limit-requests"),
            Limit.Unit.TOKENS, new HttpString("x-ratelimit-limit-tokens"));

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private RateLimits() {}

    /** Returns the headers: its own limits; else the sum of its accounts' declared ones, if it is shown accounts. */
    static Map<HttpString, Long> headers(
            Optional<GatewaySettings.Client> client, Configuration configuration, Disclosure disclosure) {
        Collection<List<Limit>> organizations = configuration.accounts().stream()
                .filter(account -> disclosure.accountsShown())
                .filter(account -> client.map(one -> one.mayUse(account.id())).orElse(true))
                .collect(Collectors.groupingBy(
                        account -> List.of(
                                account.provider(), account.organization().orElse("account " + account.id())),
                        Collectors.flatMapping(
                                account -> account.limits().stream().map(DeclaredLimit::limit), Collectors.toList())))
                .values();
        Map<HttpString, Long> headers = new HashMap<>();
        HEADERS.forEach((unit, name) -> client.flatMap(one -> perMinute(one.limits(), unit))
                .or(() -> organizations.stream()
                        .map(limits -> perMinute(limits, unit))
                        // Of an organization without a limit, nobody knows how much it takes.
                        .reduce((one, other) -> one.flatMap(amount -> other.map(more -> amount + more)))
                        .flatMap(sum -> sum))
                .ifPresent(amount -> headers.put(name, amount)));
        return headers;
    }

    /**
     * Returns the tightest limit of a unit: of those of a minute or less; if there are none, of the others, by their
     * share of a minute.
     */
    static Optional<Long> perMinute(List<Limit> limits, Limit.Unit unit) {
        Comparator<Limit> longerLast =
                Comparator.comparing(limit -> limit.window().compareTo(MINUTE) > 0);
        return limits.stream()
                .filter(limit -> limit.unit() == unit)
                .min(longerLast.thenComparing(limit -> perMinute(limit)))
                .map(RateLimits::perMinute);
    }

    private static long perMinute(Limit limit) {
        return Math.max(1, (long)
                ((double) limit.amount() * MINUTE.toNanos() / limit.window().toNanos()));
    }
}
