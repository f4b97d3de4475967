package dev.whippletree.tests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts the command in a process of its own, with the tests' class path instead of a distribution's. */
final class CommandProcess {

    private CommandProcess() {}

    /**
     * Returns a builder of a process that runs the command, on the JDK of the property {@code childJdk}.
     *
     * @param options options for its JVM, besides those that the launcher gives
     * @param arguments the command's name and its arguments
     */
    static ProcessBuilder of(List<String> options, String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("childJdk"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                // As the launcher does: newer JVMs warn of native code and Unsafe in libraries. Older ones don't know
                // these.
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dguice_custom_class_loading=CHILD"));
        line.addAll(options);
        line.addAll(List.of("-classpath", System.getProperty("java.class.path"), "dev.whippletree.cli.Main"));
        line.addAll(List.of(arguments));
        return new ProcessBuilder(line);
    }
}
