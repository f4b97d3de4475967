package dev.whippletree.gateway.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the requests under way, for the gateway's end: it then rejects new requests, and ends those that take too
 * long. Thread-safe.
 */
public final class UnderWay implements HttpHandler {

    private static final AttachmentKey<Entry> ENTRY = AttachmentKey.create(Entry.class);
    private static final AttachmentKey<CompletableFuture<?>> NEEDED = AttachmentKey.create(CompletableFuture.class);

    private final HttpHandler next;
    private final CompletableFuture<Void> quiet = new CompletableFuture<>();

    // Both guarded by this.
    private final Set<Entry> entries = new HashSet<>();
    private boolean refusing;

    /** One request. Confined to its I/O thread. */
    private static final class Entry {

        private final HttpServerExchange exchange;
        private @Nullable Runnable lastWords;
        private boolean over;

        Entry(HttpServerExchange exchange) {
            this.exchange = exchange;
        }

        void lastWords(Runnable words) {
            lastWords = words;
            if (over) {
                words.run();
            }
        }

        /**
         * Runs the last words; resets a request that was only partly received. An answer that hasn't begun closes its
         * connection.
         */
        void end() {
            over = true;
            if (!exchange.isResponseStarted()) {
                exchange.setPersistent(false);
            }
            if (lastWords != null) {
                lastWords.run();
            } else if (!exchange.isRequestComplete()) {
                Reset.now(exchange.getConnection());
            }
        }
    }

    /** Creates a tracker that refuses nothing yet. */
    public UnderWay(HttpHandler next) {
        this.next = next;
    }

    /**
     * Sets how to end a request when the gateway can't wait for its answer. On the exchange's I/O thread.
     *
     * @param words runs on that thread at most once, also after the answer
     */
    public static void lastWords(HttpServerExchange exchange, Runnable words) {
        Entry entry = exchange.getAttachment(ENTRY);
        if (entry != null) {
            entry.lastWords(words);
        }
    }

    /**
     * Keeps a request in progress until something has ended, even if its exchange is over before: it counts as under
     * way, and keeps what it holds. On the exchange's I/O thread.
     */
    public static void keepUntil(HttpServerExchange exchange, CompletableFuture<?> end) {
        exchange.putAttachment(NEEDED, end);
    }

    /** Runs a task once a request is over: its exchange and whatever it is {@linkplain #keepUntil kept} for. */
    public static void whenOver(HttpServerExchange exchange, Runnable task) {
        whenExchanged(exchange, () -> {
            CompletableFuture<?> needed = exchange.getAttachment(NEEDED);
            if (needed == null) {
                task.run();
            } else {
                needed.whenComplete((result, failure) -> task.run());
            }
        });
    }

    /** Runs a task once a request's exchange is over, whatever the request is kept for. */
    public static void whenExchanged(HttpServerExchange exchange, Runnable task) {
        exchange.addExchangeCompleteListener((over, after) -> {
            task.run();
            after.proceed();
        });
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Entry entry = new Entry(exchange);
        if (!add(entry)) {
            exchange.setPersistent(false);
            throw new RequestException(ApiError.closing());
        }
        exchange.putAttachment(ENTRY, entry);
        whenOver(exchange, () -> remove(entry));
        next.handleRequest(exchange);
    }

    /** Returns how many exchanges aren't over. */
    public long count() {
        return rest().stream().filter(entry -> !entry.exchange.isComplete()).count();
    }

    private synchronized boolean add(Entry entry) {
        return !refusing && entries.add(entry);
    }

    private void remove(Entry entry) {
        boolean last;
        synchronized (this) {
            last = entries.remove(entry) && entries.isEmpty() && refusing;
        }
        if (last) {
            quiet.complete(null);
        }
    }

    /**
     * Refuses all new requests from now on.
     *
     * @return ends when no request is in progress; the same future each time
     */
    public CompletableFuture<Void> refuse() {
        boolean none;
        synchronized (this) {
            refusing = true;
            none = entries.isEmpty();
        }
        if (none) {
            quiet.complete(null);
        }
        return quiet;
    }

    /** Ends each request with its last words. */
    public void end() {
        rest().forEach(entry -> Response.later(entry.exchange, entry::end));
    }

    /** Makes all remaining connections reset when they close. */
    public void giveUp() {
        rest().forEach(entry -> Reset.whenClosed(entry.exchange.getConnection()));
    }

    private synchronized List<Entry> rest() {
        return List.copyOf(entries);
    }
}
