package dev.whippletree.tests.published;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lays out what the other modules have built as a Maven repository, {@code target/repository}. A program, run before
 * the tests.
 *
 * <p>Only modules that have been verified are there: they have sources and Javadoc then.
 */
public final class Publication {

    private static final String PARENT = "whippletree-parent";
    private static final String BOM = "whippletree-bom";

    private final Path project;
    private final Path repository;
    private final String version;

    private Publication(Path project, String version) {
        this.project = project;
        this.repository = project.resolve("target/repository");
        this.version = version;
    }

    /** Takes the folder of the whole build and its version; replaces the repository there was. */
    public static void main(String[] arguments) throws IOException {
        new Publication(Path.of(arguments[0]), arguments[1]).write();
    }

    private void write() throws IOException {
        Folders.delete(repository);
        add(PARENT, project.resolve("pom.xml"), ".pom");
        add(BOM, project.resolve("bom/pom.xml"), ".pom");
        try (Stream<Path> folders = Files.list(project)) {
            for (Path module : folders.sorted().toList()) {
                addJars(module);
            }
        }
    }

    private void addJars(Path module) throws IOException {
        String id = "whippletree-" + module.getFileName();
        Path jar = built(module, id, ".jar");
        if (Files.exists(jar) && Files.exists(built(module, id, "-javadoc.jar"))) {
            add(id, module.resolve("pom.xml"), ".pom");
            for (String ending : List.of(".jar", "-sources.jar", "-javadoc.jar")) {
                add(id, built(module, id, ending), ending);
            }
        }
    }

    private Path built(Path module, String id, String ending) {
        return module.resolve("target").resolve(id + "-" + version + ending);
    }

    private void add(String id, Path file, String ending) throws IOException {
        Path folder = repository.resolve("dev/whippletree").resolve(id).resolve(version);
        Files.createDirectories(folder);
        Path copy = Files.copy(file, folder.resolve(id + "-" + version + ending));
        // Without it, Maven warns of each file that it takes from here, with a stack trace.
        Files.writeString(folder.resolve(copy.getFileName() + ".sha1"), sha1(copy));
    }

    private static String sha1(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every JDK has it.
        }
    }
}
