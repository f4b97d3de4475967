package dev.whippletree.tests.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The scripts that use packages of PyPI, in {@code integration-tests/clients/python}. */
enum PythonScript {
    /** The newest of all packages. */
    NEWEST("requirements.txt", "venv"),
    /** The newest packages that don't know {@code openai} 3 yet. */
    WITH_OPENAI_2("requirements-openai-2.txt", "venv-openai-2");

    /** One that every system needs. */
    private static final Pattern PACKAGE = Pattern.compile("([a-z0-9.-]+)==([^ ;]+)( \\\\)?");

    private static final Path FOLDER = Path.of("clients/python").toAbsolutePath();

    private final String requirements;
    private final String venv;

    PythonScript(String requirements, String venv) {
        this.requirements = requirements;
        this.venv = venv;
    }

    /**
     * Returns how a script is run. Skips the test where it can't be.
     *
     * @param script the file's name
     * @param arguments its arguments; more can follow
     */
    List<String> command(String script, List<String> arguments) {
        Surroundings.awaitPackages();
        String folder = "integration-tests/clients/python/";
        Path python = Surroundings.need(
                Optional.of(FOLDER.resolve(venv).resolve("bin/python")).filter(each -> isInstalled()),
                "the packages of PyPI aren't there, or others are; run: python3 -m venv " + folder + venv + " && "
                        + folder + venv + "/bin/pip install -r " + folder + requirements);
        List<String> command = new ArrayList<>(
                List.of(python.toString(), FOLDER.resolve(script).toString()));
        command.addAll(arguments);
        return command;
    }

    /** Returns whether each package is there in the version that the requirements fix. */
    private boolean isInstalled() {
        try (Stream<Path> folders = Files.walk(FOLDER.resolve(venv).resolve("lib"), 3)) {
            Set<String> installed = folders.map(folder -> folder.getFileName()
                            .toString()
                            .toLowerCase(Locale.ROOT)
                            .replace('-', '_'))
                    .collect(Collectors.toSet());
            return Files.readAllLines(FOLDER.resolve(requirements)).stream()
                    .map(PACKAGE::matcher)
                    .filter(Matcher::matches)
                    .map(line -> line.group(1).replace('-', '_') + "_" + line.group(2) + ".dist_info")
                    .allMatch(installed::contains);
        } catch (IOException e) {
            return false;
        }
    }
}
