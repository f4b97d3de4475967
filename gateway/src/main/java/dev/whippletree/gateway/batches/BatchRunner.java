package dev.whippletree.gateway.batches;

import dev.whippletree.batch.Batch;
import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.BatchProgress;
import dev.whippletree.batch.BatchResult;
import dev.whippletree.batch.BatchRun;
import dev.whippletree.batch.StopRules;
import dev.whippletree.batch.file.BadInputException;
import dev.whippletree.batch.file.BatchFile;
import dev.whippletree.batch.file.BatchFiles;
import dev.whippletree.batch.file.InputFormat;
import dev.whippletree.batch.file.PromptForm;
import dev.whippletree.batch.file.Sync;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.gateway.batches.Ending.How;
import dev.whippletree.gateway.http.GatewayJson;
import dev.whippletree.gateway.prompt.GatewayParts;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.TokenCount;
import dev.whippletree.time.Timeline;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one batch, whose lock it holds, to its end, or until it is stopped: then another runner goes on. Each of its
 * steps may be the last one before a crash. Thread-safe.
 */
final class BatchRunner {

    private static final Logger LOG = LoggerFactory.getLogger(BatchRunner.class);

    /** As often as there are lines, one may fail: that is what the error file is for. */
    private static final StopRules TO_THE_END =
            new StopRules(OptionalLong.empty(), Optional.empty(), Optional.empty(), Integer.MAX_VALUE);

    private static final int APPENDED_TOGETHER = 1_000;

    /** By so many lines it is estimated how long the others take. */
    private static final int SAMPLES = 16;

    /** A share for each of several batches of what requests may take, at 16 bytes a character. */
    private static final long BYTES_A_CHARACTER = 64;

    private static final String EXPIRED = "batch_expired";
    private static final String EXPIRED_WORDS =
            "This request could not be executed before the completion window expired.";

    private final BatchPlace batch;
    private final Optional<Path> input;
    private final BatchLines lines;
    private final GatewayParts gateway;
    private final Consumer<BatchResult> told;
    private final Executor files;
    private final Timeline timeline;
    private final boolean refusesLate;
    private final CompletableFuture<Boolean> over = new CompletableFuture<>();
    private final long beganNanos;
    private final Duration left;

    /** To be closed in the end, the last one first. Used by one thread at a time. */
    private final List<Closeable> held = new ArrayList<>();

    private long inProgressAt;
    private volatile @Nullable BatchRun run;
    private volatile @Nullable ChargedItems charged;
    private volatile boolean stopped;

    /**
     * Creates one that does nothing yet.
     *
     * @param lock of the batch; closed in the end
     * @param input its input; empty: it is gone
     */
    BatchRunner(
            BatchPlace batch,
            Closeable lock,
            Optional<Path> input,
            BatchLines lines,
            GatewayParts gateway,
            Consumer<BatchResult> told,
            Executor files) {
        this.batch = batch;
        this.input = input;
        this.lines = lines;
        this.gateway = gateway;
        this.told = told;
        this.files = files;
        this.timeline = gateway.timeline();
        this.refusesLate = gateway.settings().batches().stream().anyMatch(GatewaySettings.Batches::refuseLate);
        this.beganNanos = timeline.nanoTime();
        // From here on by the clock that doesn't jump.
        this.left = Duration.ofSeconds(batch.number("expires_at") - now());
        held.add(lock);
    }

    BatchPlace batch() {
        return batch;
    }

    /** Returns a future that ends with it, with whether the batch has ended; exceptionally if that can't go on now. */
    CompletableFuture<Boolean> over() {
        return over;
    }

    private long now() {
        return timeline.now().getEpochSecond();
    }

    private boolean isExpired() {
        return timeline.nanoTime() - beganNanos >= left.toNanos();
    }

    private boolean ends(How... ways) throws IOException {
        return batch.ending().filter(end -> List.of(ways).contains(end.how())).isPresent();
    }

    /** Decided to be completed, but not yet forced to disk, it may lack lines after a power cut: those are asked. */
    private boolean isToStop() throws IOException {
        return ends(How.CANCELLED, How.EXPIRED, How.FAILED);
    }

