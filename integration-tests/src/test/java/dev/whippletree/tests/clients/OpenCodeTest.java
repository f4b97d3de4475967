package dev.whippletree.tests.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** opencode, which speaks any protocol: the package of npm in which {@code opencode-ai} has it for one platform. */
@Tag("thorough")
final class OpenCodeTest {

    private abstract static class Contract extends AgentContract {

        private final String provider;

        /** The provider chooses the protocol. */
        Contract(String provider) {
            super("opencode", "opencode-linux-x64", "agents");
            this.provider = provider;
        }

        @Override
        Run run(Path home, String baseUrl, String key) throws IOException {
            Path config = Files.createDirectories(home.resolve("config/opencode"));
            Files.writeString(config.resolve("opencode.json"), """
                    {"autoupdate": false, "share": "disabled", "model": "whippletree/agents",
                     "small_model": "whippletree/agents", "permission": {"edit": "allow"},
                     "provider": {"whippletree": {"npm": "%s", "options": {"baseURL": "%s", "apiKey": "%s"},
                      "models": {"agents": {"tool_call": true}}}}}
                    """.formatted(provider, baseUrl, key));
            Map<String, String> environment = new HashMap<>();
            List.of("config", "data", "cache", "state")
                    .forEach(each -> environment.put(
                            "XDG_" + each.toUpperCase(Locale.ROOT) + "_HOME",
                            home.resolve(each).toString()));
            List.of("AUTOUPDATE", "MODELS_FETCH", "LSP_DOWNLOAD", "DEFAULT_PLUGINS")
                    .forEach(each -> environment.put("OPENCODE_DISABLE_" + each, "1"));
            return new Run(List.of(AgentProgram.of("opencode", "bin/opencode"), "run", TASK), environment);
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
        Chat() {
            super("@ai-sdk/openai-compatible");
        }
    }

    @Nested
    final class Responses extends Contract {
        Responses() {
            super("@ai-sdk/openai");
        }
    }

    @Nested
    final class Messages extends Contract {
        Messages() {
            super("@ai-sdk/anthropic");
        }
    }
}
