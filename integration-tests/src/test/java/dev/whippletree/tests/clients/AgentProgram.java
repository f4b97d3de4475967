package dev.whippletree.tests.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * The agents that npm brings, in {@code integration-tests/clients/agents}: the programs for this platform, so that
 * neither Node.js nor the packages' install scripts are needed.
 */
final class AgentProgram {

    private static final Path PACKAGES =
            Path.of("clients", "agents", "node_modules").toAbsolutePath();

    private static final List<String> PLATFORMS = List.of("linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64");

    private AgentProgram() {}

    /** Returns the version of an agent's package. */
    static String version(String packageName) throws IOException {
        String json = Files.readString(PACKAGES.resolve(packageName).resolve("package.json"));
        return JsonMapper.shared().readTree(json).path("version").asString();
    }

    /**
     * Returns the program. Skips the test where it isn't there.
     *
     * @param packageName the package without its platform
     * @param places where the program may be in it
     */
    static String of(String packageName, String... places) {
        Surroundings.awaitPackages();
        Optional<Path> found = PLATFORMS.stream()
                .map(platform -> PACKAGES.resolve(packageName + "-" + platform))
                .flatMap(folder -> List.of(places).stream().map(folder::resolve))
                .filter(Files::isExecutable)
                .findFirst();
        return Surroundings.need(
                        found,
                        "the agents of npm aren't there; run: npm ci --ignore-scripts --prefix integration-tests/clients/agents")
                .toString();
    }
}
