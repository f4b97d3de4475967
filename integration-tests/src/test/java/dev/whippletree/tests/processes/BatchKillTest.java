package dev.whippletree.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.testkit.emulator.EmulatedServices;
import dev.whippletree.tests.CommandProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code whippletree batch} in processes of its own that are killed, as {@code kill -9} or {@code kill} does, over
 * emulated services.
 */
final class BatchKillTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern ID = Pattern.compile("\"custom_id\":\"(.*?)\"");

    @RegisterExtension
    static final EmulatedServices SERVICES = KillStage.services(300);

    @TempDir
    private Path folder;

    @Test
    @Tag("slow")
    void killedTwice_givesOneResultALine() throws Exception {
        killAndCount(600, 2);
    }

    @Test
    @Tag("thorough")
    void killedTenTimes_gives8500Lines_oneResultEach() throws Exception {
        killAndCount(8_500, 10);
    }

    @Test
    @Tag("slow")
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no such signals")
    void terminated_writesTheAnswersOfItsCalls_andStartsNoMore() throws Exception {
        write(2_000);
        try (CommandProcess command = start()) {
            await().atMost(PATIENCE)
                    .until(() -> results("answers.jsonl").size() >= 200
                            || !command.process().isAlive());

            command.process().destroy();

            assertThat(command.exitCode()).as(() -> command.text("err")).isEqualTo(9);
            assertThat(command.text("err")).contains("The batch ends after the calls under way");
        }
        assertThat(results("answers.jsonl"))
                .as("each call's answer is written")
                .hasSize((int) SERVICES.stats(ServiceKind.HUGGING_FACE).calls())
                .hasSizeLessThan(2_000);
    }

    private void killAndCount(int lines, int kills) throws Exception {
        write(lines);
        Random random = new Random(9);
        for (int kill = 1; kill <= kills; kill++) {
            long wanted = (long) lines * kill / (kills + 1) - random.nextInt(lines / (kills + 1) / 2);
            try (CommandProcess command = start()) {
                await().atMost(PATIENCE)
                        .until(() -> results("answers.jsonl").size() >= wanted
                                || !command.process().isAlive());
                assertThat(command.process().isAlive())
                        .as(() -> command.text("err"))
                        .isTrue();
                command.process().destroyForcibly().waitFor();
            }
        }
        try (CommandProcess last = start()) {
            assertThat(last.exitCode()).as(() -> last.text("err")).isZero();
        }
        List<String> ids = results("answers.jsonl");
        assertThat(ids).hasSize(lines).doesNotHaveDuplicates();
        assertThat(results("answers.errors.jsonl")).isEmpty();
        assertThat(SERVICES.stats(ServiceKind.HUGGING_FACE).calls())
                .as("calls made again")
                .isBetween((long) lines, (long) lines + (long) kills * KillStage.MOST_UNWRITTEN);
    }

    private void write(int lines) throws IOException {
        List<String> prompts = new ArrayList<>();
        for (int i = 0; i < lines; i++) {
            prompts.add("{\"custom_id\":\"r" + i
                    + "\",\"body\":{\"messages\":[{\"role\":\"user\",\"content\":\"Question " + i + "\"}]}}");
        }
        Files.write(folder.resolve("prompts.jsonl"), prompts);
    }

    private CommandProcess start() throws IOException {
        return KillStage.start(folder, SERVICES, "", "-Xmx128m", "batch", "prompts.jsonl", "--output=answers.jsonl");
    }

    private List<String> results(String file) {
        return text(file)
                .lines()
                .map(ID::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .toList();
    }

    private String text(String file) {
        try {
            return Files.readString(folder.resolve(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
