package dev.whippletree.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Core and the command are compiled as if no plugin module had ever been written. */
@Tag("slow")
final class IndependenceTest {

    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    private Path core;
    private Path cli;

    @BeforeEach
    void makeFolders() throws IOException {
        core = Files.createDirectory(folder.resolve("core"));
        cli = Files.createDirectory(folder.resolve("cli"));
    }

    @Test
    void coreAndTheCommand_compileWithEveryPluginModuleDeleted() throws IOException {
        assertThat(Javac.compile(sources("core"), libraries(), core)).isEmpty();
        assertThat(Javac.compile(sources("cli"), coreOptionalModulesAndLibraries(), cli))
                .isEmpty();
    }

    @Test
    void sourceThatNamesAPlugin_doesNotCompileThere() throws IOException {
        Path source = Files.writeString(
                folder.resolve("Naming.java"), "class Naming { dev.whippletree.provider.groq.GroqProvider groq; }");

        assertThat(Javac.compile(List.of(source), coreOptionalModulesAndLibraries(), cli))
                .singleElement()
                .asString()
                .contains("dev.whippletree.provider.groq");
    }

    private List<Path> coreOptionalModulesAndLibraries() {
        List<Path> entries = new ArrayList<>(libraries());
        entries.add(core);
        entries.add(module("emulator"));
        entries.add(module("terminal"));
        entries.add(module("stress"));
        entries.add(module("planner"));
        entries.add(module("batch"));
        entries.add(module("gateway"));
        return entries;
    }

    private static List<Path> sources(String module) throws IOException {
        try (Stream<Path> walk = Files.walk(PROJECT.resolve(module).resolve("src/main/java"))) {
            List<Path> sources =
                    walk.filter(path -> path.toString().endsWith(".java")).toList();
            assertThat(sources).as("sources of %s", module).isNotEmpty();
            return sources;
        }
    }

    /** Returns the jars that aren't ours. Ours are folders or jars, depending on how far the build has come. */
    private static List<Path> libraries() {
        return classPath()
                .filter(path -> path.toString().endsWith(".jar"))
                .filter(path -> !path.getFileName().toString().startsWith("whippletree-"))
                .toList();
    }

    private static Path module(String name) {
        Path module = PROJECT.resolve(name);
        return classPath().filter(path -> path.startsWith(module)).findFirst().orElseThrow();
    }

    private static Stream<Path> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of);
    }
}
