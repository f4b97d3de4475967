package dev.whippletree.tests.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.tests.Javac;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The programs of one source file each in {@code integration-tests/clients}, each with a class path of its own. */
final class JavaProgram {

    private static final Path FOLDER = Path.of("clients").toAbsolutePath();

    private JavaProgram() {}

    /**
     * Compiles a program, and returns how it is run, in a JVM of its own; its arguments are to follow.
     *
     * @param name the folder it is in
     * @param mainClass its class, as its file is called
     * @param classes an existing folder for what is compiled
     */
    static List<String> command(String name, String mainClass, Path classes) throws IOException {
        Path classPath = FOLDER.resolve(name).resolve("target/class-path.txt");
        assertThat(classPath)
                .as("what a build of the module clients/%s leaves", name)
                .exists();
        String libraries = Files.readString(classPath).strip();
        List<Path> sources = List.of(
                FOLDER.resolve("java/Exercises.java"), FOLDER.resolve(name).resolve(mainClass + ".java"));
        assertThat(Javac.compile(
                        sources,
                        Stream.of(libraries.split(File.pathSeparator))
                                .map(Path::of)
                                .toList(),
                        classes))
                .isEmpty();
        return List.of(
                Path.of(System.getProperty("childJdk"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--class-path",
                classes + File.pathSeparator + libraries,
                mainClass);
    }
}
