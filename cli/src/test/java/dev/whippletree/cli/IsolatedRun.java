package dev.whippletree.cli;

import dev.whippletree.terminal.Terminal;
import dev.whippletree.time.SystemTimeline;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Runs the command when called from another class loader, by types that every class loader shares. */
public final class IsolatedRun {

    private IsolatedRun() {}

    public static int run(Path folder, PrintStream printed, String[] arguments) {
        PrintWriter writer = new PrintWriter(printed, true, StandardCharsets.UTF_8);
        try (SystemTimeline timeline = new SystemTimeline()) {
            return Main.run(Shell.around(folder, Map.of(), writer, writer, Terminal.NONE, timeline), arguments);
        }
    }
}
