package dev.whippletree.cli.stress.processes;

import dev.whippletree.cli.board.ProcessTable;
import dev.whippletree.model.StatusSnapshot;
import dev.whippletree.planner.interviews.InterviewResults;
import dev.whippletree.planner.interviews.Part;
import dev.whippletree.planner.interviews.Progress;
import dev.whippletree.planner.interviews.StatusSum;
import dev.whippletree.time.Timeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The processes of a run, started by this one. Thread-safe. */
public final class Children implements AutoCloseable {

    private static final String GO = "go";

    /** Several times as long as a process takes between two reports. */
    private static final long SILENCE_NANOS = Duration.ofSeconds(2).toNanos();

    private final Timeline timeline;
    private final List<ChildProcess> children = new ArrayList<>();
    private volatile Consumer<String> log;
    private volatile boolean started;
    private volatile long startNanos;

    private Children(Timeline timeline, Consumer<String> log) {
        this.timeline = timeline;
        this.log = log;
    }

    /**
     * Starts processes. Blocks only until they exist.
     *
     * @param assignment what each is told, but for its part
     * @param parts the parts, one for each
     * @param redis what they share, if anything
     * @param log takes what they say besides their reports, line by line
     */
    public static Children start(
            Assignment assignment,
            List<Part> parts,
            Optional<SharedRedis> redis,
            Timeline timeline,
            Consumer<String> log) {
        Children started = new Children(timeline, log);
        try {
            for (Part part : parts) {
                started.start(assignment.withPart(part), redis);
            }
            return started;
        } catch (IOException e) {
            started.close();
            throw new UncheckedIOException("a process can't be started: " + e.getMessage(), e);
        }
    }

    private void start(Assignment assignment, Optional<SharedRedis> redis) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(JavaCommand.of(StressPart.COMMAND)).redirectErrorStream(true);
        redis.ifPresent(shared ->
                builder.environment().put(SharedRedis.VARIABLE, shared.uri().reveal()));
        ChildProcess child = new ChildProcess(assignment, builder.start());
        children.add(child);
        timeline.executor().execute(() -> child.listen(new Hearing()));
        child.send(assignment.line());
    }

    /** What becomes of what the processes say. */
    private final class Hearing implements ChildProcess.Listener {

        @Override
        public void logged(ChildProcess child, String line) {
            log.accept("process " + child.number() + ": " + line);
        }

        @Override
        public void ended(ChildProcess child) {
            if (started && child.isLost()) {
                log.accept(child.lossInWords() + (children.size() == 1 ? "" : "; the others continue"));
            }
        }

        @Override
        public long nanoTime() {
            return timeline.nanoTime();
        }
    }

    /**
     * Blocks until all are ready to start.
     *
     * @return which of them can't, in words; empty if all can
     */
    public Optional<String> awaitReady() {
        children.forEach(child -> child.ready().join());
        return children.stream()
                .filter(child -> child.latest().isEmpty())
                .findFirst()
                .map(child -> "process " + child.number() + " " + child.endInWords()
                        + " before it could start; see its output above");
    }

    /**
     * Starts the interviews of all.
     *
     * @param log takes what they say from now on
     * @return ends when all processes have ended, with what came of all the interviews
     */
    public CompletableFuture<InterviewResults> go(Consumer<String> log) {
        this.log = log;
        startNanos = timeline.nanoTime();
        started = true;
        children.forEach(child -> child.send(GO));
        return CompletableFuture.allOf(
                        children.stream().map(ChildProcess::ended).toArray(CompletableFuture[]::new))
                .thenApply(all -> InterviewResults.sum(
                        children.stream().map(ChildProcess::results).toList()));
    }

    /** Returns how far they are together. What a lost process didn't answer counts as failed. */
    public Progress progress() {
        return children.stream()
                .map(ChildProcess::progress)
                .reduce(Progress::plus)
                .orElseThrow();
    }

    /** Returns how they stand together, by the last report of each. */
    public StatusSnapshot status() {
        return StatusSum.of(children.stream()
                .flatMap(child -> child.latest().stream())
                .map(PartReport::status)
                .toList());
    }

    /** Returns a row for each process. */
    public List<ProcessTable.Row> rows() {
        long now = timeline.nanoTime();
        return children.stream()
                .flatMap(child -> child.latest().stream().map(report -> row(child, report, now)))
                .toList();
    }

    private ProcessTable.Row row(ChildProcess child, PartReport report, long now) {
        return new ProcessTable.Row(child.number(), child.pid(), state(child, now), child.prompts(), report.status());
    }

    private ProcessTable.State state(ChildProcess child, long now) {
        if (child.isDone()) {
            return ProcessTable.State.DONE;
        }
        if (child.isLost()) {
            return ProcessTable.State.LOST;
        }
        // Before the start none has anything to say.
        long sinceStart = now - startNanos;
        boolean silent = Math.min(sinceStart, child.silentNanos(now)) > SILENCE_NANOS;
        return silent ? ProcessTable.State.SILENT : ProcessTable.State.AT_WORK;
    }

    /** Returns how many processes ended before their interviews had. */
    public int lost() {
        return (int) children.stream().filter(ChildProcess::isLost).count();
    }

    /** Ends those that haven't ended. Blocks for some seconds at most. */
    @Override
    public void close() {
        children.forEach(ChildProcess::end);
    }
}
