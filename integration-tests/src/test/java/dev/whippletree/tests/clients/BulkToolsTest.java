package dev.whippletree.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.config.GatewaySettings;
import dev.whippletree.emulator.http.EmulatorServer;
import dev.whippletree.emulator.model.EmulatedService;
import dev.whippletree.emulator.model.ServiceKind;
import dev.whippletree.emulator.model.ServiceLimit;
import dev.whippletree.emulator.model.ServiceSettings;
import dev.whippletree.gateway.Gateway;
import dev.whippletree.model.Limit;
import dev.whippletree.model.StatusSnapshot.Prompts;
import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tools of PyPI that ask much at once, with a timeout far shorter than the line: nothing is lost, and nothing is paid
 * twice.
 */
@Tag("slow")
final class BulkToolsTest {

    private static final int PROMPTS = 12;

    @TempDir
    private @Nullable Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"openai", "llama-index"})
    void toolWithATimeoutOfTenSeconds_hasAllItsPromptsAnswered_atFiveCallsInTenSeconds(String tool)
            throws IOException, InterruptedException {
        PythonScript script = tool.equals("llama-index") ? PythonScript.WITH_OPENAI_2 : PythonScript.NEWEST;
        List<String> command = script.command("bulk.py", List.of(tool, Integer.toString(PROMPTS), "10"));
        assertThat(folder).isNotNull();
        try (SystemTimeline timeline = new SystemTimeline();
                EmulatorServer server = EmulatorServer.start(List.of(service(timeline)), 0, timeline);
                Whippletree whippletree = open(folder, server.baseUrl(ServiceKind.GROQ), timeline);
                Gateway gateway = Gateway.start(whippletree, GatewaySettings.DEFAULT.withPort(0), timeline)) {
            List<String> whole = new ArrayList<>(command);
            whole.addAll(List.of(gateway.baseUrl(), "no key"));

            ClientRun run = ClientRun.of(whole, folder);

            assertThat(run.of(tool).path("lost")).isEmpty();
            assertThat(run.of(tool).path("answered").intValue()).isEqualTo(PROMPTS);
            assertThat(whippletree.status().calls()).isEqualTo(PROMPTS);
            Prompts prompts = whippletree.status().prompts();
            assertThat(prompts.failed()).isZero();
            assertThat(prompts.resumed()).isPositive();
        }
    }

    private static EmulatedService service(SystemTimeline timeline) {
        ServiceSettings settings = ServiceSettings.builder(ServiceKind.GROQ)
                .models("openai/gpt-oss-20b")
                .account("account-1", "token-1", ServiceLimit.sliding(Limit.parse("5 requests / 10s")))
                .build();
        return new EmulatedService(settings, timeline.nanoTime());
    }

    private static Whippletree open(Path folder, String baseUrl, SystemTimeline timeline) throws IOException {
        Path file = Files.writeString(folder.resolve("whippletree.yaml"), """
                accounts:
                  - { id: one, provider: groq, base-url: %s, token: token-1, limits: [5 requests / 10s] }
                routes: { default: { model: openai/gpt-oss-20b, accounts: [one] } }
                """.formatted(baseUrl));
        return Whippletree.builder()
                .timeline(timeline)
                .configuration(file)
                .environment(Map.of())
                .build();
    }
}