    /** Begins, and blocks while the lines are checked. */
    void begin() {
        try {
            Map<String, Object> progress = batch.progress().orElse(Map.of());
            inProgressAt = BatchPlace.number(progress, "in_progress_at");
            if (!progress.isEmpty()) {
                write(new LinkedHashMap<>(progress)); // Checking the lines takes a while.
            }
            boolean hasClient = lines.client().isPresent();
            if (batch.end().isPresent() || (!hasClient && !isExpired() && !isToStop())) {
                release(false);
            } else if (!hasClient || (inProgressAt == 0 && ends(How.CANCELLED))) {
                batch.decide(How.EXPIRED, now());
                arrange();
                end(progress, List.of());
            } else if (input.isEmpty()) {
                fail("file_not_found", "the input file has been deleted, or is damaged");
            } else {
                begin(open(input.get()));
            }
        } catch (BadInputException e) {
            if (lacksClient()) {
                release(false);
            } else {
                fail(e);
            }
        } catch (Throwable e) {
            giveUp(e);
        }
    }

    /** Its lines can't be read until its client is back. */
    private boolean lacksClient() {
        return lines.client().isEmpty();
    }

    private BatchFiles files(Path content) {
        return new BatchFiles(
                content,
                InputFormat.JSONL,
                batch.answers(),
                PromptForm.PLAIN.readBy(lines),
                false,
                lines.writesAnswers(),
                Sync.SECOND,
                true,
                false,
                false);
    }

    private BatchFile open(Path content) throws IOException {
        BatchFile file = BatchFile.openLocked(files(content), gateway.whippletree(), timeline);
        held.add(file::close);
        return file;
    }

    private void begin(BatchFile file) throws IOException {
        LineCounts counts = new LineCounts(file, told);
        Optional<String> late = inProgressAt == 0 && file.done() == 0 ? tooLate(file) : Optional.empty();
        if (file.total() == 0) {
            fail("empty_file", "the input file has no lines");
        } else if (late.isPresent()) {
            fail("completion_window_too_short", late.get());
        } else if (isToStop() || counts.areAll() || isExpired()) {
            finish(file, counts);
        } else {
            inProgressAt = inProgressAt == 0 ? now() : inProgressAt;
            note(counts, Optional.empty());
            ask(file, counts);
        }
    }

    /** Returns why it can't end in its window; empty if it can, or it is asked all the same. */
    private Optional<String> tooLate(BatchFile file) throws IOException {
        if (!refusesLate) {
            return Optional.empty();
        }
        Duration own = lines.client()
                .map(client -> client.timeFor(file.total(), TokenCount.NONE, timeline.nanoTime()))
                .orElse(Duration.ZERO);
        if (own.compareTo(left) > 0) {
            return Optional.of(late(own, file.total() + " lines take", "its key's own limit"));
        }
        if (lines.model() == null) {
            return Optional.empty();
        }
        List<Prompt> like = new ArrayList<>();
        for (Iterator<BatchItem> items = file.items(); like.size() < SAMPLES && items.hasNext(); ) {
            like.add(items.next().prompt());
        }
        long calls = file.distinct().left();
        return gateway.whippletree()
                .timeFor(like, calls)
                .filter(time -> time.compareTo(left) > 0)
                .map(time -> late(time, calls + " calls take", "the gateway's forecast"));
    }

    private String late(Duration time, String what, String by) {
        return "its " + what + " until " + timeline.now().plus(time) + ", by " + by + ", and it expires "
                + left.toSeconds() + " seconds from now; give it a longer completion_window, or fewer lines";
    }

    private void ask(BatchFile file, LineCounts counts) throws IOException {
        ChargedItems items = new ChargedItems(file, lines::client, gateway);
        BatchRun begun = Batch.over(gateway.whippletree())
                .timeline(timeline)
                .journal(file.journal())
                .total(file.total())
                .distinct(file.distinct())
                .stop(TO_THE_END)
                .mostCharacters(Math.max(1, gateway.settings().bounds().memoryBytes() / BYTES_A_CHARACTER))
                .listener(progress -> look(counts, progress))
                .build()
                .run(items);
        charged = items;
        run = begun;
        var unused = begun.forEach(result -> {
                    items.settle(result);
                    counts.add(result);
                })
                .handleAsync((progress, failure) -> ended(file, items, counts, failure), files)
                .exceptionally(noThread -> {
                    items.end();
                    giveUp(noThread);
                    return false;
                });
        if (stopped) {
            endRun();
        }
    }

    /** Tells how far it is, and stops once it is decided how the batch ends; each second. */
    private void look(LineCounts counts, BatchProgress progress) {
        note(counts, Optional.of(progress));
        try {
            if (isExpired() && !counts.areAll()) {
                batch.decide(How.EXPIRED, now());
            }
            if (isToStop()) {
                endRun();
            }
        } catch (IOException e) {
            LOG.debug("{} can't be read or written now", batch.folder(), e);
        }
    }

