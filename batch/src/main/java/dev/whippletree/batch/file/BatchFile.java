package dev.whippletree.batch.file;

import dev.whippletree.Whippletree;
import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.DistinctPrompts;
import dev.whippletree.batch.Journal;
import dev.whippletree.config.Configuration;
import dev.whippletree.model.TokenUsage;
import dev.whippletree.time.Timeline;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A batch from a file to a file: checks the input, continues an existing output, and arranges the output at the end.
 * Confined to one thread, except for its journal and its items.
 */
public final class BatchFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BatchFile.class);

    private final BatchFiles files;
    private final Configuration configuration;
    private final InputCheck.Checked input;
    private final DistinctPrompts distinct;
    private final FileJournal journal;
    private final Closeable lock;
    private final List<InputReader> readers = new CopyOnWriteArrayList<>();

    private BatchFile(
            BatchFiles files,
            Configuration configuration,
            InputCheck.Checked input,
            DistinctPrompts distinct,
            FileJournal journal,
            Closeable lock) {
        this.files = files;
        this.configuration = configuration;
        this.input = input;
        this.distinct = distinct;
        this.journal = journal;
        this.lock = lock;
    }

    /**
     * Reads an input and finds every problem in it. Blocks meanwhile.
     *
     * @param each is told of each line's item
     * @return how many lines are prompts
     * @throws BadInputException with everything that is wrong with it
     * @throws IOException if it can't be read
     */
    public static long check(BatchFiles files, Configuration configuration, Consumer<BatchItem> each)
            throws IOException {
        return new InputCheck(files, configuration)
                .check(line -> each.accept(new BatchItem(line.id(), line.prompt())))
                .lines();
    }

    /**
     * Checks the input and opens the output, which is created if it isn't there. Blocks for as long as that takes. An
     * input without a prompt doesn't become that of the output.
     *
     * @param whippletree who will answer
     * @throws BadInputException if the input can't be used, or the output isn't this input's, with everything that is
     *     wrong
     * @throws IOException if a file can't be read or written, or another batch is writing it
     */
    public static BatchFile open(BatchFiles files, Whippletree whippletree, Timeline timeline) throws IOException {
        return open(files, null, null, whippletree, timeline);
    }

    /** The same for an output that the caller has {@linkplain #lock locked}, and unlocks. */
    public static BatchFile openLocked(BatchFiles files, Whippletree whippletree, Timeline timeline)
            throws IOException {
        return open(files, null, () -> {}, whippletree, timeline);
    }

    /**
     * Locks an output for {@link #openLocked}, until the result is closed or this process ends. Never waits.
     *
     * @return empty if another batch is writing it
     * @throws IOException if its folder can't be written
     */
    public static Optional<Closeable> lock(Path output) throws IOException {
        return BatchFolder.tryLock(output);
    }

    /**
     * The same for an input that a spool has copied; null: none has. The copy is kept once the input is accepted.
     * Closing the result closes the spool.
     */
    public static BatchFile open(BatchFiles files, @Nullable Spool spool, Whippletree whippletree, Timeline timeline)
            throws IOException {
        return open(files, spool, spool, whippletree, timeline);
    }

    private static BatchFile open(
            BatchFiles files,
            @Nullable Spool spool,
            @Nullable Closeable locked,
            Whippletree whippletree,
            Timeline timeline)
            throws IOException {
        Configuration configuration = whippletree.configuration();
        AskedModels models = new AskedModels(configuration);
        DistinctPrompts distinct = new DistinctPrompts(files.conversations());
        LongBag keys = new LongBag();
        InputCheck.Checked input = new InputCheck(files, configuration).check(line -> {
            models.add(line.prompt());
            distinct.add(line.prompt());
            if (!files.conversations()) {
                keys.add(Digests.of64Bits(Journal.keyOf(line.prompt(), whippletree)));
            }
        });
        keys.sort();
        LongBag repeated = keys.repeated();
        Map<String, String> settings = files.settings();
        settings.putAll(models.settings());
        settings.putAll(files.identities());
        leaveOthersAlone(files);
        LineReader reader = files.form().reader();
        Closeable lock = locked != null ? locked : BatchFolder.lock(files.output());
        try {
            BatchFiles adopted = files;
            if (input.lines() > 0) { // Otherwise it may be what a program has left that failed.
                adopt(files, configuration, input, settings);
                adopted = spool == null ? files : files.withInput(spool.keep());
            }
            FileJournal.Options options = new FileJournal.Options(
                    files.sync(),
                    files.conversations(),
                    key -> files.conversations() || repeated.contains(Digests.of64Bits(key)),
                    reader == null ? UnaryOperator.identity() : reader::written,
                    input.digest() + files.output().toAbsolutePath());
            FileJournal journal = journal(files, options, timeline);
            return new BatchFile(adopted, configuration, input, distinct, journal, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Checks that existing results belong to this input, and records that new ones will. */
    private static void adopt(
            BatchFiles files, Configuration configuration, InputCheck.Checked input, Map<String, String> settings)
            throws IOException {
        BatchState now = new BatchState(input.digest(), settings);
        Optional<BatchState> before = BatchState.read(BatchFolder.of(files.output()));
        if (before.isPresent()) {
            compare(files, configuration, input.sessionEnds(), before.get(), now);
        }
        if (files.retryFailed() && Disk.INSTANCE.exists(files.failures())) {
            try (Storage.Output failures = Disk.INSTANCE.open(files.failures())) {
                failures.truncate(0);
                failures.force();
            }
        }
        if (!before.equals(Optional.of(now))) {
            now.write(BatchFolder.of(files.output()));
        }
    }

    /** Refuses files that were there before the batch began: they are somebody else's. */
    private static void leaveOthersAlone(BatchFiles files) throws IOException {
        if (BatchFolder.isOfFailures(files.output())) {
            throw new BadInputException(files.output()
                    + " has a name of failures, where another batch may write its own; name another output");
        }
        if (BatchState.read(BatchFolder.of(files.output())).isEmpty()) {
            leaveAlone(files.output(), "isn't the output of a batch; name another file, or remove it");
            leaveAlone(files.failures(), "isn't this batch's; name another output, or remove it");
        }
    }

    private static void leaveAlone(Path file, String why) throws IOException {
        if (Disk.INSTANCE.exists(file) && Files.size(file) > 0) {
            throw new BadInputException(file + " exists and " + why);
        }
    }

    private static void compare(
            BatchFiles files, Configuration configuration, SessionEnds sessionEnds, BatchState before, BatchState now)
            throws IOException {
        List<String> changes = new ArrayList<>();
        for (String changed : now.settingsBefore(before)) {
            changes.add(files.output() + " was started with other settings: " + changed);
        }
        if (!before.input().equals(now.input())) {
            boolean piped = files.input().startsWith(BatchFolder.of(files.output()));
            String named = piped ? "the piped input" : files.input().toString();
            changes.add(named + " has changed since " + files.output() + " was started");
        }
        if (changes.isEmpty()) {
            return;
        }
        Changes results = new Changes(files, configuration, sessionEnds);
        if (!files.acceptChanges()) {
            changes.add(results.describe());
            throw new BadInputException(changes);
        }
        results.dropOthers();
    }

    /**
     * Writes the progress beside the output, for {@link #lastNote}. On a full disk, it overwrites the last note, which
     * needs no further block.
     *
     * @throws IOException if that can't be
     */
    public static void note(Path output, String progress) throws IOException {
        Path coming = BatchFolder.of(output).resolve("progress.coming");
        try {
            try (OutputStream note = Disk.stream(coming, StandardOpenOption.TRUNCATE_EXISTING)) {
                note.write(progress.getBytes(StandardCharsets.UTF_8));
            }
            Files.move(coming, noteOf(output), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            try (FileChannel there = FileChannel.open(noteOf(output), StandardOpenOption.WRITE)) {
                byte[] note = progress.getBytes(StandardCharsets.UTF_8);
                there.write(ByteBuffer.wrap(note), 0);
                there.truncate(note.length);
            }
        }
    }

    private static Path noteOf(Path output) {
        return BatchFolder.of(output).resolve("progress.json");
    }

    /** Returns what was last written of how far a batch is; empty if there is none. */
    public static Optional<String> lastNote(Path output) throws IOException {
        try {
            return Optional.of(Files.readString(noteOf(output)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Returns whether a batch is writing an output now. */
    public static boolean isRunning(Path output) throws IOException {
        Path lock = BatchFolder.of(output).resolve("lock");
        if (Disk.isLockedHere(lock)) {
            return true;
        }
        if (!Files.exists(lock)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(lock);
                FileLock free = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return free == null;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    /** Returns how many lines are prompts. */
    public long total() {
        return input.lines();
    }

    /** Returns which of them are different. */
    public DistinctPrompts distinct() {
        return distinct;
    }

    /** Returns how many of them had a result when this was opened. */
    public long done() {
        return journal.size();
    }

    /** Returns how many of those had failed. */
    public long failed() {
        return journal.failures();
    }

    /** Returns the tokens of the answers that there were when this was opened, as their services counted them. */
    public TokenUsage used() {
        return journal.used();
    }

    /** Returns where results are written down. */
    public Journal journal() {
        return journal;
    }

    /**
     * Returns the items, from the first line on, read as they are needed. The input is closed behind the last one, or
     * with this.
     *
     * @throws IOException if the input can't be read
     */
    public Iterator<BatchItem> items() throws IOException {
        InputReader reader = InputReader.open(files, files.form(), configuration);
        readers.add(reader);
        Fingerprints fingerprints = new Fingerprints(files, configuration, input.sessionEnds());
        return Stream.iterate(Optional.<BatchItem>empty(), last -> item(reader, fingerprints))
                .skip(1)
                .takeWhile(Optional::isPresent)
                .map(Optional::get)
                .iterator();
    }

    private Optional<BatchItem> item(InputReader reader, Fingerprints fingerprints) {
        try {
            InputLine line = reader.next();
            if (line == null) {
                reader.close();
                return Optional.empty();
            }
            return Optional.of(
                    new BatchItem(line.id(), line.prompt(), input.sessionEnds().contains(line), fingerprints.of(line)));
        } catch (BadLineException e) {
            String changed = files.form().reader() == null ? "file" : "file, or what its lines may ask,";
            throw new BadInputException(
                    e.inFile(files.input().toString()) + " (the " + changed + " was changed while the batch ran)");
        } catch (IOException e) {
            throw new BadInputException(files.input() + " can't be read: " + e.getMessage());
        }
    }

    /**
     * Closes the journal, then sorts the answers or makes the table of them, if that was asked for. Blocks. The output
     * stays locked until this is closed: what another batch wrote meanwhile would be lost.
     */
    public void finish() throws IOException {
        closeFiles();
        arrange(files, configuration);
    }

    private static void arrange(BatchFiles files, Configuration configuration) throws IOException {
        if (files.asRows() || files.ordered()) {
            new Arrangement(files, configuration).arrange();
        }
    }

    /**
     * Finishes an output whose input can't be opened, because a route of its lines is gone, for instance. The caller
     * has {@linkplain #lock locked} it. Mends what a crash has left, then sorts the answers as {@link #finish}. Blocks.
     *
     * @throws IOException if a file can't be read or written
     */
    public static void finishLocked(BatchFiles files, Configuration configuration, Timeline timeline)
            throws IOException {
        FileJournal.Options options =
                new FileJournal.Options(files.sync(), false, key -> false, UnaryOperator.identity(), "");
        journal(files, options, timeline).close();
        arrange(files, configuration);
    }

    /** Opens the journal of an output that is locked for longer than that is open. */
    private static FileJournal journal(BatchFiles files, FileJournal.Options options, Timeline timeline)
            throws IOException {
        return new FileJournal(
                Disk.INSTANCE,
                new FileJournal.Place(files.answers(), files.failures(), BatchFolder.of(files.output())),
                options,
                timeline,
                () -> {});
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            closeFiles();
            if (input.lines() == 0) {
                leaveNothing(files.answers());
                leaveNothing(files.failures());
            }
        }
    }

    /** An input without a prompt isn't the output's, of which the journal has made files all the same. */
    private static void leaveNothing(Path file) throws IOException {
        if (Files.exists(file) && Files.size(file) == 0) {
            Files.delete(file);
        }
    }

    private void closeFiles() throws IOException {
        try {
            for (InputReader reader : readers) {
                reader.close();
            }
        } finally {
            journal.close();
        }
    }

    /** Which results of an output are those of lines that are asked as they were, and which aren't. */
    private static final class Changes {

        /** Is told of each line. */
        private interface Each {

            void line(Lines line) throws IOException;
        }

        private final BatchFiles files;
        private final LongBag lines = new LongBag();
        private final LongBag answered = new LongBag();
        private long firstNew;
        private long added;
        private long kept;
        private long others;

        Changes(BatchFiles files, Configuration configuration, SessionEnds sessionEnds) throws IOException {
            this.files = files;
            results(line -> answered.add(key(line.id(), line.fingerprint())));
            answered.sort();
            Fingerprints fingerprints = new Fingerprints(files, configuration, sessionEnds);
            try (InputReader reader = InputReader.open(files, files.form(), configuration)) {
                for (InputLine line = reader.next(); line != null; line = reader.next()) {
                    long key = key(line.id(), fingerprints.of(line));
                    lines.add(key);
                    if (!answered.contains(key)) {
                        firstNew = added == 0 ? line.number() : firstNew;
                        added++;
                    }
                }
            } catch (BadLineException e) {
                throw new BadInputException(e.inFile(files.input().toString()));
            }
            lines.sort();
            results(this::count);
        }

        private void count(ResultLine result) {
            if (isKept(result)) {
                kept++;
            } else {
                others++;
            }
        }

        private boolean isKept(ResultLine result) {
            return lines.contains(key(result.id(), result.fingerprint()));
        }

        private static long key(String id, String fingerprint) {
            return Digests.of64Bits(id + '\0' + fingerprint);
        }

        private void results(Consumer<ResultLine> each) throws IOException {
            lines(line -> ResultLine.read(line).ifPresent(each));
        }

        private void lines(Each each) throws IOException {
            for (Path file : List.of(files.answers(), files.failures())) {
                if (Disk.INSTANCE.exists(file)) {
                    try (Lines there = Lines.ofResults(Disk.INSTANCE.read(file))) {
                        while (there.next()) {
                            each.line(there);
                        }
                    }
                }
            }
        }

        String describe() {
            return "--accept-changes keeps the results of lines that are asked as they were, and drops all others: here"
                    + " it keeps " + kept + ", drops " + others + ", and asks "
                    + (added == 1 ? "1 line" : added + " lines")
                    + (added == 0 ? "" : ", the first of them line " + firstNew) + "; or name another output";
        }

        void dropOthers() throws IOException {
            if (others == 0) {
                return;
            }
            Path folder = BatchFolder.of(files.output());
            Path aside = folder.resolve("dropped.jsonl");
            putOthersAside(aside);
            for (Path file : List.of(files.answers(), files.failures())) {
                if (Disk.INSTANCE.exists(file)) {
                    Rewriting.copy(Disk.INSTANCE, file, folder.resolve("rewritten"), this::isKept);
                }
            }
            LOG.warn(
                    "{}: {} dropped, as lines have changed; moved to {}",
                    files.output(),
                    others == 1 ? "1 result" : others + " results",
                    aside);
        }

        /** They were paid for. */
        private void putOthersAside(Path aside) throws IOException {
            try (OutputStream stream = new BufferedOutputStream(Disk.stream(aside, StandardOpenOption.APPEND))) {
                lines(line -> {
                    if (!isKept(line)) {
                        ByteBuffer bytes = line.bytes();
                        stream.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
                        stream.write('\n');
                    }
                });
            }
        }

        private boolean isKept(Lines line) {
            return ResultLine.read(line).filter(this::isKept).isPresent();
        }
    }
}
