package dev.whippletree.tests.clients;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Claude Code: the package {@code @anthropic-ai/claude-code} of npm, which speaks Messages. */
@Tag("slow")
@AllClients
final class ClaudeCodeTest {

    private abstract static class Contract extends AgentContract {

        private final String keyVariable;

        /** The variable of the key chooses how the key is sent, and the model what is asked of it besides. */
        Contract(String keyVariable, String model) {
            super("Claude Code", "@anthropic-ai/claude-code", model);
            this.keyVariable = keyVariable;
        }

        @Override
        Run run(Path home, String baseUrl, String key) {
            Map<String, String> environment = new HashMap<>();
            environment.put(keyVariable, key);
            environment.put("ANTHROPIC_BASE_URL", baseUrl.substring(0, baseUrl.lastIndexOf("/v1")));
            environment.put("ANTHROPIC_DEFAULT_HAIKU_MODEL", model());
            environment.put("CLAUDE_CONFIG_DIR", home.toString());
            environment.put("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
            environment.put("DISABLE_AUTOUPDATER", "1");
            environment.put("DISABLE_ERROR_REPORTING", "1");
            environment.put("DISABLE_TELEMETRY", "1");
            return new Run(
                    List.of(
                            AgentProgram.of("@anthropic-ai/claude-code", "claude"),
                            "-p",
                            TASK,
                            "--model",
                            model(),
                            "--permission-mode",
                            "acceptEdits"),
                    environment);
        }

        @Override
        List<Call> calls(Path file) {
            String path = file.toString();
            return List.of(
                    new Call("Read", Map.of("file_path", path)),
                    new Call("Edit", Map.of("file_path", path, "old_string", "red", "new_string", "blue")));
        }
    }

    @Nested
    final class Token extends Contract {
        Token() {
            super("ANTHROPIC_AUTH_TOKEN", "agents");
        }
    }

    @Nested
    @Tag("thorough")
    final class ApiKey extends Contract {
        ApiKey() {
            super("ANTHROPIC_API_KEY", "claude-sonnet-4-5");
        }
    }
}
