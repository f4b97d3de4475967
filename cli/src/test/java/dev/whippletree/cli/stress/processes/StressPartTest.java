package dev.whippletree.cli.stress.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whippletree.Whippletree;
import dev.whippletree.cli.base.Surroundings;
import dev.whippletree.cli.base.Terminal;
import dev.whippletree.cli.base.UserMistake;
import dev.whippletree.cli.logging.LogOutput;
import dev.whippletree.emulator.model.Latency;
import dev.whippletree.planner.interviews.InterviewResults;
import dev.whippletree.planner.interviews.Interviews;
import dev.whippletree.planner.interviews.Part;
import dev.whippletree.planner.interviews.StressEmulation;
import dev.whippletree.planner.interviews.StressSettings;
import dev.whippletree.time.SystemTimeline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process's part, run in this one and spoken to through pipes. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class StressPartTest {

    /** Only keeps a test that would never end from never ending. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int PIPE_BYTES = 1 << 20;
    private static final Interviews INTERVIEWS =
            Interviews.STANDARD.withInterviews(6).withQuestions(3);

    private final SystemTimeline timeline = new SystemTimeline();
    private final PipedOutputStream told = new PipedOutputStream();
    private final PipedInputStream said = new PipedInputStream(PIPE_BYTES);
    private final BufferedReader out = new BufferedReader(new InputStreamReader(said, StandardCharsets.UTF_8));

    @AfterEach
    void close() {
        timeline.close();
        LogOutput.to(System.err::println);
    }

    @Test
    void isReady_startsWhenItIsTold_andReportsItsResults() throws IOException {
        try (StressEmulation emulation = emulation(Duration.ofMillis(20))) {
            CompletableFuture<Integer> exitCode = start();
            tell(assignment(emulation).line());
            PartReport ready = hear();

            assertThat(ready.progress().prompts()).isEqualTo(9);
            assertThat(ready.progress().answered()).isZero();
            assertThat(emulation.stats().calls()).isZero();

            tell("go");
            InterviewResults results = null;
            while (results == null) {
                results = hear().results().orElse(null);
            }

            assertThat(exitCode).succeedsWithin(PATIENCE).isEqualTo(0);
            assertThat(results.answered()).isEqualTo(9);
            assertThat(results.wrong()).isZero();
            assertThat(results.interviewTimes()).hasSize(3);
            assertThat(emulation.stats().calls()).isBetween(1L, 9L);
        }
    }

    @Test
    void endsWhenItsInputDoes_inTheMiddleOfAnInterview() throws IOException {
        try (StressEmulation emulation = emulation(Duration.ofHours(1))) {
            CompletableFuture<Integer> exitCode = start();
            tell(assignment(emulation).line());
            hear();
            tell("go");
            hear();
            told.close();

            assertThat(exitCode).succeedsWithin(PATIENCE).isEqualTo(1);
        }
    }

    @Test
    void endsWhenItsInputDoes_beforeItIsTold() throws IOException {
        try (StressEmulation emulation = emulation(Duration.ofMillis(20))) {
            CompletableFuture<Integer> exitCode = start();
            tell(assignment(emulation).line());
            hear();
            told.close();

            assertThat(exitCode).succeedsWithin(PATIENCE).isEqualTo(1);
            assertThat(emulation.stats().calls()).isZero();
        }
    }

    @Test
    void typedByAUser_namesTheCommandToUse() {
        StressPart typed = new StressPart(surroundings(InputStream.nullInputStream()));

        assertThatThrownBy(typed::run)
                .isInstanceOf(UserMistake.class)
                .hasMessageContaining("whippletree stress --processes N");
    }

    private StressEmulation emulation(Duration latency) {
        return StressEmulation.start(settings().withLatency(Latency.constant(latency)), timeline);
    }

    private static StressSettings settings() {
        return StressSettings.STANDARD.withInterviews(INTERVIEWS);
    }

    private static Assignment assignment(StressEmulation emulation) {
        return new Assignment(
                new Part(1, 2),
                INTERVIEWS,
                2,
                settings().limit(),
                emulation.baseUrl(),
                Optional.of("ehcache"),
                Optional.empty());
    }

    private CompletableFuture<Integer> start() throws IOException {
        StressPart part = new StressPart(surroundings(new PipedInputStream(told)));
        return CompletableFuture.supplyAsync(part::run, timeline.executor());
    }

    private Surroundings surroundings(InputStream in) {
        return new Surroundings(
                Map.of(),
                Path.of(""),
                in,
                new PrintWriter(pipe(), true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true),
                Terminal.NONE,
                () -> ZoneOffset.UTC,
                new CompletableFuture<>(),
                timeline,
                Whippletree::builder);
    }

    private PipedOutputStream pipe() {
        try {
            return new PipedOutputStream(said);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void tell(String line) throws IOException {
        told.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        told.flush();
    }

    private PartReport hear() throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Optional<PartReport> report = PartReport.read(line);
            if (report.isPresent()) {
                return report.get();
            }
        }
        throw new IOException("it says nothing more");
    }
}
