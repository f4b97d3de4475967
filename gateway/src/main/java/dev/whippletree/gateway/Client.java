package dev.whippletree.gateway;

import dev.whippletree.config.GatewaySettings;
import dev.whippletree.model.Limit;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.TokenCount;
import dev.whippletree.quota.Quota;
import dev.whippletree.quota.SlidingWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;

/** A client: a tenant, and its use of its own limits. Thread-safe. */
final class Client {

    /** The tenant of all requests to a gateway without keys; no client has that name. */
    static final String ANYBODY = "";

    /** What is reserved by requests under way may be free again at any moment. */
    private static final long SOON_NANOS = Duration.ofSeconds(1).toNanos();

    private final String tenant;
    private final Totals totals;
    private final List<Counted> limits = new ArrayList<>();

    /** What was used since the start, whatever limits there were. Thread-safe. */
    private record Totals(AtomicLong requests, AtomicLong tokens) {

        Totals() {
            this(new AtomicLong(), new AtomicLong());
        }
    }

    /** A limit and its uses. Guarded by the client. */
    private static final class Counted {

        private final Limit limit;
        private final SlidingWindow window;
        private long underWay;

        Counted(Limit limit) {
            this.limit = limit;
            this.window = new SlidingWindow(limit.amount(), limit.window());
        }

        Limit limit() {
            return limit;
        }

        SlidingWindow window() {
            return window;
        }

        long waitNanos(long now) {
            return window.waitNanos(1, now);
        }

        /** A request that needs more than the whole limit may run alone. */
        long needed(TokenCount tokens) {
            return Math.min(Math.max(1, limit.unit().amountOf(tokens)), limit.amount());
        }

        /** What requests under way hold but don't need is free again when they end, long before the window has passed. */
        long waitNanos(TokenCount tokens, long now) {
            long needed = needed(tokens);
            long wait = window.waitNanos(needed, now);
            return wait > 0 && window.left(now) + underWay >= needed ? Math.min(wait, SOON_NANOS) : wait;
        }
    }

    /** What one request has reserved of a limit. */
    private record Reserved(Counted counted, long amount, Quota.Use use) {}

    /** What one request holds of its client's token limits from its beginning to its end. Thread-safe. */
    final class Charge {

        private final List<Reserved> reserved;
        private boolean ended;

        private Charge(List<Reserved> reserved) {
            this.reserved = reserved;
        }

        /** The request used so many tokens. Calls after the first end change nothing. */
        void settle(TokenCount tokens, long now) {
            end(tokens, now, true);
        }

        /** A service may have worked on the request, but its tokens are unknown: the estimate counts. */
        void keep(long now) {
            keep(0, now);
        }

        /** The same of a request whose client was told some tokens of the answer: those count, if they are more. */
        void keep(long told, long now) {
            end(new TokenCount(0, told), now, false);
        }

        /** The request has failed. By its deadline a call may have been under way. */
        void failed(Throwable failure, long now) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof PromptException prompt && prompt.reason() == PromptException.Reason.DEADLINE) {
                keep(now);
            } else {
                release(now);
            }
        }

        /** The request wasn't answered, and used nothing as far as is known. */
        void release(long now) {
            end(TokenCount.NONE, now, true);
        }

        private void end(TokenCount tokens, long now, boolean known) {
            synchronized (Client.this) {
                if (ended) {
                    return;
                }
                ended = true;
                totals.tokens().addAndGet(known ? tokens.total() : 0);
                for (Reserved one : reserved) {
                    one.counted().underWay -= one.amount();
                    one.use().arrived(now);
                    long amount = one.counted().limit().unit().amountOf(tokens);
                    one.use().settle(known ? amount : Math.max(amount, one.amount()), now);
                }
            }
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

    /** The client for all requests to a gateway without keys. */
    static Client anybody() {
        return new Client(ANYBODY, new Totals(), List.of());
    }

    /** Returns whose answers it may see, and with whom it shares its turn. */
    String tenant() {
        return tenant;
    }

    /**
     * Asks whether a request may come at all, before anything is known of it. Counts nothing.
     *
     * @throws RequestException if one of its limits is used up, saying for how long
     */
    synchronized void admit(long now) {
        refuseBeyondLimits(TokenCount.NONE, now);
    }

    /** Returns whether the tokens that a request may need have to be known when it begins. */
    boolean limitsTokens() {
        return limits.stream().anyMatch(counted -> counted.limit().unit().countsTokens());
    }

    /**
     * Counts a request, and reserves the tokens that it may need.
     *
     * @param tokens what is reserved for it on its account, an estimate; of a limit smaller than that all is reserved
     * @return what it holds, to be ended once
     * @throws RequestException if that doesn't fit one of its limits, saying for how long; nothing is counted then
     */
    synchronized Charge begin(TokenCount tokens, long now) {
        refuseBeyondLimits(tokens, now);
        totals.requests().incrementAndGet();
        List<Reserved> reserved = new ArrayList<>();
        for (Counted counted : limits) {
            long amount = counted.needed(tokens);
            Quota.Use use = counted.window().reserve(amount, now);
            if (counted.limit().unit().countsTokens()) {
                counted.underWay += amount;
                reserved.add(new Reserved(counted, amount, use));
            } else {
                use.arrived(now);
            }
        }
        return new Charge(reserved);
    }

    private void refuseBeyondLimits(TokenCount tokens, long now) {
        Counted tightest = null;
        long longest = 0;
        for (Counted counted : limits) {
            long wait = counted.waitNanos(tokens, now);
            if (wait > longest) {
                longest = wait;
                tightest = counted;
            }
        }
        if (tightest != null) {
            throw new RequestException(ApiError.limited(tightest.limit().toString(), Duration.ofNanos(longest)));
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
