package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.time.SystemTimeline;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command run again and again, each time as a process of its own, with one state folder. */
@Tag("slow")
final class StateAcrossProcessesTest {

    /** Only keeps a test that would never end from never ending. */
    private static final long PATIENCE_SECONDS = 60;

    /** The token of an account that is never answered. */
    private static final String SILENT = "token-silent";

    @TempDir
    private Path folder;

    private String token = "token-1";

    private final SystemTimeline timeline = new SystemTimeline();
    private final EmulatorServer server =
            EmulatorServer.start(List.of(new EmulatedService(service(), timeline.nanoTime())), 0, timeline);

    private static ServiceSettings service() {
        return ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account("account-1", "token-1")
                .account("silent", SILENT)
                .faults(FaultScript.of(FaultRule.parse("hang:silent")))
                .build();
    }

    @BeforeEach
    void configure() throws IOException {
        Files.createDirectory(folder.resolve("state"));
        Files.writeString(folder.resolve("whippletree.yaml"), """
                state: state
                caches: []
                accounts:
                  - id: hf-1
                    provider: huggingface
                    token: ${TOKEN}
                    base-url: %s
                    limits: [10 requests / 1d]
                """.formatted(server.baseUrl(ServiceKind.HUGGING_FACE)));
    }

    @AfterEach
    void close() {
        server.close();
        timeline.close();
    }

    /**
     * A run that has ended.
     *
     * @param exitCode what it told the shell
     * @param out what it printed on standard output
     * @param err what it printed on standard error
     */
    private record Run(int exitCode, String out, String err) {}

    private Process start(String... arguments) throws IOException {
        ProcessBuilder builder = CommandProcess.of(List.of(), arguments).directory(folder.toFile());
        builder.environment().put("TOKEN", token);
        return builder.redirectOutput(file("out")).redirectError(file("err")).start();
    }

    private File file(String name) {
        return folder.resolve(name).toFile();
    }

    private Run run(String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("it ends")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Run(
                process.exitValue(), Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
    }

    @Test
    void tenAsksOfADay_andTheEleventhIsRefusedWithTheTimeAndWithoutACall() throws IOException, InterruptedException {
        for (int question = 1; question <= 10; question++) {
            Run asked = run("ask", "question " + question);
            assertThat(asked.exitCode()).as(asked.err()).isZero();
            assertThat(asked.err()).isEmpty();
        }
        assertThat(calls()).isEqualTo(10);

        Run refused = run("ask", "question 11");

        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(3);
        assertThat(refused.err()).contains("there would be room at").containsPattern("\\(in (23 h|1 d 00 h)");
        assertThat(refused.out()).isEmpty();
        assertThat(calls()).isEqualTo(10);

        Run status = run("status");

        assertThat(status.exitCode()).isZero();
        assertThat(status.out()).contains("used up").containsPattern("0 +░+ +of 10 requests / 1d");
        assertThat(calls()).isEqualTo(10);
    }

    @Test
    void asksThatRunAtOnce_areAllCounted() throws IOException, InterruptedException {
        List<Process> asks = new ArrayList<>();
        for (int question = 1; question <= 4; question++) {
            asks.add(start("ask", "question " + question));
        }
        for (Process ask : asks) {
            assertThat(ask.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(ask.exitValue()).isZero();
        }

        assertThat(run("status").out()).containsPattern("6 +█+░+ +of 10 requests / 1d");
    }

    @Test
    void askThatIsKilledOnceItsCallHasArrived_hasBeenCounted() throws IOException, InterruptedException {
        token = SILENT;
        Process killed = start("ask", "Where is everybody?");
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> calls() == 1);
        killed.destroyForcibly().waitFor();

        assertThat(run("status").out()).containsPattern("9 +█+░ +of 10 requests / 1d");
    }

    private long calls() {
        return server.stats().get(0).calls();
    }
}
