package dev.whippletree.cli.stress.processes;

import dev.whippletree.cli.board.Words;
import dev.whippletree.planner.interviews.InterviewResults;
import dev.whippletree.planner.interviews.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One of the processes, as its parent sees it. Thread-safe. */
final class ChildProcess {

    /** What a shell adds to the number of the signal that ended a process. */
    private static final int SIGNALLED = 128;

    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Assignment assignment;
    private final Process process;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private volatile @Nullable PartReport latest;
    private volatile long latestNanos;
    private volatile OptionalInt exitCode = OptionalInt.empty();

    ChildProcess(Assignment assignment, Process process) {
        this.assignment = assignment;
        this.process = process;
    }

    /** Returns its number, from 1, as people count. */
    int number() {
        return assignment.part().number() + 1;
    }

    long pid() {
        return process.pid();
    }

    int prompts() {
        return assignment.part().prompts(assignment.interviews());
    }

    /** Ends when it can begin, or has ended before it could. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** Ends when it has ended and everything that it said has been read. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Returns its last report; empty if it hasn't been ready. */
    Optional<PartReport> latest() {
        return Optional.ofNullable(latest);
    }

    /** Returns for how long it has said nothing. */
    long silentNanos(long nowNanos) {
        return nowNanos - latestNanos;
    }

    /** Returns whether it has ended before its interviews had. */
    boolean isLost() {
        return exitCode.isPresent() && !isDone();
    }

    /** Returns whether all its interviews have ended. */
    boolean isDone() {
        return latest().flatMap(PartReport::results).isPresent();
    }

    /** Sends it a line. What can't be sent any more isn't: that it has ended is told elsewhere. */
    void send(String line) {
        try {
            OutputStream in = process.getOutputStream();
            in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException e) {
            // It has ended.
        }
    }

    /** Reads what it says until it ends; blocks as long. */
    void listen(Listener listener) {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                take(line, listener);
            }
        } catch (IOException e) {
            listener.logged(this, "its output can't be read: " + e.getMessage());
        }
        exitCode = OptionalInt.of(process.onExit().join().exitValue());
        listener.ended(this);
        ready.complete(null);
        ended.complete(null);
    }

    /** Is told what a process says besides its reports. */
    interface Listener {

        /** A line of its log. */
        void logged(ChildProcess child, String line);

        /** It has ended. */
        void ended(ChildProcess child);

        /** Returns the time by which reports are dated. */
        long nanoTime();
    }

    private void take(String line, Listener listener) {
        Optional<PartReport> report = PartReport.read(line);
        if (report.isPresent()) {
            latest = report.get();
            latestNanos = listener.nanoTime();
            ready.complete(null);
        } else {
            listener.logged(this, line);
        }
    }

    /** Returns what came of its interviews; what a lost process didn't report as answered is lost with it. */
    InterviewResults results() {
        return latest().flatMap(PartReport::results).orElseGet(this::lostResults);
    }

    private InterviewResults lostResults() {
        Progress progress = progress();
        return new InterviewResults(
                prompts(),
                progress.answered(),
                prompts() - progress.answered(),
                0,
                0,
                progress.elapsed(),
                List.of(),
                List.of(lossInWords()));
    }

    /** Returns how far it is; what a lost process didn't report as answered counts as failed. */
    Progress progress() {
        Progress last = latest().map(PartReport::progress).orElse(new Progress(prompts(), 0, 0, 0, Duration.ZERO));
        return isLost()
                ? new Progress(
                        last.prompts(),
                        last.answered(),
                        last.prompts() - last.answered(),
                        last.interviewsDone(),
                        last.elapsed())
                : last;
    }

    /** Returns what happened to a lost process, in words. */
    String lossInWords() {
        int answered = latest().map(report -> report.progress().answered()).orElse(0);
        return "process " + number() + " (pid " + pid() + ") " + endInWords() + ": " + Words.count(prompts() - answered)
                + " of its " + Words.count(prompts(), "prompt") + " were lost";
    }

    String endInWords() {
        int code = exitCode.orElse(0);
        return code > SIGNALLED ? "was killed (signal " + (code - SIGNALLED) + ")" : "ended (exit code " + code + ")";
    }

    /** Ends it if it hasn't ended: first by ending its standard input, then by force. Blocks for some seconds at most. */
    void end() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It has ended.
        }
        try {
            process.onExit().get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