    /** Writes for everybody how far it is. */
    private void note(LineCounts counts, Optional<BatchProgress> progress) {
        Map<String, @Nullable Object> json = known(counts);
        json.put("status", "in_progress");
        json.put(
                BatchPlace.FORESIGHT,
                progress.map(now -> foresight(now, counts)).orElse(Map.of()));
        write(json);
    }

    /** A note that can't be written, as on a full disk, holds nothing up. */
    private void write(Map<String, @Nullable Object> note) {
        note.put(BatchPlace.NOTED_AT, now());
        try {
            BatchFile.note(batch.answers(), GatewayJson.text(note));
        } catch (IOException e) {
            LOG.debug("The progress of {} can't be written", batch.folder(), e);
        }
    }

    private Map<String, @Nullable Object> known(LineCounts counts) {
        Map<String, @Nullable Object> json = counts.json();
        json.put("model", lines.model());
        json.put("in_progress_at", inProgressAt == 0 ? null : inProgressAt);
        return json;
    }

    private Map<String, Object> foresight(BatchProgress progress, LineCounts counts) {
        return GatewayJson.of(
                "forecast", expected(progress, counts).map(this::forecast).orElse(null),
                "waits_for", waiting(progress).orElse(null),
                "held", progress.held().orElse(null));
    }

