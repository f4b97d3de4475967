package dev.whippletree.tests.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    Stream<DynamicTest> mostUsedClients_areServed() throws IOException, InterruptedException {
        return tests("openai.mjs chat", "openai.mjs responses", "agents.mjs responses", "ai-sdk.mjs responses");
    }

    @AllClients
    @TestFactory
    Stream<DynamicTest> otherClients_areServed() throws IOException, InterruptedException {
        return tests(
                "agents.mjs chat",
                "langchain.mjs responses",
                "langchain.mjs chat",
                "ai-sdk.mjs chat",
                "ai-sdk.mjs compatible",
                "ai-sdk.mjs messages",
                "anthropic.mjs");
    }

    private Stream<DynamicTest> tests(String... scripts) throws IOException, InterruptedException {
        List<DynamicTest> all = new ArrayList<>();
        for (String script : scripts) {
            String[] words = script.split(" ");
            List<String> command = NodeScript.command(words[0], Arrays.copyOfRange(words, 1, words.length));
            Path own = Files.createDirectory(Objects.requireNonNull(folder).resolve(script));
            PlayedExercises.tests("JavaScript", command, own).forEach(all::add);
        }
        return all.stream();
    }
}
