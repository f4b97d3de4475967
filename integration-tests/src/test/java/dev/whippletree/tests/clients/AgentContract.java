package dev.whippletree.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.script.AnswerScript;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * A coding agent, as it is published, corrects a file through the gateway, in front of a service whose answers are
 * written beforehand. It is kept from the internet, and from the settings of whoever runs the tests.
 */
abstract class AgentContract {

    /** What the agent is asked to do. */
    static final String TASK = "Correct sky.txt, please.";

    private static final String DONE = "The sky is blue now.";

    /** Only keeps a test that would never end from never ending. */
    private static final long PATIENCE_SECONDS = 120;

    /** Nobody listens there. */
    private static final String NOWHERE = "http://127.0.0.1:9";

    @TempDir
    private @Nullable Path folder;

    private final String agent;
    private final String packageName;
    private final String model;

    /**
     * Creates the tests of an agent.
     *
     * @param agent the agent as docs/clients.md calls it
     * @param packageName its package of npm
     * @param model what it asks for, which may choose its tools
     */
    AgentContract(String agent, String packageName, String model) {
        this.agent = agent;
        this.packageName = packageName;
        this.model = model;
    }

    /**
     * Returns a run of the agent.
     *
     * @param home an empty folder for its settings
     * @param baseUrl the gateway's base URL, which ends with the version
     * @param key the key that it shows to the gateway
     */
    abstract Run run(Path home, String baseUrl, String key) throws IOException;

    /** Returns the tool calls with which the agent corrects the file. */
    abstract List<Call> calls(Path file);

    final String model() {
        return model;
    }

    /**
     * A run of the agent.
     *
     * @param command the program and its arguments
     * @param environment the variables that it needs
     */
    record Run(List<String> command, Map<String, String> environment) {}

    /**
     * What came of a run.
     *
     * @param text what the agent printed
     * @param exitCode its exit code
     */
    private record Said(String text, int exitCode) {}

    /**
     * A tool call.
     *
     * @param tool the tool as the service sees it
     * @param arguments what it gets
     */
    record Call(String tool, Map<String, String> arguments) {}

    @Test
    void agentEditsAFile_andSaysSo() throws IOException, InterruptedException {
        Path file = file();
        try (AgentStage stage = new AgentStage(folder(), script(calls(file)))) {
            Said said = said(run(home(), stage.baseUrl(), AgentStage.KEY), file);

            PlayedExercises.assertVersionTold(agent, AgentProgram.version(packageName));
            assertThat(said.exitCode()).as("%s", said).isZero();
            assertThat(file).as("%s", said).hasContent("The sky is blue.");
            assertThat(said.text()).contains(DONE);
            assertThat(stage.received("call_" + calls(file).size()))
                    .as("calls that have the result of the last tool")
                    .hasSize(1);
        }
    }

    @Test
    @Tag("thorough")
    void agentWithAWrongKey_showsWhatTheGatewaySays() throws IOException, InterruptedException {
        Path file = file();
        try (AgentStage stage = new AgentStage(folder(), script(calls(file)))) {
            Said said = said(run(home(), stage.baseUrl(), "no such key"), file);

            assertThat(said.text()).contains("unknown key");
            assertThat(file).hasContent("The sky is red.");
            assertThat(stage.received(TASK)).isEmpty();
        }
    }

    private Path folder() {
        assertThat(folder).isNotNull();
        return folder;
    }

    private Path home() throws IOException {
        return Files.createDirectory(folder().resolve("home"));
    }

    private Path file() throws IOException {
        return Files.writeString(
                Files.createDirectory(folder().resolve("work")).resolve("sky.txt"), "The sky is red.\n");
    }

    private static AnswerScript script(List<Call> calls) {
        List<Map<String, Object>> answers = new ArrayList<>();
        for (Call call : calls) {
            answers.add(Map.of(
                    "reasoning",
                    "A tool can.",
                    "tool_calls",
                    List.of(Map.of(
                            "id",
                            "call_" + (answers.size() + 1),
                            "type",
                            "function",
                            "function",
                            Map.of(
                                    "name",
                                    call.tool(),
                                    "arguments",
                                    JsonMapper.shared().writeValueAsString(call.arguments()))))));
        }
        answers.add(Map.of("content", DONE));
        return new AnswerScript(List.of(new AnswerScript.Conversation(TASK, answers)));
    }

    private Said said(Run run, Path file) throws IOException, InterruptedException {
        Path work = Objects.requireNonNull(file.getParent(), "the file's folder");
        Path out = folder().resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(run.command())
                .directory(work.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().putAll(Map.of("HTTP_PROXY", NOWHERE, "HTTPS_PROXY", NOWHERE, "NO_PROXY", "127.0.0.1"));
        builder.environment().put("PWD", work.toString());
        builder.environment().putAll(run.environment());
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            String said = Files.readString(out);
            assertThat(ended).as("%s ends; it said: %s", run.command(), said).isTrue();
            return new Said(said, process.exitValue());
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
