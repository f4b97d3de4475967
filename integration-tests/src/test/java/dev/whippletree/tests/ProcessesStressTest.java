package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code stress --processes}: real processes, a real Redis, one board. */
@Tag("slow")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class ProcessesStressTest {

    /** Only keeps a test that would never end from never ending. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Pattern SECOND_AT_WORK = Pattern.compile("2 \\(pid (\\d+)\\) +at work +[1-9]");
    private static final Pattern DONE = Pattern.compile("\\d \\(pid \\d+\\) +done +50 of 50 ");

    @TempDir
    private Path folder;

    private final List<ProcessHandle> started = new ArrayList<>();
    private RedisProcess redis;

    @BeforeEach
    void startRedis() throws IOException {
        redis = RedisProcess.started();
    }

    @AfterEach
    void close() throws IOException {
        started.forEach(ProcessHandle::destroyForcibly);
        redis.close();
    }

    @Test
    void threeProcessesOverOneRedis_callOnceForEachQuestion_andLeaveNoAnswerBehind()
            throws IOException, InterruptedException {
        Process stress =
                start("--processes=3", "--redis=" + redis.uri(), "--interviews=30", "--questions=5", "--latency=100ms");

        assertThat(exitCode(stress)).as(this::printed).isZero();
        assertThat(text("out"))
                .contains("150 of 150 answered")
                .contains("All 13 checks held.")
                .containsPattern("processes that finished +3  expected 3")
                .containsPattern("upstream calls +30  expected 30")
                .containsPattern("calls answered 429 +0  expected 0")
                .containsPattern("answers from cache or shared calls +120  expected 120")
                // How many there still are is as old as the last beat.
                .containsPattern("redis +[123] +30 +0 ");
        assertThat(DONE.matcher(text("out")).results()).hasSize(3);
        assertThat(answersInRedis()).isEmpty();
    }

    @Test
    void processThatIsKilled_isTold_andTheOthersGoOn() throws IOException, InterruptedException {
        // No question is asked twice, so that none has to wait until the dead one's claim has run out.
        Process stress = start(
                "--processes=3",
                "--redis=" + redis.uri(),
                "--interviews=12",
                "--questions=8",
                "--repeat=0",
                "--latency=300ms");
        long second = secondAtWork();
        ProcessHandle.of(second).orElseThrow().destroyForcibly();

        assertThat(exitCode(stress)).as(this::printed).isEqualTo(1);
        assertThat(text("err"))
                .containsPattern("process 2 \\(pid " + second
                        + "\\) was killed \\(signal 9\\): \\d+ of its 32 prompts were lost; the others continue");
        assertThat(text("out"))
                .containsPattern("1 \\(pid \\d+\\) +done +32 of 32 ")
                .containsPattern("2 \\(pid \\d+\\) +lost ")
                .containsPattern("3 \\(pid \\d+\\) +done +32 of 32 ")
                .containsPattern("✗ +processes that finished +2  expected 3")
                .contains("✗  prompts answered")
                .contains("did not hold");
        assertThat(answersInRedis()).isEmpty();
    }

    @Test
    void runThatIsKilled_leavesNoProcessBehind() throws IOException {
        Process stress = start("--processes=2", "--interviews=4", "--questions=8", "--latency=10s");
        await().atMost(PATIENCE).until(() -> text("err").contains("2 (pid "));
        List<ProcessHandle> processes = stress.children().toList();
        started.addAll(processes);
        assertThat(processes).hasSize(2);

        stress.destroyForcibly();

        await().atMost(PATIENCE).until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }

    private long secondAtWork() {
        Matcher found =
                await().atMost(PATIENCE).until(() -> SECOND_AT_WORK.matcher(text("err")), matcher -> matcher.find());
        return Long.parseLong(found.group(1));
    }

    private Process start(String... arguments) throws IOException {
        String[] command =
                Stream.concat(Stream.of("stress"), Stream.of(arguments)).toArray(String[]::new);
        // The board is drawn where there is a terminal; by it this test sees when they are at work.
        ProcessBuilder builder = CommandProcess.of(List.of("-Dwhippletree.terminals=err"), command);
        builder.environment().put("TERM", "xterm");
        Process process = builder.redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        started.add(process.toHandle());
        return process;
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("it ends")
                .isTrue();
        return process.exitValue();
    }

    private String printed() {
        return text("out") + "\n" + text("err");
    }

    private String text(String stream) {
        try {
            return Files.readString(folder.resolve(stream));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the keys of answers: the digests of a tenant and of a question. */
    private List<String> answersInRedis() {
        RedisClient client = RedisClient.create(redis.uri());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return connection.sync().keys("whippletree-stress-*").stream()
                    .filter(key -> key.matches(".*:v1:[0-9a-f]{32}:[0-9a-f]+"))
                    .toList();
        } finally {
            client.shutdown(Duration.ZERO, Duration.ZERO);
        }
    }
}
