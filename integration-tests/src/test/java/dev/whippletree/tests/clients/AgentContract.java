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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

    /**
     * Returns a run of the agent.
     *
     * @param home an empty folder for its settings
     * @param baseUrl the gateway's base URL, which ends with the version
     */
    abstract Run run(Path home, String baseUrl) throws IOException;

    /** Returns the tool calls with which the agent corrects the file. */
    abstract List<Call> calls(Path file);

    /**
     * A run of the agent.
     *
     * @param command the program and its arguments
     * @param environment the variables that it needs
     */
    record Run(List<String> command, Map<String, String> environment) {}

    /**
     * A tool call.
     *
     * @param tool the tool as the service sees it
     * @param arguments what it gets
     */
    record Call(String tool, Map<String, String> arguments) {}

    /** Returns the agent as docs/gateway.md calls it. */
    abstract String agent();

    /** Returns its package of npm. */
    abstract String packageName();

    @Test
    void agentEditsAFile_andSaysSo() throws IOException, InterruptedException {
        assertThat(folder).isNotNull();
        Path work = Files.createDirectory(folder.resolve("work"));
        Path file = Files.writeString(work.resolve("sky.txt"), "The sky is red.\n");

        try (ClientStage stage = new ClientStage(folder, script(calls(file)))) {
            String said = said(run(Files.createDirectory(folder.resolve("home")), stage.baseUrl()), work);

            ClientTable.assertVersionTold(agent(), AgentProgram.version(packageName()));
            assertThat(file).as("%s", said).hasContent("The sky is blue.");
            assertThat(said).contains(DONE);
            assertThat(stage.received("call_" + calls(file).size()))
                    .as("calls that have the result of the last tool")
                    .hasSize(1);
        }
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

    private String said(Run run, Path work) throws IOException, InterruptedException {
        assertThat(folder).isNotNull();
        Path out = folder.resolve("output.txt");
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
            assertThat(process.exitValue())
                    .as("%s said: %s", run.command(), said)
                    .isZero();
            return said;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
