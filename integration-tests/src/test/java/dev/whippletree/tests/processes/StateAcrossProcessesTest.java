package dev.whippletree.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.emulator.fault.FaultRule;
import dev.whippletree.emulator.fault.FaultScript;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.testkit.emulator.EmulatedServices;
import dev.whippletree.tests.CommandProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
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

    @RegisterExtension
    final EmulatedServices services = EmulatedServices.of(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
            .account("account-1", "token-1")
            .account("silent", SILENT)
            .faults(FaultScript.of(FaultRule.parse("hang:silent")))
            .build());

    @BeforeEach
    void configure() throws IOException {
        Files.createDirectory(folder.resolve("state"));
        Files.writeString(
                folder.resolve("whippletree.yaml"), """
                state: state
                caches: []
                accounts:
                  - id: hf-1
                    provider: huggingface
                    token: ${TOKEN}
                    base-url: %s
                    limits: [3 requests / 1d]
                """.formatted(services.baseUrl(ServiceKind.HUGGING_FACE)));
    }

    private CommandProcess start(String... arguments) throws IOException {
        return CommandProcess.start(folder, Map.of("TOKEN", token), List.of(), arguments);
    }

    private CommandProcess run(String... arguments) throws IOException, InterruptedException {
        CommandProcess command = start(arguments);
        try (command) {
            command.exitCode();
        }
        return command;
    }

    @Test
    void threeAsksOfADay_andTheFourthIsRefusedWithTheTimeAndWithoutACall() throws IOException, InterruptedException {
        for (int question = 1; question <= 3; question++) {
            CommandProcess asked = run("ask", "question " + question);
            assertThat(asked.exitCode()).as(asked.text("err")).isZero();
            assertThat(asked.text("err")).isEmpty();
        }
        assertThat(calls()).isEqualTo(3);

        CommandProcess refused = run("ask", "question 4");

        assertThat(refused.exitCode()).as(refused.text("err")).isEqualTo(3);
        assertThat(refused.text("err")).contains("there would be room at").containsPattern("\\(in (23 h|1 d 00 h)");
        assertThat(refused.text("out")).isEmpty();
        assertThat(calls()).isEqualTo(3);

        CommandProcess status = run("status");

        assertThat(status.exitCode()).isZero();
        assertThat(status.text("out")).contains("used up").containsPattern("0 +░+ +of 3 requests / 1d");
        assertThat(calls()).isEqualTo(3);
    }

    @Test
    void asksThatRunAtOnce_areAllCounted() throws IOException, InterruptedException {
        List<CommandProcess> asks = new ArrayList<>();
        for (int question = 1; question <= 2; question++) {
            asks.add(start("ask", "question " + question));
        }
        for (CommandProcess ask : asks) {
            assertThat(ask.exitCode()).isZero();
        }

        assertThat(run("status").text("out")).containsPattern("1 +█+░+ +of 3 requests / 1d");
    }

    @Test
    void askThatIsKilledOnceItsCallHasArrived_hasBeenCounted() throws IOException, InterruptedException {
        token = SILENT;
        CommandProcess killed = start("ask", "Where is everybody?");
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> calls() == 1);
        killed.process().destroyForcibly().waitFor();

        assertThat(run("status").text("out")).containsPattern("2 +█+░+ +of 3 requests / 1d");
    }

    private long calls() {
        return services.stats(ServiceKind.HUGGING_FACE).calls();
    }
}
