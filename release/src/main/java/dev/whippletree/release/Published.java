package dev.whippletree.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the build publishes. Immutable.
 *
 * <p>Only modules that have been verified are published: their sources are packed then.
 *
 * @param project the folder of the whole build
 * @param version the version of all artifacts
 */
record Published(Path project, String version) {

    private static final String GROUP = "dev/whippletree/";

    /**
     * Copies the files of all artifacts into a folder, laid out as a Maven repository.
     *
     * @param endings how the names of a module's files end after the version; what a module hasn't built is left out
     * @return the copies, each under its path in the repository
     */
    SortedMap<String, Path> copy(Path folder, List<String> endings) throws IOException {
        SortedMap<String, Path> copies = new TreeMap<>();
        for (Map.Entry<String, Path> file : files(endings).entrySet()) {
            Path copy = folder.resolve(file.getKey());
            Files.createDirectories(copy.getParent());
            copies.put(file.getKey(), Files.copy(file.getValue(), copy));
        }
        return copies;
    }

    private SortedMap<String, Path> files(List<String> endings) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        files.put(path("whippletree-parent", ".pom"), project.resolve("pom.xml"));
        files.put(path("whippletree-bom", ".pom"), project.resolve("bom/pom.xml"));
        try (Stream<Path> modules = Files.list(project)) {
            modules.filter(this::isVerified).forEach(module -> {
                files.put(path(id(module), ".pom"), module.resolve("pom.xml"));
                endings.forEach(ending -> files.put(path(id(module), ending), built(module, ending)));
            });
        }
        files.values().removeIf(file -> !Files.exists(file));
        return files;
    }

    private boolean isVerified(Path module) {
        return Files.exists(built(module, ".jar")) && Files.exists(built(module, "-sources.jar"));
    }

    private Path built(Path module, String ending) {
        return module.resolve("target").resolve(id(module) + "-" + version + ending);
    }

    private static String id(Path module) {
        return "whippletree-" + module.getFileName();
    }

    private String path(String id, String ending) {
        return GROUP + id + "/" + version + "/" + id + "-" + version + ending;
    }
}
