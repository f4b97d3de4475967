package dev.whippletree.comparison;

import dev.whippletree.comparison.failover.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * The paths of the comparison. Immutable.
 *
 * @param root the folder of the whole project
 * @param version the project's version
 */
record Places(Path root, String version) implements Installed {

    @Override
    public Path contenders() {
        return root.resolve("benchmarks/comparison/contenders");
    }

    /** Returns where setups, answers and logs go. */
    Path work() {
        return root.resolve("benchmarks/comparison/target/runs");
    }

    @Override
    public Path whippletree() {
        return root.resolve("cli/target/whippletree/bin/whippletree");
    }

    String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Returns where the results of an attempt go, which isn't published. */
    Path tried() {
        return root.resolve("benchmarks/comparison/target/try");
    }

    Path docs() {
        return root.resolve("docs");
    }

    /** Returns what the machine is: processors, memory, system, Java. */
    static String machine() {
        long bytes = ((com.sun.management.OperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
        return String.format(
                Locale.ROOT,
                "%d × %s, %d GB, %s %s, Java %s",
                Runtime.getRuntime().availableProcessors(),
                processor().orElse(System.getProperty("os.arch")),
                Math.round(bytes / 1e9),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("java.version"));
    }

    private static Optional<String> processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
