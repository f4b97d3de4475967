package dev.whippletree.batch.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.batch.BatchItem;
import dev.whippletree.batch.BatchResult;
import dev.whippletree.model.Completion;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Origin;
import dev.whippletree.model.Prompt;
import dev.whippletree.time.VirtualTimeline;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The file journal over a disk that fails: from each seed a journal lives several lives, each of which ends by a crash
 * between any two writes, by one in the middle of a write, by a power cut that loses what wasn't forced, or on a full
 * disk. In half of the lives a full disk gets room again, and the results that couldn't be written are written with
 * later ones.
 */
final class CrashTest {

    private static final int SEEDS = Integer.getInteger("crash.seeds", Boolean.getBoolean("thorough") ? 5_000 : 300);
    private static final List<Sync> SYNCS = List.of(Sync.values());
    private static final int ITEMS = 40;
    private static final int MOST_LIVES = 60;
    private static final Path ANSWERS = Path.of("answers.jsonl");
    private static final Path FAILURES = Path.of("answers.errors.jsonl");
    private static final Path FOLDER = Path.of("answers.jsonl.batch");

    /** The process is gone: nothing that it does has an effect any more. */
    private static final class CrashException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A disk in memory, of which the forced part survives a power cut. */
    private static final class FailingDisk implements Storage {

        private final Random random;
        private final Map<Path, byte[]> written = new HashMap<>();
        private final Map<Path, byte[]> forced = new HashMap<>();
        private int writesUntilCrash;
        private long room = Long.MAX_VALUE;
        private boolean crashed;
        private boolean broken;

        FailingDisk(Random random) {
            this.random = random;
        }

        /** Begins another life. */
        void live(int writes, boolean tight) {
            writesUntilCrash = writes;
            crashed = false;
            room = tight ? 300 + random.nextInt(3_000) : Long.MAX_VALUE;
        }

        /** Somebody deletes other files. */
        void empty() {
            room = Long.MAX_VALUE;
        }

        /** What wasn't forced is there in part, or as zeros, or not at all. */
        void cutPower() {
            written.replaceAll((file, bytes) -> {
                byte[] safe = forced.getOrDefault(file, new byte[0]);
                int kept = safe.length + random.nextInt(Math.max(1, bytes.length - safe.length + 1));
                byte[] after = Arrays.copyOf(bytes, Math.min(bytes.length, kept));
                if (after.length > safe.length && random.nextBoolean()) {
                    Arrays.fill(
                            after, safe.length, safe.length + random.nextInt(after.length - safe.length) + 1, (byte) 0);
                }
                return after;
            });
        }

        private void act() {
            if (crashed || --writesUntilCrash < 0) {
                crashed = true;
                throw new CrashException();
            }
        }

        private byte[] of(Path file) {
            return written.getOrDefault(file, new byte[0]);
        }

        @Override
        public boolean exists(Path file) {
            return written.containsKey(file);
        }

        @Override
        public InputStream read(Path file) {
            return new ByteArrayInputStream(of(file));
        }

