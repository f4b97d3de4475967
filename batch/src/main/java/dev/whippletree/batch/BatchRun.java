package dev.whippletree.batch;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.time.SystemTimeline;
import dev.whippletree.time.Timeline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a batch, and the publisher of its results, in order of completion. It starts with its subscription, and
 * allows only one. Thread-safe.
 *
 * <p>It ends with {@code onComplete} when every item has ended or it was stopped, and {@link #progress()} then says which; with {@code onError} if
 * items can't be pulled or results can't be written down, after what was under way has ended. Cancelling the subscription is {@link #abort()}.
 *
 * <p>Everything happens in {@link #step}, which never overlaps itself: items are asked, ended ones are written down together, then told.
 */
public final class BatchRun implements Flow.Publisher<BatchResult> {

    private static final Logger LOG = LoggerFactory.getLogger(BatchRun.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final BatchSettings settings;
    private final Whippletree whippletree;
    private final Timeline timeline;
    private final @Nullable Conversations conversations;
    private final Feed feed;
    private final Window window;
    private final CompletableFuture<BatchProgress> end = new CompletableFuture<>();

    private final AtomicBoolean subscribed = new AtomicBoolean();
    private final AtomicInteger steps = new AtomicInteger();
    private final AtomicLong demand = new AtomicLong();
    private final Queue<Asked> landed = new ConcurrentLinkedQueue<>();
    private volatile @Nullable String stopWish;
    private volatile @Nullable Throwable failureWish;
    private volatile boolean aborted;
    private volatile BatchProgress progress;

    // Confined to step().
    private final Set<Asked> underWay = new LinkedHashSet<>();
    private final Deque<BatchResult> untold = new ArrayDeque<>();
    private final Outlook outlook;
    private Flow.@Nullable Subscriber<? super BatchResult> subscriber;
    private @Nullable Brakes brakes;
    private @Nullable String stopped;
    private @Nullable Throwable failure;
    private boolean waitsForPlace;
    private boolean looked;
    private boolean ticked;
    private boolean noted;
    private boolean ended;
    private long beganNanos;
    private long answered;
    private long fromCache;
    private long failed;

    /** An item that is being asked, and how. */
    private record Asked(BatchItem item, CompletableFuture<Completion> answer) {

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    BatchRun(BatchSettings settings, Iterator<BatchItem> items) {
        this.settings = settings;
        this.whippletree = settings.whippletree();
        this.timeline = settings.timelines().get();
        this.conversations = settings.conversations() ? new Conversations() : null;
        this.feed = new Feed(items, settings.journal(), conversations, timeline.executor(), this::wake);
        this.window = new Window(whippletree);
        this.outlook = new Outlook(whippletree, settings.total());
        this.progress = new BatchProgress(
                settings.total(),
                0,
                0,
                0,
                0,
                0,
                0,
                Duration.ZERO,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Override
    public void subscribe(Flow.Subscriber<? super BatchResult> subscriber) {
        if (!subscribed.compareAndSet(false, true)) {
            subscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long count) {}

                @Override
                public void cancel() {}
            });
            subscriber.onError(new IllegalStateException("a run of a batch can have only one subscriber"));
            return;
        }
        steps.incrementAndGet(); // Nothing happens before the subscriber knows its subscription.
        this.subscriber = subscriber;
        this.beganNanos = timeline.nanoTime();
        this.brakes = new Brakes(whippletree, settings.rules());
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {
                if (count <= 0) {
                    fail(new IllegalArgumentException("a subscriber must request 1 result or more, not " + count));
                } else {
                    demand.accumulateAndGet(
                            count, (one, more) -> Math.addExact(Math.min(one, Long.MAX_VALUE - more), more));
                    wake();
                }
            }

            @Override
            public void cancel() {
                abort();
            }
        });
        timeline.executor().execute(this::steps);
    }

    private void fail(Throwable wrong) {
        failureWish = wrong;
        wake();
    }

    /** Asks no further item; calls under way are awaited, what waits for one is withdrawn. */
    public void stop() {
        stopWish = "it was told to stop";
        wake();
    }

    /** Ends at once: calls under way are given up. */
    public void abort() {
        aborted = true;
        stop();
    }

    /** Returns how far it is. */
    public BatchProgress progress() {
        return progress;
    }

    /** Returns what ends when the run has ended, as its subscriber is told, with how far it came. */
    public CompletableFuture<BatchProgress> end() {
        return end.copy();
    }

    /** Something has happened. */
    private void wake() {
        if (steps.getAndIncrement() == 0) {
            timeline.executor().execute(this::steps);
        }
    }

    private void steps() {
        int seen = steps.get();
        do {
            try {
                step();
            } catch (Throwable e) {
                failure = failure == null ? e : failure;
                finish();
            }
            seen = steps.addAndGet(-seen);
        } while (seen > 0);
    }

    private void step() {
        if (ended) {
            return;
        }
        Brakes brake = brakes();
        keepTime();
        land(brake);
        heed(brake);
        tell();
        if (stopped == null && failure == null) {
            ask(brake);
            feed.pull();
        }
        note(brake, false);
        if (isOver()) {
            finish();
        }
    }

    private Brakes brakes() {
        Brakes there = brakes;
        if (there == null) {
            throw new IllegalStateException("the run has no subscriber");
        }
        return there;
    }

    /** Looks at the engine now and then, and tells each second how far it is. */
    private void keepTime() {
        if (!looked) {
            looked = true;
            brakes().look(underWay.size(), answered + failed);
            window.look(brakes().status());
            timeline.schedule(LOOK.toNanos(), () -> {
                looked = false;
                waitsForPlace = false;
                wake();
            });
        }
        if (!ticked) {
            ticked = true;
            timeline.schedule(TICK.toNanos(), () -> {
                ticked = false;
                noted = false;
                wake();
            });
        }
    }

    /** Takes what has ended, writes it down, and then counts it. */
    private void land(Brakes brake) {
        List<BatchResult> results = new ArrayList<>();
        for (Asked asked = landed.poll(); asked != null; asked = landed.poll()) {
            underWay.remove(asked);
            result(asked).ifPresent(results::add);
        }
        if (results.isEmpty()) {
            return;
        }
        try {
            settings.journal().append(results);
        } catch (IOException e) {
            failure = failure == null ? e : failure;
            return;
        }
        results.forEach(result -> count(result, brake));
    }

    private void count(BatchResult result, Brakes brake) {
        brake.ended(result);
        untold.add(result);
        Optional<Completion> answer = Optional.empty();
        if (result instanceof BatchResult.Answered whole) {
            answered++;
            fromCache += whole.completion().origin().source() == Origin.Source.CALL ? 0 : 1;
            answer = Optional.of(whole.completion());
        } else {
            failed++;
        }
        goOnAfter(result.item(), answer);
    }

    private void goOnAfter(BatchItem item, Optional<Completion> answer) {
        if (conversations != null) {
            conversations.ended(item, answer).ifPresent(feed::putFirst);
        }
    }

    /** Returns what became of an item; empty if nothing did, so that it is asked again, now or in another run. */
    private Optional<BatchResult> result(Asked asked) {
        try {
            return Optional.of(
                    new BatchResult.Answered(asked.item(), asked.answer().join()));
        } catch (CancellationException e) {
            return Optional.empty();
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof PromptException refused) {
                return switch (refused.reason()) {
                    case LINE_FULL -> {
                        waitsForPlace = true;
                        feed.putFirst(asked.item());
                        yield Optional.empty();
                    }
                    case CLOSED -> {
                        stopWish = "the Whippletree was closed";
                        yield Optional.empty();
                    }
                    case REJECTED,
                            FILTERED,
                            TOO_LARGE,
                            NO_ACCOUNT,
                            NO_ROOM_IN_TIME,
                            DEADLINE,
                            ATTEMPTS_EXHAUSTED,
                            STREAM_INTERRUPTED -> Optional.of(BatchResult.Failed.of(asked.item(), refused));
                };
            }
            if (cause instanceof ConfigurationException nowhere) {
                return Optional.of(BatchResult.Failed.withoutCall(
                        asked.item(), BatchResult.Failed.NOT_ASKED, String.join("; ", nowhere.problems())));
            }
            failure = failure == null ? cause : failure;
            return Optional.empty();
        }
    }

    /** Stops on request, or if a rule says so. */
    private void heed(Brakes brake) {
        String wish = stopWish;
        if (failureWish != null && failure == null) {
            failure = failureWish;
        }
        if (failure == null && feed.failure() != null) {
            failure = feed.failure();
        }
        if (stopped == null) {
            stopped = wish != null ? wish : brake.reason().orElse(null);
        }
        if (stopped != null || failure != null) {
            feed.end();
            List.copyOf(underWay).forEach(asked -> whippletree.withdraw(asked.answer()));
        }
        if (aborted) {
            List.copyOf(underWay).forEach(asked -> asked.answer().cancel(false));
        }
    }

    private void tell() {
        Flow.Subscriber<? super BatchResult> told = subscriber;
        while (told != null && !untold.isEmpty() && demand.get() > 0 && !aborted) {
            demand.decrementAndGet();
            told.onNext(untold.remove());
        }
    }

    /** Asks as many items as there is room for. */
    private void ask(Brakes brake) {
        while (true) {
            if (waitsForPlace || underWay.size() >= window.most() || untold.size() >= window.most()) {
                return;
            }
            if (!brake.allow()) {
                stopIfNothingFrees(brake);
                return;
            }
            BatchItem item = feed.next();
            if (item == null) {
                return;
            }
            ask(item, brake);
        }
    }

    /** What holds the next item back may be what others under way might cost. */
    private void stopIfNothingFrees(Brakes brake) {
        if (underWay.isEmpty()) {
            brake.look(underWay.size(), answered + failed);
            if (!brake.allow()) {
                stopped = brake.reason().orElse("another prompt might exceed the cost limit");
                feed.end();
            }
            wake();
        }
    }

    private void ask(BatchItem item, Brakes brake) {
        if (conversations != null && wasDoneBefore(item)) {
            return;
        }
        Prompt prompt = Prompts.ofBatch(conversations == null ? item.prompt() : conversations.prompt(item));
        outlook.asked(prompt);
        brake.begun();
        Asked asked = new Asked(item, whippletree.complete(prompt));
        underWay.add(asked);
        var unused = asked.answer().whenComplete((completion, wrong) -> {
            landed.add(asked);
            wake();
        });
    }

    /** In a conversation an item that is due may have ended in an earlier run, or needn't be asked. */
    private boolean wasDoneBefore(BatchItem item) {
        try {
            if (settings.journal().has(item.id())) {
                feed.skip();
                goOnAfter(item, settings.journal().answer(item.id()));
                return true;
            }
        } catch (IOException e) {
            failure = e;
            wake();
            return true;
        }
        Optional<String> before = conversations == null ? Optional.empty() : conversations.failedBefore(item);
        before.ifPresent(id -> {
            landedWithoutCall(BatchResult.Failed.withoutCall(
                    item,
                    BatchResult.Failed.BEFORE_FAILED,
                    "not asked, because '" + id + "' of its session got no answer"));
        });
        return before.isPresent();
    }

    private void landedWithoutCall(BatchResult.Failed result) {
        try {
            settings.journal().append(List.of(result));
            count(result, brakes());
        } catch (IOException e) {
            failure = e;
        }
        wake();
    }

    private boolean isOver() {
        boolean noMore = stopped != null || failure != null || feed.isEmpty();
        return noMore && underWay.isEmpty() && landed.isEmpty() && (untold.isEmpty() || aborted || failure != null);
    }

    private void note(Brakes brake, boolean last) {
        if (noted && !last) {
            return;
        }
        noted = true;
        if (last) {
            brake.look(underWay.size(), answered + failed);
        }
        long nanos = timeline.nanoTime() - beganNanos;
        long done = answered + failed;
        outlook.passed(nanos, done);
        progress = new BatchProgress(
                settings.total(),
                feed.skipped(),
                answered,
                fromCache,
                failed,
                brake.calls(),
                underWay.size(),
                Duration.ofNanos(nanos),
                outlook.perMinute(),
                brake.cost(),
                last
                        ? Optional.empty()
                        : outlook.forecast(brake.status(), feed.skipped() + done, underWay.size(), done, fromCache),
                Optional.ofNullable(stopped));
        try {
            settings.listener().accept(progress);
        } catch (RuntimeException e) {
            LOG.warn("The listener of a batch failed", e);
        }
    }

    private void finish() {
        if (ended) {
            return;
        }
        ended = true;
        feed.end();
        note(brakes(), true);
        if (settings.ownsTimeline() && timeline instanceof SystemTimeline own) {
            own.close();
        }
        Flow.Subscriber<? super BatchResult> told = subscriber;
        Throwable wrong = failure;
        if (told != null && wrong != null) {
            told.onError(wrong);
        } else if (told != null) {
            told.onComplete();
        }
        if (wrong == null) {
            end.complete(progress);
        } else {
            end.completeExceptionally(wrong);
        }
    }
}
