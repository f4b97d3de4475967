package dev.whippletree.cli.stress.processes;

import dev.whippletree.cli.logging.LogOutput;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of another process of this distribution. */
final class JavaCommand {

    /** By name: it knows all commands, and none may know it. */
    private static final String MAIN = "dev.whippletree.cli.Main";

    private JavaCommand() {}

    /** Returns the command line that runs one of our commands as this JVM was started, but for debuggers and terminals. */
    static List<String> of(String command) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(JavaCommand::isForOthersToo)
                .forEach(line::add);
        line.add("-Dwhippletree.terminals=");
        line.add("-classpath");
        line.add(System.getProperty("java.class.path"));
        line.add(MAIN);
        line.add(command);
        line.addAll(LogOutput.options());
        return line;
    }

    /** A debugger's port can be had once. */
    private static boolean isForOthersToo(String option) {
        return !option.startsWith("-agentlib:jdwp") && !option.startsWith("-Xrunjdwp");
    }
}
