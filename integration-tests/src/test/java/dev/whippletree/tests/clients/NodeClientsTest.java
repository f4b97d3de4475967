package dev.whippletree.tests.clients;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Clients of npm, each by all protocols that it speaks. */
@Tag("slow")
final class NodeClientsTest {

    @TempDir
    private @Nullable Path folder;

    @TestFactory
    Stream<DynamicTest> openAiByChat_isServed() throws IOException, InterruptedException {
        return tests("openai.mjs", "chat");
    }

    @TestFactory
    Stream<DynamicTest> openAiByResponses_isServed() throws IOException, InterruptedException {
        return tests("openai.mjs", "responses");
    }

    @TestFactory
    Stream<DynamicTest> openAiAgentsByResponses_areServed() throws IOException, InterruptedException {
        return tests("agents.mjs", "responses");
    }

    @TestFactory
    Stream<DynamicTest> aiSdkByResponses_isServed() throws IOException, InterruptedException {
        return tests("ai-sdk.mjs", "responses");
    }

    @AllClients
    @TestFactory
    Stream<DynamicTest> openAiAgentsByChat_areServed() throws IOException, InterruptedException {
        return tests("agents.mjs", "chat");
    }

    @AllClients
    @TestFactory
    Stream<DynamicTest> langChainByResponses_isServed() throws IOException, InterruptedException {
        return tests("langchain.mjs", "responses");
    }

    @AllClients
    @TestFactory
    Stream<DynamicTest> langChainByChat_isServed() throws IOException, InterruptedException {
        return tests("langchain.mjs", "chat");
    }

    @AllClients
    @TestFactory
    Stream<DynamicTest> aiSdkByChat_isServed() throws IOException, InterruptedException {
        return tests("ai-sdk.mjs", "chat");
    }

    @AllClients
    @TestFactory
    Stream<DynamicTest> aiSdkForCompatibleServices_isServed() throws IOException, InterruptedException {
        return tests("ai-sdk.mjs", "compatible");
    }

    @AllClients
    @TestFactory
    Stream<DynamicTest> aiSdkByMessages_isServed() throws IOException, InterruptedException {
        return tests("ai-sdk.mjs", "messages");
    }

    @AllClients
    @TestFactory
    Stream<DynamicTest> anthropic_isServed() throws IOException, InterruptedException {
        return tests("anthropic.mjs");
    }

    private Stream<DynamicTest> tests(String script, String... arguments) throws IOException, InterruptedException {
        return PlayedExercises.tests(
                "JavaScript", NodeScript.command(script, arguments), Objects.requireNonNull(folder));
    }
}
