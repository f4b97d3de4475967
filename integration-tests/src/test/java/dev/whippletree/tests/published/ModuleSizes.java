package dev.whippletree.tests.published;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prints how large each module is, alone and with all it needs, and what that is. A program, run at the end of the
 * build.
 */
public final class ModuleSizes {

    private static final double MEGABYTE = 1_000_000;

    private ModuleSizes() {}

    /**
     * Prints two lines for each module that has been verified and needs anything, from the folder of the whole build.
     */
    public static void main(String[] arguments) throws IOException {
        Path project = Path.of(arguments[0]);
        System.out.println("Sizes in MB of each module's jar, and of it with all it needs to run:");
        try (Stream<Path> folders = Files.list(project)) {
            for (Path module : folders.sorted().toList()) {
                Path classPath = module.resolve("target/runtime-class-path.txt");
                Path jar = module.resolve("target/whippletree-" + module.getFileName() + "-" + arguments[1] + ".jar");
                if (Files.exists(classPath) && Files.exists(jar) && Files.size(classPath) > 0) {
                    print(jar, Files.readString(classPath).strip());
                }
            }
        }
    }

    private static void print(Path jar, String classPath) {
        List<Path> needed =
                Stream.of(classPath.split(File.pathSeparator)).map(Path::of).toList();
        long own = jar.toFile().length();
        long all =
                own + needed.stream().mapToLong(path -> path.toFile().length()).sum();
        System.out.printf(
                Locale.ROOT,
                "  %-52s %6.2f %6.2f%n    %s%n",
                jar.getFileName(),
                own / MEGABYTE,
                all / MEGABYTE,
                needed.stream()
                        .map(path -> path.getFileName().toString().replaceFirst("\\.jar$", ""))
                        .sorted()
                        .collect(Collectors.joining(" ")));
    }
}
