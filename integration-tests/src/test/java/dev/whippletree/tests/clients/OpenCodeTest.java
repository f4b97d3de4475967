package dev.whippletree.tests.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import tools.jackson.databind.json.JsonMapper;

/** opencode, which speaks any protocol: the package of npm in which {@code opencode-ai} has it for one platform. */
@Tag("thorough")
final class OpenCodeTest {

    private abstract static class Contract extends AgentContract {

        /** Returns the provider, which chooses the protocol. */
        abstract String provider();

        @Override
        String agent() {
            return "opencode";
        }

        @Override
        String packageName() {
            return "opencode-linux-x64";
        }

        @Override
        Run run(Path home, String baseUrl, String key) throws IOException {
            Map<String, ?> provider = Map.of(
                    "npm",
                    provider(),
                    "options",
                    Map.of("baseURL", baseUrl, "apiKey", key),
                    "models",
                    Map.of("agents", Map.of("tool_call", true)));
            Path config = Files.createDirectories(home.resolve("config/opencode"));
            Files.writeString(
                    config.resolve("opencode.json"),
                    JsonMapper.shared()
                            .writeValueAsString(Map.of(
                                    "autoupdate",
                                    false,
                                    "share",
                                    "disabled",
                                    "model",
                                    "whippletree/agents",
                                    "small_model",
                                    "whippletree/agents",
                                    "permission",
                                    Map.of("edit", "allow"),
                                    "provider",
                                    Map.of("whippletree", provider))));
            return new Run(
                    List.of(AgentProgram.of("opencode", "bin/opencode"), "run", TASK),
                    Map.of(
                            "XDG_CONFIG_HOME",
                            home.resolve("config").toString(),
                            "XDG_DATA_HOME",
                            home.resolve("data").toString(),
                            "XDG_CACHE_HOME",
                            home.resolve("cache").toString(),
                            "XDG_STATE_HOME",
                            home.resolve("state").toString(),
                            "OPENCODE_DISABLE_AUTOUPDATE",
                            "1",
                            "OPENCODE_DISABLE_MODELS_FETCH",
                            "1",
                            "OPENCODE_DISABLE_LSP_DOWNLOAD",
                            "1",
                            "OPENCODE_DISABLE_DEFAULT_PLUGINS",
                            "1"));
        }

        @Override
        List<Call> calls(Path file) {
            String path = file.toString();
            return List.of(
                    new Call("read", Map.of("filePath", path)),
                    new Call("edit", Map.of("filePath", path, "oldString", "red", "newString", "blue")));
        }
    }

    @Nested
    final class Chat extends Contract {

        @Override
        String provider() {
            return "@ai-sdk/openai-compatible";
        }
    }

    @Nested
    final class Responses extends Contract {

        @Override
        String provider() {
            return "@ai-sdk/openai";
        }
    }

    @Nested
    final class Messages extends Contract {

        @Override
        String provider() {
            return "@ai-sdk/anthropic";
        }
    }
}
