package dev.whippletree.gateway.batches;

import dev.whippletree.Whippletree;
import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.BatchProgress;
import dev.whippletree.batch.BatchResult;
import dev.whippletree.batch.Journal;
import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.gateway.clients.Client;
import dev.whippletree.gateway.http.RequestException;
import dev.whippletree.gateway.prompt.GatewayParts;
import dev.whippletree.model.TokenCount;
import dev.whippletree.time.Timeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The items of a batch. Each that has no result yet waits until the limits of its client have room, and counts there
 * like a request. The iterator is used by one thread at a time, which waits in it; the rest is thread-safe.
 */
final class ChargedItems implements Iterator<BatchItem> {

    private static final Duration USUAL_PAUSE = Duration.ofSeconds(1);

    /** Meanwhile a reload may have raised the limit, or removed the client. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Iterator<BatchItem> items;
    private final Journal journal;
    private final Supplier<Optional<Client>> client;
    private final Whippletree whippletree;
    private final Timeline timeline;
    private final Map<String, Client.Charge> charges = new ConcurrentHashMap<>();

    /** Done once no more items go, which ends the wait. */
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    private volatile Optional<BatchProgress.Wait> waiting = Optional.empty();
    private volatile boolean ended;

    /**
     * Creates those of a file.
     *
     * @param client whose they are; empty: it isn't one any more, and no limit applies
     */
    ChargedItems(BatchFile file, Supplier<Optional<Client>> client, GatewayParts gateway) throws IOException {
        this.items = file.items();
        this.journal = file.journal();
        this.client = client;
        this.whippletree = gateway.whippletree();
        this.timeline = gateway.timeline();
    }

    @Override
    public boolean hasNext() {
        return !stopped.isDone() && items.hasNext();
    }

    @Override
    public BatchItem next() {
        BatchItem item = items.next();
        try {
            if (!journal.has(item.id())) {
                charge(item);
                waiting = Optional.empty();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return item;
    }

    private void charge(BatchItem item) {
        while (!stopped.isDone()) {
            Optional<Client> now = client.get();
            if (now.isEmpty()) {
                return;
            }
            TokenCount tokens = now.get().limitsTokens() ? whippletree.tokensToReserve(item.prompt()) : TokenCount.NONE;
            try {
                charges.put(item.id(), now.get().begin(tokens, timeline.nanoTime()));
                if (ended) {
                    end(); // It came too late to be freed.
                }
                return;
            } catch (RequestException e) {
                Duration told = e.error().retryAfter().orElse(USUAL_PAUSE);
                Instant until = timeline.now().plus(told);
                waiting = Optional.of(new BatchProgress.Wait(
                        "", Optional.of(until), Optional.of(e.error().message())));
                waitFor(told.compareTo(LONGEST_PAUSE) < 0 ? told : LONGEST_PAUSE);
            }
        }
    }

    /** Returns the limit of the client that the next item waits for, without an account; empty: it waits for none. */
    Optional<BatchProgress.Wait> waiting() {
        return waiting;
    }

    /**
     * Returns in what time at least the limits of the client let the last of so many items without a result go, if each
     * uses so many tokens.
     */
    Duration timeFor(long left, TokenCount each) {
        long more = Math.max(0, left - charges.size());
        return client.get()
                .map(now -> now.timeFor(more, each, timeline.nanoTime()))
                .orElse(Duration.ZERO);
    }

    private void waitFor(Duration time) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        timeline.schedule(time.toNanos(), () -> over.complete(null));
        CompletableFuture.anyOf(over, stopped).join();
    }

    void settle(BatchResult result) {
        Client.Charge charge = charges.remove(result.id());
        if (charge == null) {
            return;
        }
        long now = timeline.nanoTime();
        if (result instanceof BatchResult.Answered answered) {
            charge.settle(answered.completion().usage(), 0, now);
        } else {
            charge.release(now);
        }
    }

    /** Lets no more items go. Those that went keep what they hold. */
    void stop() {
        stopped.complete(null);
    }

    /** Lets no more items go, and frees what those hold that have no result. */
    void end() {
        ended = true;
        stop();
        charges.values().forEach(charge -> charge.release(timeline.nanoTime()));
        charges.clear();
    }
}
