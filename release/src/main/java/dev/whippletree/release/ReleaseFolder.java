package dev.whippletree.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Lays out a release in {@code target/release}: what Maven Central takes, and the command's distribution. A program,
 * run at the end of the profile {@code release}.
 */
public final class ReleaseFolder {

    private static final String SBOM = "-cyclonedx.json";
    private static final List<String> ENDINGS = List.of(".jar", "-sources.jar", "-javadoc.jar", SBOM);

    private static final Pattern THREE_CLAUSES = Pattern.compile("\"bom-ref\" : \"pkg:maven/org\\.(jline|antlr)/");

    private final Path project;
    private final Map<String, String> settings;
    private final String version;
    private final Signer signer;

    private ReleaseFolder(Path project, Map<String, String> settings) {
        this.project = project;
        this.settings = settings;
        this.version = setting("version");
        this.signer = new Signer(setting("key"), setting("homedir"));
    }

    /**
     * Takes the folder of the whole build and settings {@code name=value}: {@code version}; {@code built}, the time
     * that files state; {@code address} and {@code contact} of the project; {@code key} and {@code homedir} for gpg,
     * which may be empty. Replaces the release there was, and prints what is there.
     *
     * @throws IllegalStateException if something isn't built that belongs to a release
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        layOut(arguments).forEach(System.out::println);
    }

    /** Does the same, and returns what to print. */
    static List<String> layOut(String... arguments) throws IOException, InterruptedException {
        Map<String, String> settings = Arrays.stream(arguments)
                .skip(1)
                .map(argument -> argument.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
        return new ReleaseFolder(Path.of(arguments[0]), settings).layOut();
    }

    private String setting(String name) {
        String value = settings.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the setting " + name + "= is missing");
        }
        return value;
    }

    private List<String> layOut() throws IOException, InterruptedException {
        Path release = Trees.replaced(project.resolve("target/release"));
        Path artifacts = Files.createDirectory(release.resolve("maven-central"));
        int files = layOutArtifacts(artifacts);
        layOutDistribution(release);
        Path bundle = release.resolve("whippletree-" + version + "-maven-central.zip");
        Trees.zip(artifacts, bundle, Instant.parse(setting("built")));

        List<String> lines = new ArrayList<>();
        lines.add(release + " has the distribution, and " + files + " files for Maven Central");
        if (signer.signs()) {
            lines.add("Each is signed with the key " + signer.key());
        } else {
            lines.add(
                    "Nothing is signed, and Maven Central takes signed files only: give a key with -Dgpg.keyname=KEY");
        }
        if (version.endsWith("-SNAPSHOT")) {
            lines.add(version + " isn't a release, and Maven Central takes no snapshots");
        }
        return lines;
    }

    /** Returns how many files there are, without their checksums and signatures. */
    private int layOutArtifacts(Path folder) throws IOException, InterruptedException {
        Map<String, Path> copies = new Published(project, version).copy(folder, ENDINGS);
        for (Map.Entry<String, Path> entry : copies.entrySet()) {
            String path = entry.getKey();
            Path copy = entry.getValue();
            amend(copy);
            if (path.endsWith("-javadoc.jar")) {
                require(copies, path.replace("-javadoc.jar", "-sources.jar"));
                require(copies, path.replace("-javadoc.jar", SBOM));
            }
            signer.sign(copy);
            for (Checksum checksum : Checksum.values()) {
                checksum.writeBeside(copy);
            }
        }
        return copies.size();
    }

    private void amend(Path copy) throws IOException {
        String name = copy.toString();
        if (name.endsWith(".pom")) {
            Files.writeString(copy, withAddresses(Files.readString(copy)));
        } else if (name.endsWith(".json")) {
            Files.writeString(copy, withLicences(Files.readString(copy)));
        }
    }

    /** The two addresses may be given on the command line, and the BOM has no parent to take them from. */
    private String withAddresses(String pom) {
        return pom.replace("${whippletree.address}", setting("address"))
                .replace("${whippletree.contact}", setting("contact"));
    }

    /**
     * The licences of JLine and of StringTemplate have three clauses. CycloneDX goes by the name in their POMs, and
     * takes it for the licence with four.
     */
    private static String withLicences(String sbom) {
        return Arrays.stream(sbom.split("(?=\"bom-ref\")"))
                .map(part ->
                        THREE_CLAUSES.matcher(part).lookingAt() ? part.replace("BSD-4-Clause", "BSD-3-Clause") : part)
                .collect(Collectors.joining());
    }

    private static void require(Map<String, Path> copies, String path) {
        if (!copies.containsKey(path)) {
            throw new IllegalStateException("there is no " + path + "; build with mvn -Prelease verify");
        }
    }

    private void layOutDistribution(Path release) throws IOException, InterruptedException {
        StringBuilder checksums = new StringBuilder();
        for (String ending : List.of(".cdx.json", ".tar.gz", ".zip")) {
            String name = "whippletree-" + version + ending;
            Path built = project.resolve("cli/target").resolve(name);
            if (!Files.exists(built)) {
                throw new IllegalStateException("there is no " + built + "; build with mvn -Prelease verify");
            }
            Path copy = Files.copy(built, release.resolve(name));
            amend(copy);
            signer.sign(copy);
            checksums.append(Checksum.SHA256.of(copy)).append("  ").append(name).append('\n');
        }
        Path sums = Files.writeString(release.resolve("whippletree-" + version + ".sha256"), checksums);
        signer.sign(sums);
    }
}