        @Override
        public Output open(Path file) {
            written.computeIfAbsent(file, name -> new byte[0]);
            return new Output() {
                @Override
                public long size() {
                    return of(file).length;
                }

                @Override
                public void write(ByteBuffer bytes, long at) throws IOException {
                    boolean crashing = !crashed && writesUntilCrash == 0;
                    int count = crashing ? random.nextInt(bytes.remaining() + 1) : bytes.remaining();
                    boolean full = !crashed && count > room;
                    count = full ? (int) room : count;
                    if (!crashed) {
                        byte[] after = Arrays.copyOf(of(file), Math.max(of(file).length, (int) at + count));
                        bytes.get(after, (int) at, count);
                        written.put(file, after);
                        room -= count;
                    }
                    act();
                    if (full) {
                        throw new IOException("no space left on device");
                    }
                }

                @Override
                public void force() throws IOException {
                    act();
                    if (broken) {
                        throw new IOException("input/output error");
                    }
                    forced.put(file, of(file).clone());
                }

                @Override
                public void truncate(long size) {
                    act();
                    written.put(file, Arrays.copyOf(of(file), (int) Math.min(size, of(file).length)));
                    forced.computeIfPresent(
                            file, (name, bytes) -> Arrays.copyOf(bytes, (int) Math.min(size, bytes.length)));
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void replace(Path file, Path by) {
            act();
            byte[] bytes = of(by);
            written.remove(by);
            forced.remove(by);
            written.put(file, bytes);
            forced.put(file, bytes.clone());
        }
    }

    /** What a history has seen. */
    private static final class History {

        private final Random random;
        private final FailingDisk disk;
        private final Sync sync;
        private final Set<String> told = new HashSet<>();

        History(long seed, Sync sync) {
            this.random = new Random(seed);
            this.disk = new FailingDisk(random);
            this.sync = sync;
        }

        void run() throws IOException {
            for (int life = 0; life < MOST_LIVES; life++) {
                boolean last = life == MOST_LIVES - 1;
                disk.live(last ? Integer.MAX_VALUE : random.nextInt(60), !last && random.nextInt(4) == 0);
                boolean ended = live();
                boolean power = !ended && random.nextInt(3) == 0;
                if (power) {
                    disk.cutPower();
                    if (sync != Sync.EACH) {
                        told.retainAll(ids());
                    }
                }
                assertThat(ids()).as("what was told is still there").containsAll(told);
                if (ended) {
                    break;
                }
            }
            List<String> ids = new ArrayList<>(ids());
            assertThat(ids).hasSize(ITEMS);
            assertThat(lines()).as("one result each").hasSize(ITEMS);
        }

        /** Asks what isn't there. Returns whether all of it is there in the end. */
        private boolean live() {
            VirtualTimeline timeline = new VirtualTimeline(1);
            try {
                FileJournal journal = open(disk, sync, timeline);
                boolean patient = random.nextBoolean();
                List<BatchResult> pending = new ArrayList<>();
                for (int i = 0; i < ITEMS; i++) {
                    String id = "item-" + i;
                    if (!journal.has(id)) {
                        pending.add(result(id, i));
                    }
                }
                for (int from = 0; from < pending.size(); ) {
                    int to = Math.min(pending.size(), from + 1 + random.nextInt(5));
                    List<BatchResult> some = pending.subList(from, to);
                    try {
                        journal.append(some);
                    } catch (IOException e) {
                        if (!patient) {
                            throw e;
                        }
                        disk.empty();
                        to = Math.min(pending.size(), to + random.nextInt(3));
                        some = pending.subList(from, to);
                        journal.append(some);
                    }
                    some.forEach(result -> told.add(result.id()));
                    from = to;
                    timeline.advance(Duration.ofMillis(random.nextInt(700)));
                }
                for (int i = 0; i < ITEMS; i++) {
                    BatchResult expected = result("item-" + i, i);
                    assertThat(journal.answerTo("key of item-" + i).map(Completion::text))
                            .isEqualTo(
                                    expected instanceof BatchResult.Answered answered
                                            ? Optional.of(answered.completion().text())
                                            : Optional.empty());
                }
                journal.close();
                return true;
            } catch (CrashException | IOException e) {
                return false;
            }
        }

        private static BatchResult result(String id, int number) {
            BatchItem item = new BatchItem(id, Prompt.of("Question"), false, "fp");
            return number % 7 == 3
                    ? new BatchResult.Failed(item, "rejected", "Ümläut refused", OptionalInt.of(400))
                    : new BatchResult.Answered(
                            item,
                            new Completion(
                                    "Answer ".repeat(number % 11) + "ü",
                                    Optional.empty(),
                                    List.of(),
                                    FinishReason.STOP,
                                    Optional.empty(),
                                    new Origin(Origin.Source.CALL, "a", "model", 1, Duration.ZERO, Optional.empty())),
                            "key of " + id);
        }

        private List<String> lines() {
            List<String> ids = new ArrayList<>();
            for (Path file : List.of(ANSWERS, FAILURES)) {
                String text = new String(disk.of(file), StandardCharsets.UTF_8);
                for (String line : text.split("\n", -1)) {
                    Optional<ResultLine> result = text.isEmpty() ? Optional.empty() : ResultLine.read(line);
                    result.ifPresent(whole -> ids.add(whole.id()));
                }
            }
            return ids;
        }

        private Set<String> ids() {
            return new LinkedHashSet<>(lines());
        }
    }

    private static FileJournal open(FailingDisk disk, Sync sync, VirtualTimeline timeline) throws IOException {
        return new FileJournal(
                disk,
                new FileJournal.Place(ANSWERS, FAILURES, FOLDER),
                new FileJournal.Options(sync, true, key -> true, UnaryOperator.identity(), "batch"),
                timeline,
                () -> {});
    }

    private static FailingDisk disk() {
        FailingDisk disk = new FailingDisk(new Random(1));
        disk.live(Integer.MAX_VALUE, false);
        return disk;
    }

    private static List<BatchResult> results(int number) {
        return List.of(History.result("item-" + number, number));
    }

    @Test
    void diskThatCouldNotForceOnce_isTrustedNoMore() throws IOException {
        FailingDisk disk = disk();
        FileJournal journal = open(disk, Sync.EACH, new VirtualTimeline(1));
        disk.broken = true;
        assertThatThrownBy(() -> journal.append(results(0))).hasMessageContaining("can't be forced to disk");
        disk.broken = false;
        assertThatThrownBy(() -> journal.append(results(1))).hasMessageContaining("can't be forced to disk");
        assertThatThrownBy(journal::close).isInstanceOf(IOException.class);
    }

    @Test
    void syncEverySecond_forcesWhatEachSecondBrought() throws IOException {
        FailingDisk disk = disk();
        VirtualTimeline timeline = new VirtualTimeline(1);
        FileJournal journal = open(disk, Sync.SECOND, timeline);
        for (int second = 0; second < 3; second++) {
            journal.append(results(second));
            assertThat(disk.forced.get(ANSWERS)).isNotEqualTo(disk.written.get(ANSWERS));
            timeline.advance(Duration.ofSeconds(1));
            assertThat(disk.forced.get(ANSWERS)).isEqualTo(disk.written.get(ANSWERS));
        }
        journal.append(results(3));
        journal.append(results(4));
        journal.close();
        for (Path file : List.of(ANSWERS, FAILURES)) {
            assertThat(disk.forced.get(file)).isEqualTo(disk.written.get(file));
        }
    }

    @Test
    void journalThatIsClosedOnAFullDisk_endsWithItsLastWholeLine() throws IOException {
        FailingDisk disk = disk();
        FileJournal journal = open(disk, Sync.SECOND, new VirtualTimeline(1));
        journal.append(results(0));
        byte[] whole = disk.of(ANSWERS);
        disk.room = 10;
        assertThatThrownBy(() -> journal.append(results(1))).hasMessageContaining("no space left");
        assertThat(disk.of(ANSWERS)).hasSize(whole.length + 10);

        journal.close();

        assertThat(disk.of(ANSWERS)).isEqualTo(whole);
    }

    @Test
    @Tag("slow")
    void whateverHappens_oneResultEachIsThereInTheEnd_andNoneThatWasToldIsLost() {
        @Nullable Long only = Long.getLong("seed");
        for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
            try {
                new History(seed, SYNCS.get((int) (seed % SYNCS.size()))).run();
            } catch (AssertionError | Exception e) {
                throw new AssertionError("-Dseed=" + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
