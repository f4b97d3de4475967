package dev.whippletree.gateway.clients;

import dev.whippletree.gateway.http.ApiError;
import dev.whippletree.gateway.http.Connections;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.limits.Quota;
import dev.whippletree.limits.SlidingWindow;
import dev.whippletree.model.Limit;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.TokenCount;
import dev.whippletree.model.TokenUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/**
 * A client: a tenant and its limits. Its usage survives reloads and is shared by all clients of the tenant.
 * Thread-safe.
 */
public final class Client {

    /** Reservations of requests in progress may be released at any moment. */
    private static final long SOON_NANOS = Duration.ofSeconds(1).toNanos();

    private final String tenant;
    private final Used used;
    private final List<Bound> limits = new ArrayList<>();

    /** A tenant's usage since the start, in total and by window. Guarded by itself. */
    static final class Used {

        private long requests;
        private long tokens;
        private final Map<List<Object>, LimitWindow> windows = new HashMap<>();

        private synchronized LimitWindow of(Limit limit) {
            return windows.computeIfAbsent(List.of(limit.unit(), limit.window()), key -> new LimitWindow(limit));
        }
    }

    /** The usage within one window. Guarded by its tenant's usage. */
    private static final class LimitWindow {

        private final SlidingWindow window;
        private long underWay;

        LimitWindow(Limit limit) {
            this.window = new SlidingWindow(limit.amount(), limit.window());
        }
    }

    /** A limit of this client, and the usage of its unit and window. */
    private record Bound(Limit limit, LimitWindow shared) {

        /** Returns the window, to be asked by this limit's amount. */
        SlidingWindow window() {
            shared.window.allow(limit.amount());
            return shared.window;
        }

        /** A request that needs more than the whole limit may run alone. */
        long needed(TokenCount tokens) {
            return Math.min(Math.max(1, limit.unit().amountOf(tokens)), limit.amount());
        }

        /** Returns what requests use beyond what those in progress may return. */
        long needed(long more, TokenCount each) {
            boolean countsTokens = limit.unit().countsTokens();
            return countsTokens ? more * Math.min(limit.unit().amountOf(each), limit.amount()) - shared.underWay : more;
        }

        /** Requests in progress return what they don't need when they end, long before the window has passed. */
        long waitNanos(TokenCount tokens, long now) {
            long needed = needed(tokens);
            long wait = window().waitNanos(needed, now);
            return wait > 0 && window().left(now) + shared.underWay >= needed ? Math.min(wait, SOON_NANOS) : wait;
        }
    }

    /** What one request has reserved of a limit. */
    private record Reserved(Bound bound, long amount, Quota.Use use) {}

    /** What one request reserves of its client's token limits until it ends. Thread-safe. */
    public final class Charge {

        private final List<Reserved> reserved;
        private final List<Quota.Use> requests;
        private final TokenCount estimate;
        private boolean ended;

        private Charge(List<Reserved> reserved, List<Quota.Use> requests, TokenCount estimate) {
            this.reserved = reserved;
            this.requests = requests;
            this.estimate = estimate;
        }

        /** Settles the request with the tokens it used. Only the first end counts. */
        public void settle(TokenCount tokens, long now) {
            end(tokens, now, true);
        }

        /** Settles the request with what the service counted, or ends it as {@link #keep(long, long)} does. */
        public void settle(Optional<TokenUsage> usage, long told, long now) {
            usage.ifPresentOrElse(
                    used -> settle(new TokenCount(used.promptTokens(), used.completionTokens()), now),
                    () -> keep(told, now));
        }

        /** Ends the request, on which a service may have worked, with its estimate, or the tokens sent if more. */
        public void keep(long told, long now) {
            end(new TokenCount(estimate.prompt(), told), now, false);
        }

