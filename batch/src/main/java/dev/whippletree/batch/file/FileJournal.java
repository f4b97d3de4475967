package dev.whippletree.batch.file;

import dev.whippletree.Whippletree;
import dev.whippletree.batch.BatchResult;
import dev.whippletree.batch.Journal;
import dev.whippletree.model.Completion;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.time.Timeline;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal of two files in the format of OpenAI's batches: answers in one, failures in the other, one line each.
 * Thread-safe.
 *
 * <p>Opening it mends what a crash has left: a line that was torn, or lost by a power cut, is dropped, so that its item
 * is asked again. Ids are kept as digests of 64 bits.
 */
public final class FileJournal implements Journal {

    private static final Logger LOG = LoggerFactory.getLogger(FileJournal.class);
    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    private final Options options;
    private final Timeline timeline;
    private final Storage storage;
    private final Path folder;
    private final Closeable lock;
    private final Part answers;
    private final Part failures;
    private final LongBag done = new LongBag();
    private final LineIndex places = new LineIndex();
    private final LineIndex placesByKey = new LineIndex();
    private long failedBefore;
    private TokenUsage used = TokenUsage.NONE;
    private boolean forcing;
    private boolean closed;
    private @Nullable UncheckedIOException broken;

    /**
     * How a journal is kept.
     *
     * @param sync when results are made safe
     * @param findsAnswers whether answers will be looked for: that takes 24 bytes more for each answer
     * @param repeats whether several items may have a key, so that its answer will be looked for: that takes as much
     * @param written what is written of a result
     * @param batch tells the batch from others: the ids of responses depend on it
     */
    record Options(
            Sync sync,
            boolean findsAnswers,
            Predicate<String> repeats,
            UnaryOperator<BatchResult> written,
            String batch) {}

    /**
     * Where a journal is.
     *
     * @param answers where answers are
     * @param failures where failures are
     * @param folder for what is needed besides
     */
    record Place(Path answers, Path failures, Path folder) {}

    /** One of the two files. Guarded by the journal. */
    private final class Part {

        private final Path file;
        private final Storage.Output output;
        private long end;
        private boolean dirty;

        Part(Path file) throws IOException {
            this.file = file;
            this.output = storage.open(file);
            this.end = output.size();
        }

        /** Writes lines at the end, over the remains of a failed attempt. They count once {@link #added} is called. */
        void write(byte[] lines) throws IOException {
            if (lines.length > 0) {
                dirty = true;
                try {
                    output.write(ByteBuffer.wrap(lines), end);
                } catch (IOException e) {
                    throw new IOException(file + " can't be written: " + e.getMessage(), e);
                }
            }
        }

        void added(byte[] lines) {
            end += lines.length;
        }

        void force() throws IOException {
            if (dirty) {
                output.force();
                dirty = false;
            }
        }

        void close() throws IOException {
            try (output) {
                if (output.size() > end) {
                    output.truncate(end);
                    dirty = true;
                }
                if (options.sync() != Sync.NEVER) {
                    force();
                }
            }
        }
    }

    /**
     * Opens a journal.
     *
     * @param lock keeps others from writing there; closed with the journal
     */
    FileJournal(Storage storage, Place place, Options options, Timeline timeline, Closeable lock) throws IOException {
        this.storage = storage;
        this.options = options;
        this.timeline = timeline;
        this.lock = lock;
        this.folder = place.folder();
        index(place.answers(), true);
        index(place.failures(), false);
        done.sort();
        this.answers = new Part(place.answers());
        this.failures = new Part(place.failures());
    }

