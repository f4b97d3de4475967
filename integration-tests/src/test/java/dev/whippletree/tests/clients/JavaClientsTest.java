package dev.whippletree.tests.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Clients for Java, each by all protocols that it speaks. */
@Tag("slow")
final class JavaClientsTest {

    @TempDir
    private @Nullable Path folder;

    /** The official client of OpenAI: {@code com.openai:openai-java}. */
    @TestFactory
    Stream<DynamicTest> openAi_isServed() throws IOException, InterruptedException {
        return tests("openai-java", "OpenAiClient");
    }

    /** {@code dev.langchain4j:langchain4j-open-ai}. */
    @TestFactory
    Stream<DynamicTest> langChain4j_isServed() throws IOException, InterruptedException {
        return tests("langchain4j", "LangChain4jClient");
    }

    /** {@code org.springframework.ai:spring-ai-openai}. */
    @TestFactory
    Stream<DynamicTest> springAi_isServed() throws IOException, InterruptedException {
        return tests("spring-ai", "SpringAiClient");
    }

    /** {@code ai.koog:prompt-executor-openai-client-jvm}. */
    @AllClients
    @TestFactory
    Stream<DynamicTest> koog_isServed() throws IOException, InterruptedException {
        return tests("koog", "KoogClient");
    }

    private Stream<DynamicTest> tests(String name, String mainClass) throws IOException, InterruptedException {
        Path own = Objects.requireNonNull(folder);
        Path classes = Files.createDirectories(own.resolve("classes"));
        return PlayedExercises.tests("Java", JavaProgram.command(name, mainClass, classes), own);
    }
}