        /**
         * The request has failed. By its deadline a call may have been under way, unless none had begun. One that left
         * the line to come again counts only when it comes.
         */
        public void failed(Throwable failure, long now) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof PromptException prompt
                    && prompt.reason() == PromptException.Reason.DEADLINE
                    && !prompt.tried().isZero()) {
                keep(0, now);
                return;
            }
            boolean comesAgain = cause instanceof CancellationException
                    || (cause instanceof PromptException told
                            && told.reason() == PromptException.Reason.CALLER_TIMEOUT);
            synchronized (used) {
                if (comesAgain && !ended) {
                    requests.forEach(use -> use.settle(0, now));
                }
                release(now);
            }
        }

        /** Releases the request: it wasn't answered and, as far as known, used nothing. */
        public void release(long now) {
            end(TokenCount.NONE, now, true);
        }

        private void end(TokenCount tokens, long now, boolean known) {
            synchronized (used) {
                if (ended) {
                    return;
                }
                ended = true;
                used.tokens += known ? tokens.total() : 0;
                for (Reserved one : reserved) {
                    one.bound().shared().underWay -= one.amount();
                    one.use().arrived(now);
                    long amount = one.bound().limit().unit().amountOf(tokens);
                    one.use().settle(known ? amount : Math.max(amount, one.amount()), now);
                }
            }
        }
    }

    /**
     * Creates one. Of two limits of the same unit and window the smaller one holds.
     *
     * @param used what the tenant has used so far; it goes on
     */
    Client(String tenant, List<Limit> limits, Used used) {
        this.tenant = tenant;
        this.used = used;
        Map<LimitWindow, Limit> smallest = new LinkedHashMap<>();
        limits.forEach(limit ->
                smallest.merge(used.of(limit), limit, (one, other) -> one.amount() <= other.amount() ? one : other));
        smallest.forEach((counted, limit) -> this.limits.add(new Bound(limit, counted)));
    }

    /** The client for all requests to a gateway without keys. */
    static Client anybody() {
        return new Client(Connections.ANYBODY, List.of(), new Used());
    }

    /** Returns whose answers it may see, and with whom it shares its turn. */
    public String tenant() {
        return tenant;
    }

    /**
     * Checks the limits before the request is read. Counts nothing.
     *
     * @throws RequestException if one of its limits is used up, with the wait
     */
    public void admit(long now) {
        synchronized (used) {
            refuseBeyondLimits(TokenCount.NONE, now);
        }
    }

    /** Returns whether a limit counts tokens, so that requests need an estimate. */
    public boolean limitsTokens() {
        return limits.stream().anyMatch(bound -> bound.limit().unit().countsTokens());
    }

    /**
     * Counts a request, and reserves the tokens that it may need.
     *
     * @param tokens what is reserved for it on its account, an estimate; of a limit smaller than that all is reserved
     * @return the reservation, to be ended once
     * @throws RequestException if that doesn't fit one of its limits, saying for how long; nothing is counted then
     */
    public Charge begin(TokenCount tokens, long now) {
        synchronized (used) {
            refuseBeyondLimits(tokens, now);
            used.requests++;
            List<Reserved> reserved = new ArrayList<>();
            List<Quota.Use> requests = new ArrayList<>(1);
            for (Bound bound : limits) {
                long amount = bound.needed(tokens);
                Quota.Use use = bound.window().reserve(amount, now);
                if (bound.limit().unit().countsTokens()) {
                    bound.shared().underWay += amount;
                    reserved.add(new Reserved(bound, amount, use));
                } else {
                    use.arrived(now);
                    requests.add(use);
                }
            }
            return new Charge(reserved, requests, tokens);
        }
    }

    /**
     * Returns the least time in which its limits let more requests begin; others may make it longer.
     *
     * @param more how many
     * @param each the tokens that one uses
     */
    public Duration timeFor(long more, TokenCount each, long now) {
        synchronized (used) {
            return Duration.ofNanos(limits.stream()
                    .mapToLong(bound -> bound.window().waitNanos(bound.needed(more, each), now))
                    .max()
                    .orElse(0));
        }
    }

    private void refuseBeyondLimits(TokenCount tokens, long now) {
        Limit tightest = null;
        long longest = 0;
        for (Bound bound : limits) {
            long wait = bound.waitNanos(tokens, now);
            if (wait > longest) {
                longest = wait;
                tightest = bound.limit();
            }
        }
        if (tightest != null) {
            throw new RequestException(ApiError.limited(tightest.toString(), Duration.ofNanos(longest)));
        }
    }

    /** Returns its name, what it has used and what is left of its limits; never its key, which it doesn't know. */
    Map<String, Object> json(long now) {
        synchronized (used) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", tenant);
            json.put("requests", used.requests);
            json.put("tokens", used.tokens);
            json.put("limits", limits.stream().map(bound -> json(bound, now)).toList());
            return json;
        }
    }

    private static Map<String, Object> json(Bound bound, long now) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("unit", bound.limit().unit().wireName());
        json.put("amount", bound.limit().amount());
        json.put("window_ms", bound.limit().window().toMillis());
        json.put("left", Math.max(0, bound.window().left(now)));
        long wait = bound.window().waitNanos(1, now);
        if (wait > 0) {
            json.put("more_in_ms", Duration.ofNanos(wait).toMillis());
        }
        return json;
    }
}