    /**
     * Opens a journal, and creates its files if they aren't there. Blocks while they are read.
     *
     * @param answers where answers are
     * @param failures where failures are
     * @param sync when results are made safe
     * @param timeline by which that happens
     * @throws IOException if a file can't be read or written, or another batch is writing it
     */
    public static FileJournal open(Path answers, Path failures, Sync sync, Timeline timeline) throws IOException {
        Closeable lock = BatchFolder.lock(answers);
        try {
            return new FileJournal(
                    Disk.INSTANCE,
                    new Place(answers, failures, BatchFolder.of(answers)),
                    new Options(
                            sync,
                            true,
                            key -> true,
                            UnaryOperator.identity(),
                            answers.toAbsolutePath().toString()),
                    timeline,
                    lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Reads a file into memory, and drops from it every line that isn't a whole result. */
    private void index(Path file, boolean ofAnswers) throws IOException {
        if (!storage.exists(file)) {
            return;
        }
        Map<Long, Long> damaged = new LinkedHashMap<>();
        long size = 0;
        try (Lines lines = Lines.ofResults(storage.read(file))) {
            while (lines.next()) {
                Optional<ResultLine> line = read(lines);
                if (line.isPresent()) {
                    note(line.get(), ofAnswers ? lines.start() : LineIndex.NONE);
                } else {
                    damaged.put(lines.start(), lines.end());
                }
                size = lines.end();
            }
        }
        if (!damaged.isEmpty()) {
            LOG.warn(
                    "{}: dropped {}, as a crash leaves them; those prompts are asked again",
                    file,
                    damaged.size() == 1 ? "1 damaged line" : damaged.size() + " damaged lines");
            drop(file, damaged, size);
            if (ofAnswers) {
                notePlaces(file);
            }
        }
    }

    private static Optional<ResultLine> read(Lines lines) {
        return lines.isWhole() && !lines.isTooLong() ? ResultLine.read(lines) : Optional.empty();
    }

    private void note(ResultLine line, long place) {
        long id = Digests.of64Bits(line.id());
        done.add(id);
        if (place == LineIndex.NONE) {
            failedBefore++;
            return;
        }
        used = used.plus(line.used());
        notePlace(id, line.key(), place);
    }

    /** What was dropped has moved the answers behind it. */
    private void notePlaces(Path file) throws IOException {
        try (Lines lines = Lines.ofResults(storage.read(file))) {
            while (lines.next()) {
                long place = lines.start();
                read(lines).ifPresent(line -> notePlace(Digests.of64Bits(line.id()), line.key(), place));
            }
        }
    }

    private void notePlace(long id, String key, long place) {
        if (options.findsAnswers()) {
            places.put(id, place);
        }
        noteKey(key, place);
    }

    private void noteKey(String key, long place) {
        if (!key.isEmpty() && options.repeats().test(key)) {
            placesByKey.put(Digests.of64Bits(key), place);
        }
    }

    /**
     * Drops damaged lines: a torn end is cut off; anything else is copied without them.
     *
     * @param damaged where each begins and ends
     */
    private void drop(Path file, Map<Long, Long> damaged, long size) throws IOException {
        Map.Entry<Long, Long> first = damaged.entrySet().iterator().next();
        if (first.getValue() == size) {
            try (Storage.Output output = storage.open(file)) {
                output.truncate(first.getKey());
                output.force();
            }
        } else {
            Rewriting.copy(storage, file, folder.resolve("mended"), line -> !damaged.containsKey(line.start()));
        }
    }

    @Override
    public boolean has(String id) {
        return done.size() > 0 && done.contains(Digests.of64Bits(id));
    }

    /** Returns how many failures there were when it was opened. */
    long failures() {
        return failedBefore;
    }

    /** Returns how many results there were when it was opened. */
    long size() {
        return done.size();
    }

    /** Returns the tokens of the answers that there were when it was opened. */
    TokenUsage used() {
        return used;
    }

    @Override
    public Optional<Completion> answer(String id) throws IOException {
        long place = places.get(Digests.of64Bits(id));
        return place == LineIndex.NONE ? Optional.empty() : lineAt(place).completion();
    }

    /** An answer that is cut or damaged is its item's result, but wouldn't be stored in a cache either. */
    @Override
    public synchronized Optional<Completion> answerTo(String key) throws IOException {
        long place = placesByKey.get(Digests.of64Bits(key));
        if (place == LineIndex.NONE) {
            return Optional.empty();
        }
        ResultLine line = lineAt(place);
        return line.completion().filter(answer -> line.key().equals(key) && Whippletree.isReusable(answer));
    }

    private ResultLine lineAt(long place) throws IOException {
        InputStream stream = storage.read(answers.file);
        try (Lines lines = Lines.ofResults(stream)) {
            stream.skipNBytes(place);
            if (lines.next()) {
                Optional<ResultLine> line = read(lines);
                if (line.isPresent()) {
                    return line.get();
                }
            }
            throw new IOException(answers.file + " was changed by another program while the batch was running");
        }
    }

    @Override
    public synchronized void append(List<BatchResult> results) throws IOException {
        check();
        ByteArrayOutputStream answered = new ByteArrayOutputStream();
        ByteArrayOutputStream failed = new ByteArrayOutputStream();
        long[] places = new long[results.size()];
        for (int i = 0; i < places.length; i++) {
            BatchResult result = results.get(i);
            boolean isAnswer = result instanceof BatchResult.Answered;
            places[i] = answers.end + answered.size();
            ResultLine.write(
                    options.batch(), options.written().apply(result), timeline.now(), isAnswer ? answered : failed);
        }
        byte[] answeredLines = answered.toByteArray();
        byte[] failedLines = failed.toByteArray();
        answers.write(answeredLines);
        failures.write(failedLines);
        answers.added(answeredLines);
        failures.added(failedLines);
        for (int i = 0; i < places.length; i++) {
            if (results.get(i) instanceof BatchResult.Answered answer) {
                noteKey(answer.key(), places[i]);
            }
        }
        switch (options.sync()) {
            case EACH -> force();
            case SECOND -> forceSoon();
            case NEVER -> {}
        }
    }

    private void check() {
        if (broken != null) {
            throw broken;
        }
        if (closed) {
            throw new IllegalStateException(answers.file + " can't be written: its journal is closed");
        }
    }

    private void forceSoon() {
        if (!forcing) {
            forcing = true;
            timeline.schedule(SECOND_NANOS, this::forceNow);
        }
    }

    private synchronized void forceNow() {
        forcing = false;
        if (!closed) {
            try {
                force();
            } catch (UncheckedIOException e) {
                LOG.debug("{} can't be forced to disk; the next results will say so", answers.file, e);
            }
        }
    }

    /**
     * A failed force leaves the disk's content unknown, also if it is tried again. Only opening the journal anew tells.
     */
    private void force() {
        try {
            answers.force();
            failures.force();
        } catch (IOException e) {
            broken = new UncheckedIOException(answers.file + " can't be forced to disk: " + e.getMessage(), e);
            throw broken;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (lock) {
            try {
                answers.close();
            } finally {
                failures.close();
            }
        }
        if (broken != null) {
            throw new IOException(broken.getMessage(), broken);
        }
    }
}
