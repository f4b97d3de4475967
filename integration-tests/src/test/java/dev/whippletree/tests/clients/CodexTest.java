package dev.whippletree.tests.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Codex: the package {@code @openai/codex} of npm, which speaks Responses. */
@Tag("slow")
@AllClients
final class CodexTest {

    private static final String PATCH = """
            *** Begin Patch
            *** Update File: sky.txt
            @@
            -The sky is red.
            +The sky is blue.
            *** End Patch
            """;

    private abstract static class Contract extends AgentContract {

        private final Call edit;

        /** The model's name chooses what tools Codex offers, and how. */
        Contract(String model, Call edit) {
            super("Codex", "@openai/codex", model);
            this.edit = edit;
        }

        @Override
        List<Call> calls(Path file) {
            return List.of(edit);
        }

        @Override
        Run run(Path home, String baseUrl, String key) throws IOException {
            Files.writeString(home.resolve("config.toml"), """
                    model = "%s"
                    model_provider = "whippletree"
                    check_for_update_on_startup = false

                    [analytics]
                    enabled = false

                    [model_providers.whippletree]
                    name = "Whippletree"
                    base_url = "%s"
                    env_key = "WHIPPLETREE_KEY"
                    wire_api = "responses"
                    """.formatted(model(), baseUrl));
            return new Run(
                    List.of(
                            AgentProgram.of(
                                    "@openai/codex",
                                    "vendor/x86_64-unknown-linux-musl/bin/codex",
                                    "vendor/aarch64-unknown-linux-musl/bin/codex",
                                    "vendor/aarch64-apple-darwin/bin/codex",
                                    "vendor/x86_64-apple-darwin/bin/codex"),
                            "exec",
                            "--skip-git-repo-check",
                            "--dangerously-bypass-approvals-and-sandbox",
                            TASK),
                    Map.of("CODEX_HOME", home.toString(), "WHIPPLETREE_KEY", key));
        }
    }

    /** The tool for edits is a custom one, whose input is a text. */
    @Nested
    final class CustomTool extends Contract {
        CustomTool() {
            super("gpt-5.5", new Call("apply_patch", Map.of("input", PATCH)));
        }
    }

    /** All tools are in namespaces. */
    @Nested
    @Tag("thorough")
    final class Namespaces extends Contract {
        Namespaces() {
            super(
                    "gpt-6.2-sol",
                    new Call(
                            "functions__exec",
                            Map.of("input", "text(await tools.exec_command({cmd: 'sed -i s/red/blue/ sky.txt'}));")));
        }
    }

    /** Of a model that Codex doesn't know. */
    @Nested
    @Tag("thorough")
    final class UnknownModel extends Contract {
        UnknownModel() {
            super("agents", new Call("exec_command", Map.of("cmd", "sed -i s/red/blue/ sky.txt")));
        }
    }
}
