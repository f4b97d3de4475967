package dev.whippletree.gateway;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Limit;
import dev.whippletree.quota.SlidingWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Somebody who asks: a tenant, and what it has used of its own limits. Thread-safe. */
final class Client {

    private final String tenant;
    private final List<Counted> limits = new ArrayList<>();

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

    private Client(String tenant, List<Limit> limits) {
        this.tenant = tenant;
        limits.forEach(limit -> this.limits.add(new Counted(limit)));
    }

    static Client of(GatewaySettings.Client settings) {
        return new Client(settings.name(), settings.limits());
    }

    /** Returns whether it is the one that settings mean, with the same limits. */
    boolean isAs(GatewaySettings.Client settings) {
        return tenant.equals(settings.name())
                && limits.stream().map(Counted::limit).toList().equals(settings.limits());
    }

    /** Whoever reaches a gateway without keys. */
    static Client anybody() {
        return new Client("", List.of());
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
        use(Limit.Unit.REQUESTS, 1, now);
    }

    /** Counts the tokens of an answer. */
    synchronized void used(long tokens, long now) {
        use(Limit.Unit.TOKENS, tokens, now);
    }

    private void use(Limit.Unit unit, long amount, long now) {
        if (amount > 0) {
            limits.stream()
                    .filter(counted -> counted.limit().unit() == unit)
                    .forEach(counted -> counted.window().reserve(amount, now).arrived(now));
        }
    }
}
