package dev.whippletree.batch;

import dev.whippletree.Whippletree;
import dev.whippletree.time.Timeline;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks many prompts through a {@link Whippletree}, with batch priority, and only as many at once as keep its accounts
 * busy. Immutable, and thread-safe; may run several times, one after the other or, without a journal, at the same
 * time.
 *
 * <pre>{@code
 * BatchProgress end = Batch.over(whippletree)
 *         .journal(journal)
 *         .run(items, result -> System.out.println(result.item().id()))
 *         .join();
 * }</pre>
 *
 * <p>Items are pulled when they are needed, and no faster than results are requested, so neither need to fit into
 * memory. A result is in the {@link Journal} before the subscriber gets it. Items that the journal has already are
 * neither asked nor reported again.
 */
public final class Batch {

    private final BatchSettings settings;

    private Batch(BatchSettings settings) {
        this.settings = settings;
    }

    /**
     * Returns a builder of a batch without a journal.
     *
     * @param whippletree who answers; stays open
     */
    public static Builder over(Whippletree whippletree) {
        return new Builder(whippletree);
    }

    /**
     * Prepares a run.
     *
     * @param items no two with the same id, which isn't checked here, because all ids may not fit into memory; used by
     *     one thread at a time, which may block in it. What it throws ends the run
     * @return begins when it is subscribed to
     */
    public BatchRun run(Iterator<BatchItem> items) {
        return new BatchRun(settings, Objects.requireNonNull(items, "items"));
    }

    /**
     * Prepares a run of a stream, as {@link #run(Iterator)} does. All ids are kept in memory, and a second item with
     * the same id ends the run. The caller closes the stream.
     */
    public BatchRun run(Stream<BatchItem> items) {
        return run(distinct(Objects.requireNonNull(items, "items").iterator()));
    }

    /**
     * Asks all items now.
     *
     * @param items as for {@link #run(Iterator)}; {@code stream::iterator} if they are a stream. All ids are kept in
     *     memory, and a second item with the same id ends the run
     * @param results gets each result, one at a time, on a thread of the run's; it may block, and then holds the run
     *     up. What it throws ends the run once the calls under way have been written down
     * @return completes with the final progress, which says whether all items were asked; or with what
     *     {@link BatchRun} ends with. Cancelling it gives the calls under way up
     * @throws IllegalArgumentException if the items are a collection in which two have the same id; nothing is asked
     *     then
     */
    public CompletableFuture<BatchProgress> run(Iterable<BatchItem> items, Consumer<? super BatchResult> results) {
        Objects.requireNonNull(items, "items");
        Objects.requireNonNull(results, "results");
        Iterator<BatchItem> each = distinct(items.iterator());
        if (items instanceof Collection) {
            each.forEachRemaining(item -> {});
            each = items.iterator();
        }
        return run(each).forEach(results);
    }

    /** Returns the same items up to a second one of an id: both would be paid for, and only one could be found. */
    private static Iterator<BatchItem> distinct(Iterator<BatchItem> items) {
        Set<String> ids = new HashSet<>();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public BatchItem next() {
                BatchItem item = items.next();
                if (!ids.add(item.id())) {
                    throw new IllegalArgumentException(
                            "two items of the batch have the id '" + item.id() + "'; give each an id of its own");
                }
                return item;
            }
        };
    }

    /** Collects what makes a batch. Confined to one thread. */
    public static final class Builder {

        /** A character of a prompt is in memory as text, and again in a request. */
        private static final int HEAP_BYTES_A_CHARACTER = 16;

        private final Whippletree whippletree;
        private Journal journal = Journal.none();
        private boolean conversations;
        private long mostCharacters = Runtime.getRuntime().maxMemory() / HEAP_BYTES_A_CHARACTER;
        private StopRules rules = StopRules.USUAL;
        private OptionalLong total = OptionalLong.empty();
        private @Nullable DistinctPrompts distinct;
        private @Nullable Timeline timeline;
        private @Nullable Consumer<BatchProgress> listener;

        private Builder(Whippletree whippletree) {
            this.whippletree = Objects.requireNonNull(whippletree, "whippletree");
        }

        /** Sets where results are written down; stays open. */
        public Builder journal(Journal journal) {
            this.journal = Objects.requireNonNull(journal, "journal");
            return this;
        }

        /**
         * Makes the items of one session a conversation: each is asked after the previous one is answered, with
         * everything said so far as its history. Instructions that a session's items repeat are sent once. After an
         * item without an answer, the rest aren't asked.
         */
        public Builder conversations() {
            this.conversations = true;
            return this;
        }

        /**
         * Sets how many characters the prompts may have that are asked at once; usually as many as fit into the heap.
         * A prompt that is larger is asked alone.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder mostCharacters(long most) {
            if (most < 1) {
                throw new IllegalArgumentException("the most characters of a batch must be 1 or more, not " + most);
            }
            this.mostCharacters = most;
            return this;
        }

        /** Sets when it ends before all is done; usually after twenty failures in a row that are alike. */
        public Builder stop(StopRules rules) {
            this.rules = Objects.requireNonNull(rules, "rules");
            return this;
        }

        /** Sets how many items there are, for the forecast. */
        public Builder total(long total) {
            this.total = OptionalLong.of(total);
            return this;
        }

        /**
         * Sets which prompts are different, for the forecast. A run uses it up, so a batch with it can run only once.
         */
        public Builder distinct(DistinctPrompts distinct) {
            this.distinct = Objects.requireNonNull(distinct, "distinct").isKnown() ? distinct : null;
            return this;
        }

        /** Sets a listener for the progress, called each second on a thread of the timeline. */
        public Builder listener(Consumer<BatchProgress> listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** Sets time and threads; stays open. Otherwise each run has its own. */
        public Builder timeline(Timeline timeline) {
            this.timeline = Objects.requireNonNull(timeline, "timeline");
            return this;
        }

        /** Builds the batch and asks all items now, as {@link Batch#run(Iterable, Consumer)} does. */
        public CompletableFuture<BatchProgress> run(Iterable<BatchItem> items, Consumer<? super BatchResult> results) {
            return build().run(items, results);
        }

        /** Returns the batch. */
        public Batch build() {
            return new Batch(new BatchSettings(
                    whippletree,
                    journal,
                    conversations,
                    mostCharacters,
                    rules,
                    total,
                    distinct,
                    timeline,
                    listener == null ? progress -> {} : listener));
        }
    }
}