    /** Returns the engine's forecast, but no less than the limits of the client take. */
    private Optional<BatchProgress.Forecast> expected(BatchProgress progress, LineCounts counts) {
        Optional<BatchProgress.Forecast> engine = progress.forecast();
        Duration own = Optional.ofNullable(charged)
                .filter(items -> progress.held().isEmpty())
                .map(items -> items.timeFor(counts.left(), counts.tokensEach()))
                .orElse(Duration.ZERO);
        return own.isZero()
                ? engine
                : Optional.of(new BatchProgress.Forecast(
                        longer(own, engine.map(BatchProgress.Forecast::least).orElse(own)),
                        engine.flatMap(BatchProgress.Forecast::most).map(most -> longer(own, most))));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private Map<String, Object> forecast(BatchProgress.Forecast forecast) {
        Optional<Long> latest = forecast.most().map(most -> now() + most.toSeconds());
        return GatewayJson.of("earliest", now() + forecast.least().toSeconds(), "latest", latest.orElse(null));
    }

    /** Returns the longest of its waits: for an account, which may be for good, or for a limit of its client. */
    private Optional<Map<String, Object>> waiting(BatchProgress progress) {
        Optional<BatchProgress.Wait> own = Optional.ofNullable(charged).flatMap(ChargedItems::waiting);
        return Stream.concat(progress.waiting().stream(), own.stream())
                .max(Comparator.comparing(wait -> wait.until().orElse(Instant.MAX)))
                .map(BatchRunner::json);
    }

    private static Map<String, Object> json(BatchProgress.Wait wait) {
        Optional<Long> until = wait.until().map(Instant::getEpochSecond);
        return GatewayJson.of(
                "account", wait.account().isEmpty() ? null : wait.account(),
                "until", until.orElse(null),
                "because", wait.reason().orElse(null));
    }

    private boolean ended(BatchFile file, ChargedItems items, LineCounts counts, @Nullable Throwable failure) {
        items.end();
        try {
            if (failure != null && lacksClient()) {
                release(false);
            } else if (failure != null) {
                giveUp(failure);
            } else if (isToStop() || counts.areAll()) {
                finish(file, counts);
            } else {
                release(false); // It was stopped; another run goes on.
            }
        } catch (Throwable e) {
            giveUp(e);
        }
        return true;
    }

    /** Completes the files of a batch all of whose lines are done, or that is decided to end, and ends it. */
    private void finish(BatchFile file, LineCounts counts) throws IOException {
        batch.decide(counts.areAll() ? How.COMPLETED : How.EXPIRED, now());
        if (counts.areAll() || ends(How.CANCELLED, How.FAILED)) {
            file.finish();
            end(known(counts), List.of());
        } else {
            file.close();
            expire(open(input.orElseThrow())); // Opened anew, the journal knows all results.
        }
    }

    /** Gives each line a result that has none. */
    private void expire(BatchFile file) throws IOException {
        LineCounts counts = new LineCounts(file, told);
        List<BatchResult> expired = new ArrayList<>();
        for (Iterator<BatchItem> items = file.items(); items.hasNext(); ) {
            BatchItem item = items.next();
            if (!file.journal().has(item.id())) {
                expired.add(new BatchResult.Failed(item, EXPIRED, EXPIRED_WORDS, OptionalInt.empty()));
            }
            if (expired.size() >= APPENDED_TOGETHER || (!items.hasNext() && !expired.isEmpty())) {
                file.journal().append(expired);
                expired.forEach(counts::add);
                expired.clear();
            }
        }
        file.finish();
        end(known(counts), List.of());
    }

    private void fail(BadInputException e) {
        List<Map<String, Object>> problems = new ArrayList<>();
        e.lines().forEach(line -> problems.add(problem(line.line(), line.code(), line.message())));
        if (problems.isEmpty()) {
            LOG.warn("The batch {} failed: {}", batch.id(), e.getMessage());
            problems.add(problem(null, "invalid_value", "the input file can't be used; ask the gateway's operator"));
        }
        fail(problems);
    }

    private void fail(String code, String message) {
        fail(List.of(problem(null, code, message)));
    }

    private void fail(List<Map<String, Object>> problems) {
        try {
            batch.decide(How.FAILED, now());
            arrange();
            end(batch.progress().orElse(Map.of()), problems);
        } catch (Throwable e) {
            giveUp(e);
        }
    }

    /**
     * Completes the files of a batch that can't be opened, because its lines can't be asked any more. If not even their
     * ids can be read, the answers stay as they came.
     */
    private void arrange() throws IOException {
        if (input.isPresent() && (fileId(ClientFolder.OUTPUT) != null || fileId(ClientFolder.ERRORS) != null)) {
            try {
                BatchFile.finishLocked(files(input.get()), gateway.whippletree().configuration(), timeline);
            } catch (BadInputException e) {
                LOG.debug("The answers of the batch {} can't be arranged", batch.id(), e);
            }
        }
    }

    private static Map<String, Object> problem(@Nullable Long line, String code, String message) {
        return GatewayJson.of("code", code, "message", message, "line", line);
    }

    /** The only place where a batch ends. */
    private void end(Map<String, ? extends @Nullable Object> known, List<Map<String, Object>> problems)
            throws IOException {
        Ending ending = batch.decided();
        Map<String, @Nullable Object> json = new LinkedHashMap<>(known);
        json.keySet().removeAll(Set.of(BatchPlace.FORESIGHT, BatchPlace.NOTED_AT));
        json.putAll(ending.json());
        json.put("status", ending.how().status());
        json.put(ending.how().status() + "_at", now());
        json.put("errors", problems.isEmpty() ? null : GatewayJson.of("object", "list", "data", problems));
        json.put("output_file_id", fileId(ClientFolder.OUTPUT));
        json.put("error_file_id", fileId(ClientFolder.ERRORS));
        batch.end(json);
        release(true);
    }

    private @Nullable String fileId(String suffix) throws IOException {
        return batch.output(suffix, 0, 0).map(StoredFile::id).orElse(null);
    }

    /**
     * Leaves the batch to others, also after an error that is no exception: without memory, it would keep its lock for
     * good. Whoever stops it isn't interested in what doesn't work any more.
     */
    void giveUp(Throwable why) {
        Throwable cause = why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
        if (!stopped && (cause instanceof IOException || cause instanceof UncheckedIOException)) {
            hold(cause.toString());
        }
        close();
        if (stopped) {
            over.complete(false);
        } else {
            over.completeExceptionally(why);
        }
    }

    /** Writes for everybody why it isn't run now, if even that can be written. */
    private void hold(String why) {
        try {
            Map<String, @Nullable Object> json =
                    new LinkedHashMap<>(batch.progress().orElse(Map.of()));
            json.put(BatchPlace.FORESIGHT, BatchPlace.held(why));
            write(json);
        } catch (IOException e) {
            LOG.debug("The progress of {} can't be read", batch.folder(), e);
        }
    }

    private void release(boolean hasEnded) {
        close();
        over.complete(hasEnded);
    }

    private void close() {
        for (int last = held.size() - 1; last >= 0; last--) {
            try {
                held.get(last).close();
            } catch (IOException e) {
                LOG.warn("A file of the batch {} can't be closed", batch.id(), e);
            }
        }
    }

    /** Asks no further line; calls under way are awaited. */
    void stop() {
        stopped = true;
        endRun();
        lines.stop();
    }

    private void endRun() {
        if (charged != null) {
            charged.stop();
        }
        if (run != null) {
            run.stop();
        }
    }

    /** Ends at once. */
    void abort() {
        stop();
        if (run != null) {
            run.abort();
        }
    }
}
