package dev.whippletree.batch;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.ConfigurationException;
import dev.whippletree.model.Embeddings;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.PromptException;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.time.SystemTimeline;
import dev.whippletree.time.Timeline;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a batch, and the publisher of its results, in order of completion. It starts with its subscription, and
 * allows only one. Thread-safe.
 *
 * <p>It ends with {@code onComplete} when every item has ended or it was stopped, and {@link #progress()} then says
 * which; with {@code onError} if items can't be pulled or the journal is lost, after what was under way has ended.
 * While the journal can't be written for now, as on a full disk, it keeps what arrives, begins nothing, and tries
 * again; only {@link #abort()} ends it then. Cancelling the subscription is an abort. A subscriber that throws counts
 * as cancelled, but what was under way is awaited and written down, and {@link #end()} has the exception.
 *
 * <p>Everything happens in {@link #step}, which never overlaps itself: items are asked, ended ones are written down
 * together, then delivered.
 */
public final class BatchRun implements Flow.Publisher<BatchResult> {

    private static final Logger LOG = LoggerFactory.getLogger(BatchRun.class);
    private static final int FEWEST_IN_LINE = 8;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final BatchSettings settings;
    private final Whippletree whippletree;
    private final Timeline timeline;
    private final Conversations conversations;
    private final Feed feed;
    private final JournalWriter writer;
    private final Outlook outlook;
    private final StopConditions stopConditions;
    private final Delivery delivery = new Delivery(this);
    private final CompletableFuture<BatchProgress> end = new CompletableFuture<>();

    private final AtomicBoolean subscribed = new AtomicBoolean();

    /** One from the beginning: nothing happens before the subscriber knows its subscription. */
    private final AtomicInteger steps = new AtomicInteger(1);

    private final Queue<Asked> landed = new ConcurrentLinkedQueue<>();
    private volatile @Nullable String stopWish;
    private volatile boolean aborted;

    private volatile BatchProgress progress;

    // Confined to step(), once it is subscribed to.
    private long beganNanos;
    private final Set<Asked> underWay = new LinkedHashSet<>();
    private long charactersUnderWay;
    private long callsUnderWay;
    private long callsEnded;
    private long answered;
    private long fromCache;
    private long failed;
    private int mostUnderWay;
    private @Nullable String stopped;
    private @Nullable Throwable failure;
    private boolean waitsForPlace;
    private boolean looked;
    private boolean ticked;
    private boolean noted;
    private boolean ended;

    /**
     * An item that is being asked, and how.
     *
     * @param answer a {@link Completion}, or {@link Embeddings}
     * @param characters of what was asked
     * @param room the characters that it takes, with an answer whose size is known
     * @param calls how many it needs at most
     */
    private record Asked(
            BatchItem item,
            DistinctPrompts.Kind kind,
            String key,
            CompletableFuture<?> answer,
            long characters,
            long room,
            int calls) {

        Completion completion() {
            return answer.join() instanceof Embeddings vectors ? vectors.asCompletion() : (Completion) answer.join();
        }
    }

    BatchRun(BatchSettings settings, Iterator<BatchItem> items) {
        this.settings = settings;
        this.whippletree = settings.whippletree();
        Timeline given = settings.timeline();
        this.timeline = given == null ? new SystemTimeline() : given;
        this.conversations = new Conversations(settings.conversations());
        this.outlook = new Outlook(whippletree, settings.total(), settings.distinct());
        this.feed = new Feed(
                items,
                settings.journal(),
                conversations,
                timeline.executor(),
                this::wake,
                item -> outlook.skipped(conversations.key(item)));
        this.writer = new JournalWriter(settings.journal(), timeline, this::wake);
        this.stopConditions = new StopConditions(whippletree, settings.rules());
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
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Override
    public void subscribe(Flow.Subscriber<? super BatchResult> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (!subscribed.compareAndSet(false, true)) {
            Delivery.refuse(subscriber);
            return;
        }
        beganNanos = timeline.nanoTime();
        stopConditions.begin();
        delivery.begin(subscriber);
        timeline.executor().execute(this::steps);
    }

    /**
     * Subscribes with a consumer that takes every result at once, one at a time.
     *
     * @return completes as {@link #end} does; cancelling it aborts the run
     */
    public CompletableFuture<BatchProgress> forEach(Consumer<? super BatchResult> results) {
        Objects.requireNonNull(results, "results");
        CompletableFuture<BatchProgress> outcome = end();
        outcome.whenComplete((progress, failure) -> {
            if (!end.isDone()) {
                abort();
            }
        });
        subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(BatchResult result) {
                if (!outcome.isDone()) {
                    results.accept(result);
                }
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onComplete() {}
        });
        return outcome;
    }

    /** Asks no further item; calls under way are awaited and written down, what waits for one is withdrawn. */
    public void stop() {
        stopWish = "it was told to stop";
        wake();
    }

    /** Ends at once: calls under way are given up, and results that can't be written now are lost. */
    public void abort() {
        aborted = true;
        stop();
    }

    /** Returns how far it is. */
    public BatchProgress progress() {
        return progress;
    }

    /** Returns a future of the final progress, which completes after the subscriber has been told. */
    public CompletableFuture<BatchProgress> end() {
        return end.copy();
    }

    /** Something has happened. Once the run has ended, its timeline may be closed. */
    void wake() {
        if (!end.isDone() && steps.getAndIncrement() == 0) {
            timeline.executor().execute(this::steps);
        }
    }

    private void steps() {
        int seen = steps.get();
        do {
            try {
                step();
            } catch (Throwable e) {
                endBecauseOf(e);
            }
            seen = steps.addAndGet(-seen);
        } while (seen > 0);
    }

    private void step() {
        if (ended) {
            return;
        }
        keepTime();
        land();
        writer.write().forEach(this::count);
        delivery.tell();
        heed();
        if (stopped == null && failure == null && writer.trouble().isEmpty()) {
            ask();
            feed.pull();
        }
        note(false);
        if (isOver()) {
            finish();
        }
    }

    /** Ends the run once what is under way has ended; if that fails too, at once. */
    private void endBecauseOf(Throwable surprise) {
        if (failure == null) {
            fail(surprise);
            wake();
        } else {
            finish();
        }
    }

    private void fail(@Nullable Throwable wrong) {
        failure = failure == null ? wrong : failure;
    }

    /** Looks at the engine now and then, and tells each second how far it is. */
    private void keepTime() {
        if (!looked) {
            looked = true;
            stopConditions.look(callsUnderWay, callsEnded);
            mostUnderWay = mostUnderWay();
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

    /**
     * Returns how many items are asked at once: as many as the accounts may have under way, and as many again in the
     * waiting line, so that a prompt is ready whenever a call ends; at most the line's size.
     */
    private int mostUnderWay() {
        long atOnce = stopConditions.status().accounts().stream()
                .mapToLong(StatusSnapshot.AccountStatus::maxConcurrency)
                .sum();
        int line = whippletree.configuration().engine().lineSizeOfATenant();
        return (int)
                Math.min(Integer.MAX_VALUE, Math.max(1, atOnce) + Math.min(line, Math.max(FEWEST_IN_LINE, atOnce)));
    }

    /** Takes what has ended. */
    private void land() {
        for (Asked asked = landed.poll(); asked != null; asked = landed.poll()) {
            underWay.remove(asked);
            charactersUnderWay -= asked.room();
            callsUnderWay -= asked.calls();
            Optional<BatchResult> result = result(asked);
            if (result.isPresent()) {
                callsEnded += asked.calls();
                outlook.ended(asked.kind(), result.get());
                writer.add(result.get());
            }
        }
    }

    /** Counts a result that is written down. */
    private void count(BatchResult result) {
        stopConditions.ended(result);
        delivery.add(result);
        if (result instanceof BatchResult.Answered whole) {
            answered++;
            fromCache += whole.completion().origin().source() == Origin.Source.CALL ? 0 : 1;
            goOnAfter(result.item(), Optional.of(whole.completion()));
        } else {
            failed++;
            goOnAfter(result.item(), Optional.empty());
        }
    }

    private void goOnAfter(BatchItem item, Optional<Completion> answer) {
        conversations.ended(item, answer).ifPresent(feed::putFirst);
    }

    /** Returns what became of an item; empty if nothing did, so that it is asked again, now or in another run. */
    private Optional<BatchResult> result(Asked asked) {
        try {
            return Optional.of(new BatchResult.Answered(asked.item(), asked.completion(), asked.key()));
        } catch (CancellationException e) {
            putBack(asked);
            return Optional.empty();
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof PromptException refused) {
                return switch (refused.reason()) {
                    case LINE_FULL -> {
                        waitsForPlace = true;
                        putBack(asked);
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
                            CALLER_TIMEOUT,
                            DEADLINE,
                            ATTEMPTS_EXHAUSTED,
                            STREAM_INTERRUPTED -> Optional.of(BatchResult.Failed.of(asked.item(), refused));
                };
            }
            if (cause instanceof ConfigurationException nowhere) {
                return Optional.of(BatchResult.Failed.withoutCall(
                        asked.item(), BatchResult.Failed.NOT_ASKED, String.join("; ", nowhere.problems())));
            }
            fail(cause);
            return Optional.empty();
        }
    }

    private void putBack(Asked asked) {
        outlook.notAsked(asked.kind(), conversations.key(asked.item()), asked.characters());
        feed.putFirst(asked.item());
    }

    /**
     * Stops on request or by a rule. Then, and while results can't be written, withdraws the prompts that wait in line.
     * Items of several calls are withdrawn on request only: part of them may be paid for.
     */
    private void heed() {
        fail(delivery.failure());
        fail(feed.failure());
        fail(writer.failure());
        String wish = stopWish;
        if (stopped == null) {
            stopped = wish != null ? wish : stopConditions.reason().orElse(null);
        }
        boolean ending = stopped != null || failure != null;
        if (ending) {
            feed.end();
        }
        if (ending || writer.trouble().isPresent()) {
            List.copyOf(underWay).stream()
                    .filter(asked -> wish != null || asked.calls() == 1)
                    .forEach(asked -> whippletree.withdraw(asked.answer()));
        }
        if (aborted) {
            List.copyOf(underWay).forEach(asked -> asked.answer().cancel(false));
        }
    }

    /** Asks as many items as there is room for. */
    private void ask() {
        while (true) {
            if (waitsForPlace
                    || underWay.size() >= mostUnderWay
                    || writer.size() >= mostUnderWay
                    || charactersUnderWay >= settings.mostCharacters()
                    || delivery.undelivered() >= mostUnderWay) {
                return;
            }
            BatchItem item = feed.next();
            if (item == null) {
                return;
            }
            int calls = whippletree.callsFor(item.prompt());
            if (!stopConditions.allow(calls)) {
                feed.putFirst(item);
                stopIfNothingFrees(calls);
                return;
            }
            try {
                ask(item, calls);
            } catch (IOException e) {
                fail(e);
                wake();
            }
        }
    }

    /** Stops if nothing is under way and the next item still isn't allowed: then no ended call will make room. */
    private void stopIfNothingFrees(int calls) {
        if (underWay.isEmpty()) {
            stopConditions.look(callsUnderWay, callsEnded);
            if (!stopConditions.allow(calls)) {
                stopped = stopConditions.refusal(calls);
                feed.end();
            }
            wake();
        }
    }

    private void ask(BatchItem item, int calls) throws IOException {
        if (conversations.holds(item) && wasDoneBefore(item)) {
            return;
        }
        Prompt prompt = Prompts.ofBatch(conversations.prompt(item));
        String promptKey = Journal.keyOf(prompt, whippletree);
        DistinctPrompts.Kind kind = outlook.asked(prompt, conversations.key(item));
        if (!promptKey.isEmpty() && wasAnsweredBefore(item, prompt, kind, promptKey)) {
            return;
        }
        stopConditions.begun(calls);
        long characters = Prompts.characters(prompt);
        long room = item.id().length() + Prompts.room(prompt) + Prompts.charactersOfVectors(prompt);
        Asked asked = new Asked(item, kind, promptKey, submit(prompt), characters, room, calls);
        underWay.add(asked);
        charactersUnderWay += room;
        callsUnderWay += calls;
        var unused = asked.answer().whenComplete((answer, wrong) -> {
            landed.add(asked);
            wake();
        });
    }

    private CompletableFuture<?> submit(Prompt prompt) {
        return prompt.operation() == Prompt.Operation.EMBEDDING
                ? whippletree.embed(prompt)
                : whippletree.complete(prompt);
    }

    /** Takes the answer of an equal prompt from the journal, if it has one. */
    private boolean wasAnsweredBefore(BatchItem item, Prompt prompt, DistinctPrompts.Kind kind, String promptKey)
            throws IOException {
        Optional<Completion> there =
                settings.journal().answerTo(promptKey).filter(answer -> Whippletree.isReusable(prompt, answer));
        there.ifPresent(answer -> {
            BatchResult result = new BatchResult.Answered(item, answer, promptKey);
            outlook.ended(kind, result);
            writer.add(result);
            wake();
        });
        return there.isPresent();
    }

    /** In a conversation an item that is due may have ended in an earlier run, or needn't be asked. */
    private boolean wasDoneBefore(BatchItem item) throws IOException {
        if (settings.journal().has(item.id())) {
            feed.skip();
            outlook.skipped(conversations.key(item));
            goOnAfter(item, settings.journal().answer(item.id()));
            return true;
        }
        Optional<String> before = conversations.failedBefore(item);
        before.ifPresent(id -> {
            outlook.skipped(conversations.key(item));
            writer.add(BatchResult.Failed.withoutCall(
                    item,
                    BatchResult.Failed.BEFORE_FAILED,
                    "not asked, because '" + id + "' of its session got no answer"));
            wake();
        });
        return before.isPresent();
    }

    private boolean isOver() {
        boolean ending = stopped != null || failure != null;
        if (!(ending || feed.isEmpty()) || !underWay.isEmpty() || !landed.isEmpty()) {
            return false;
        }
        if (aborted && !writer.isSettled()) {
            writer.writeOrFail().forEach(this::count);
            fail(writer.failure());
            delivery.tell();
            fail(delivery.failure());
        }
        return writer.isSettled() && (delivery.undelivered() == 0 || aborted || failure != null);
    }

    private void note(boolean last) {
        if (noted && !last) {
            return;
        }
        noted = true;
        if (last) {
            stopConditions.look(callsUnderWay, callsEnded);
        }
        Duration elapsed = Duration.ofNanos(timeline.nanoTime() - beganNanos);
        long done = answered + failed;
        outlook.passed(elapsed.toNanos(), done);
        StatusSnapshot status = stopConditions.status();
        Optional<String> held = writer.trouble();
        boolean goesOn = !last && held.isEmpty();
        progress = new BatchProgress(
                settings.total(),
                feed.skipped(),
                answered,
                fromCache,
                failed,
                stopConditions.calls(),
                underWay.size(),
                elapsed,
                outlook.perMinute(),
                stopConditions.cost(),
                goesOn ? outlook.forecast(status, feed.skipped() + done, underWay.size()) : Optional.empty(),
                goesOn ? outlook.wait(status) : Optional.empty(),
                held,
                Optional.ofNullable(stopped));
        try {
            settings.listener().accept(progress);
        } catch (Throwable e) {
            LOG.warn("The listener of a batch failed", e);
        }
    }

    private void finish() {
        if (ended) {
            return;
        }
        ended = true;
        feed.end();
        note(true);
        if (settings.timeline() == null && timeline instanceof SystemTimeline own) {
            own.close();
        }
        delivery.end(failure);
        if (failure == null) {
            end.complete(progress);
        } else {
            end.completeExceptionally(failure);
        }
    }
}
