package dev.whippletree.comparison;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The process in which a contender is asked. Confined to one thread. */
final class ContenderProcess implements AutoCloseable {

    private static final long LOOK_MILLIS = 200;
    /** Longer than starting and warming up the slowest, on a busy machine. */
    private static final long ANSWER_MINUTES = 5;

    private final Process process;
    private final BufferedReader lines;
    private final Path log;
    private Duration beganWith = Duration.ZERO;
    private Duration used = Duration.ZERO;

    private ContenderProcess(Process process, Path log) {
        this.process = process;
        this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.log = log;
    }

    /**
     * Starts it, and blocks until it is ready.
     *
     * @param command {@code case}, {@code faults} or {@code load}
     * @throws IOException if it ends before it is ready
     */
    static ContenderProcess start(Entry contender, Places places, String command, List<Path> folders)
            throws IOException {
        List<String> arguments = new ArrayList<>(contender.command(places));
        arguments.add(command);
        folders.forEach(folder -> arguments.add(folder.toString()));
        Path log = folders.get(0).resolve("process.log");
        Process process =
                new ProcessBuilder(arguments).redirectError(log.toFile()).start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process)));
        ContenderProcess started = new ContenderProcess(process, log);
        started.linesBefore(
                "ready", contender.name() + " ended before it was ready, or took " + ANSWER_MINUTES + " min");
        return started;
    }

    /** Ends the process if that takes too long, so that who waits for its next line reads the end of them. */
    private List<String> linesBefore(String last, String problem) throws IOException {
        CompletableFuture<Void> end = CompletableFuture.runAsync(
                () -> end(process), CompletableFuture.delayedExecutor(ANSWER_MINUTES, TimeUnit.MINUTES));
        List<String> before = new ArrayList<>();
        for (String line = lines.readLine(); !last.equals(line); line = lines.readLine()) {
            if (line == null) {
                throw new IOException(problem + "; see " + log);
            }
            before.add(line);
        }
        end.cancel(false);
        return before;
    }

    void begin() throws IOException {
        beganWith = used();
        send("");
        Thread reading = new Thread(() -> lines.lines().forEach(line -> {}));
        reading.setDaemon(true);
        reading.start();
    }

    /** Blocks until all have ended, or the time is over. */
    static void await(List<ContenderProcess> processes, Duration atMost) throws InterruptedException {
        long beganNanos = System.nanoTime();
        while (processes.stream().filter(ContenderProcess::isRunning).count() > 0
                && System.nanoTime() - beganNanos < atMost.toNanos()) {
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** Also notes what it has used, which nobody can tell once it has ended. */
    private boolean isRunning() {
        Duration now = used();
        used = now.compareTo(used) > 0 ? now : used;
        return process.isAlive();
    }

    /** Checks that the results are written. */
    void checkEnded() throws IOException {
        if (process.isAlive()) {
            throw new IOException("it didn't end; see " + log);
        }
        if (process.exitValue() != 0) {
            throw new IOException("it ended with " + process.exitValue() + "; see " + log);
        }
    }

    /** Returns the processor time from the first question until it was last seen. */
    double processorSeconds() {
        return Judge.seconds(used.minus(beganWith));
    }

    private Duration used() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** Sends a command of those of a load, and blocks until its answer has come. */
    List<String> tell(String command) throws IOException {
        send(command);
        return linesBefore(".", "it ended");
    }

    private void send(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        end(process);
    }

    static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
