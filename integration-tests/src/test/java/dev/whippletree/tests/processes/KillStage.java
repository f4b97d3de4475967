package dev.whippletree.tests.processes;

import dev.whippletree.emulator.model.Latency;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.testkit.emulator.EmulatedServices;
import dev.whippletree.tests.CommandProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Commands to be killed, over two accounts of an emulated service. */
final class KillStage {

    /**
     * Two accounts, each with 64 calls at once, and as many prompts again in line: so many haven't been written down at
     * most. Usually the calls in flight are lost; where the disk is slow, answers too that were just being written
     * while the line went on.
     */
    static final int MOST_UNWRITTEN = 2 * 128;

    private KillStage() {}

    static EmulatedServices services(int latencyMillis) {
        return EmulatedServices.of(ServiceSettings.builder(ServiceKind.HUGGING_FACE)
                .account("hf-1", "token-1")
                .account("hf-2", "token-2")
                .latency(Latency.constant(Duration.ofMillis(latencyMillis)))
                .build());
    }

    /** Starts a command in a folder, with one more line of its configuration and an option for its JVM. */
    static CommandProcess start(Path folder, EmulatedServices services, String line, String option, String... arguments)
            throws IOException {
        Files.writeString(
                folder.resolve("whippletree.yaml"),
                """
                accounts:
                  - {id: hf-1, provider: huggingface, token: "${ONE}", base-url: "URL"}
                  - {id: hf-2, provider: huggingface, token: "${TWO}", base-url: "URL"}
                routes: {default: {model: openai/gpt-oss-20b}}
                caches: []
                """.replace("URL", services.baseUrl(ServiceKind.HUGGING_FACE)) + line);
        return CommandProcess.start(folder, Map.of("ONE", "token-1", "TWO", "token-2"), List.of(option), arguments);
    }
}
