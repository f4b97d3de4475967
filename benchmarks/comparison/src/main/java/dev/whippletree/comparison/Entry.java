package dev.whippletree.comparison;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A contender as {@code contenders.json} lists it. Immutable.
 *
 * @param name its name
 * @param title its name on the page
 * @param only the one table it is in, such as {@code overhead}; absent if it is in all
 * @param module the folder of its Maven module; absent if it runs on Node.js
 * @param main its class, or its file
 * @param variant {@code shipped} or {@code best}
 * @param library the artifact or package whose version it has
 * @param sources the files whose configuration the page shows
 * @param documentation where the configuration is from
 */
record Entry(
        String name,
        String title,
        @Nullable String only,
        @Nullable String module,
        String main,
        String variant,
        String library,
        List<String> sources,
        String documentation) {

    /** What stands between the marks is of all variants, or of the one that is named. */
    private static final Pattern CONFIGURATION =
            Pattern.compile("// configuration ?(\\w*)\\n(.*?)\\n *// end", Pattern.DOTALL);

    /** Returns those that answer the cases and meet the faults. */
    static List<Entry> all(Places places) {
        return listed(places).stream().filter(entry -> entry.only == null).toList();
    }

    static List<Entry> of(String table, Places places) {
        return listed(places).stream()
                .filter(entry -> entry.only == null || entry.only.equals(table))
                .toList();
    }

    private static List<Entry> listed(Places places) {
        return List.of(new JsonMapper().readValue(places.contenders().resolve("contenders.json"), Entry[].class));
    }

    List<String> command(Places places) throws IOException {
        if (module == null) {
            Path node = places.contenders().resolve("node");
            return List.of(
                    "node",
                    "--max-old-space-size=" + Places.HEAP_MB,
                    node.resolve("driver.mjs").toString(),
                    node.resolve(main).toString(),
                    variant);
        }
        Path target = places.contenders().resolve(module).resolve("target");
        List<String> command = new ArrayList<>(List.of(
                places.java(),
                "-Xmx" + Places.HEAP_MB + "m",
                // Whippletree's cache reserves memory off the heap, and there is an instance for each fault.
                "-XX:MaxDirectMemorySize=2g",
                // Nothing is logged, and nobody needs to be told so.
                "-Dslf4j.internal.verbosity=ERROR",
                "-Dcomparison.heap=" + Places.HEAP_MB,
                "-Dcomparison.node=" + places.contenders().resolve("node"),
                "-Dcomparison.python=" + places.contenders().resolve("python/venv"),
                "-Dcomparison.whippletree=" + places.whippletree()));
        command.addAll(List.of(
                "-classpath",
                target.resolve("contender-" + module + "-1.jar") + ":"
                        + Files.readString(target.resolve("class-path.txt")).strip(),
                "dev.whippletree.comparison.contender.Driver",
                main,
                variant));
        return command;
    }

    Results.About about(Places places) throws IOException {
        StringBuilder configuration = new StringBuilder();
        for (String source : sources) {
            Matcher matcher =
                    CONFIGURATION.matcher(Files.readString(places.contenders().resolve(source)));
            while (matcher.find()) {
                if (matcher.group(1).isEmpty() || matcher.group(1).equals(variant)) {
                    configuration.append(matcher.group(2).stripIndent()).append("\n");
                }
            }
        }
        return new Results.About(
                name, title, version(library, module, places), documentation, configuration.toString());
    }

    /** @param module the Maven module that has the library, where neither npm nor pip installs it */
    static String version(String library, @Nullable String module, Places places) throws IOException {
        Path packageJson = places.contenders().resolve("node/node_modules/" + library + "/package.json");
        if (Files.exists(packageJson)) {
            return new JsonMapper()
                    .readTree(packageJson.toFile())
                    .at("/version")
                    .asString();
        }
        if (library.equals("whippletree")) {
            return places.version();
        }
        Path python = places.contenders().resolve("python/requirements.txt");
        Matcher pinned = Pattern.compile("(?m)^" + Pattern.quote(library) + "==(.+)$")
                .matcher(Files.exists(python) ? Files.readString(python) : "");
        if (pinned.find()) {
            return pinned.group(1);
        }
        if (library.equals("nginx")) {
            return printed("nginx", "-v");
        }
        String classPath = Files.readString(places.contenders().resolve(module + "/target/class-path.txt"));
        Matcher jar = Pattern.compile("/" + Pattern.quote(library) + "-(\\d[^/]*)\\.jar")
                .matcher(classPath);
        return jar.find() ? jar.group(1) : places.version();
    }

    /** Returns the version that a program of the machine prints. */
    private static String printed(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Matcher version = Pattern.compile("\\d+(\\.\\d+)+")
                .matcher(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        return version.find() ? version.group() : "?";
    }
}
