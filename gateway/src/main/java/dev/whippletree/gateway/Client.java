package dev.whippletree.gateway;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Limit;
import dev.whippletree.quota.SlidingWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Somebody who asks: a tenant, and what it has used of its own limits. Thread-safe. */
final class Client {

    /** The tenant of whoever reaches a gateway without keys; no client has that name. */
    static final String ANYBODY = "";

    private final String tenant;
    private final Totals totals;
    private final List<Counted> limits = new ArrayList<>();

    /** What was used since the start, whatever limits there were. Thread-safe. */
    private record Totals(AtomicLong requests, AtomicLong tokens) {

        Totals() {
            this(new AtomicLong(), new AtomicLong());
        }
    }

    /** A limit and its uses. */
    private record Counted(Limit limit, SlidingWindow window) {

        Counted(Limit limit) {
            this(limit, new SlidingWindow(limit.amount(), limit.window()));
        }

        /** Tokens are known only afterwards, so a request may begin as long as any are left. */
        long waitNanos(long now) {
            return window.waitNanos(1, now);
        }
    }

    private Client(String tenant, Totals totals, List<Limit> limits) {
        this.tenant = tenant;
        this.totals = totals;
        limits.forEach(limit -> this.limits.add(new Counted(limit)));
    }

    /**
     * Returns the one that settings mean.
     *
     * @param before who had this name so far: it goes on if it has the same limits, else only what it has used altogether does
     */
    static Client of(GatewaySettings.Client settings, Optional<Client> before) {
        return before.filter(earlier -> earlier.isAs(settings))
                .orElseGet(() -> new Client(
                        settings.name(),
                        before.map(earlier -> earlier.totals).orElseGet(Totals::new),
                        settings.limits()));
    }

    private boolean isAs(GatewaySettings.Client settings) {
        return limits.stream().map(Counted::limit).toList().equals(settings.limits());
    }

    /** Whoever reaches a gateway without keys. */
    static Client anybody() {
        return new Client(ANYBODY, new Totals(), List.of());
    }

    /** Returns whose answers it may see, and with whom it shares its turn. */
    String tenant() {
        return tenant;
    }

    /**
     * Counts a request.
     *
     * @throws RequestException if one of its limits is used up, saying for how long; nothing is counted then
     */
    synchronized void begin(long now) {
        Counted tightest = null;
        long longest = 0;
        for (Counted counted : limits) {
            long wait = counted.waitNanos(now);
            if (wait > longest) {
                longest = wait;
                tightest = counted;
            }
        }
        if (tightest != null) {
            throw new RequestException(ApiError.limited(tightest.limit().toString(), Duration.ofNanos(longest)));
        }
        totals.requests().incrementAndGet();
        use(Limit.Unit.REQUESTS, 1, now);
    }

    /** Counts the tokens of an answer. */
    synchronized void used(long tokens, long now) {
        totals.tokens().addAndGet(tokens);
        use(Limit.Unit.TOKENS, tokens, now);
    }

    private void use(Limit.Unit unit, long amount, long now) {
        if (amount > 0) {
            limits.stream()
                    .filter(counted -> counted.limit().unit() == unit)
                    .forEach(counted -> counted.window().reserve(amount, now).arrived(now));
        }
    }

    /** Returns its name, what it has used and what is left of its limits; never its key, which it doesn't know. */
    synchronized Map<String, Object> json(long now) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", tenant);
        json.put("requests", totals.requests().get());
        json.put("tokens", totals.tokens().get());
        json.put("limits", limits.stream().map(counted -> json(counted, now)).toList());
        return json;
    }

    private static Map<String, Object> json(Counted counted, long now) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("unit", counted.limit().unit().wireName());
        json.put("amount", counted.limit().amount());
        json.put("window_ms", counted.limit().window().toMillis());
        json.put("left", Math.max(0, counted.window().left(now)));
        long wait = counted.waitNanos(now);
        if (wait > 0) {
            json.put("more_in_ms", Duration.ofNanos(wait).toMillis());
        }
        return json;
    }
}
