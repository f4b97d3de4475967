package dev.whippletree.tests.clients;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Clients of PyPI, each by all protocols that it speaks. */
@Tag("slow")
final class PythonClientsTest {

    @TempDir
    private @Nullable Path folder;

    @TestFactory
    Stream<DynamicTest> openAi_pydanticAi_andAnthropic_areServed() throws IOException, InterruptedException {
        return tests(PythonScript.NEWEST, "openai", "pydantic-ai", "anthropic");
    }

    @AllClients
    @TestFactory
    Stream<DynamicTest> langChain_agents_andLiteLlm_areServed() throws IOException, InterruptedException {
        return tests(PythonScript.NEWEST, "langchain-openai", "langchain-anthropic", "openai-agents", "litellm");
    }

    @AllClients
    @TestFactory
    Stream<DynamicTest> instructor_andLlamaIndex_areServed() throws IOException, InterruptedException {
        return tests(PythonScript.WITH_OPENAI_2, "instructor", "llama-index");
    }

    private Stream<DynamicTest> tests(PythonScript script, String... clients) throws IOException, InterruptedException {
        List<String> command = script.command("clients.py", List.of(String.join(",", clients)));
        return PlayedExercises.tests("Python", command, Objects.requireNonNull(folder));
    }
}
