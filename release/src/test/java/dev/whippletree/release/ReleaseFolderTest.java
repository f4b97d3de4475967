package dev.whippletree.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A release of a project of one module, whose files were written here instead of being built. */
final class ReleaseFolderTest {

    private static final String CORE = "dev/whippletree/whippletree-core/1.2.3/whippletree-core-1.2.3";
    private static final String BOM = "dev/whippletree/whippletree-bom/1.2.3/whippletree-bom-1.2.3";

    @TempDir
    private Path project;

    @BeforeEach
    void build() throws IOException {
        write("pom.xml", "<url>${whippletree.address}</url><email>${whippletree.contact}</email>");
        write("bom/pom.xml", "<connection>scm:git:${whippletree.address}.git</connection>");
        write("core/pom.xml", "<artifactId>whippletree-core</artifactId>");
        for (String ending : List.of(".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json")) {
            write("core/target/whippletree-core-1.2.3" + ending, "content" + ending);
        }
        for (String ending : List.of(".tar.gz", ".zip", ".cdx.json")) {
            write("cli/target/whippletree-1.2.3" + ending, "distribution" + ending);
        }
        // Tested, but without Javadoc: not published.
        write("release/pom.xml", "");
        write("release/target/whippletree-release-1.2.3.jar", "");
    }

    private Path write(String path, String text) throws IOException {
        Path file = project.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** Returns what it prints. */
    private String release(String key, String home) throws IOException, InterruptedException {
        return String.join(
                "\n",
                ReleaseFolder.layOut(
                        project.toString(),
                        "version=1.2.3",
                        "built=2026-01-02T03:04:05Z",
                        "address=https://example.org/whippletree",
                        "contact=whippletree@example.org",
                        "key=" + key,
                        "homedir=" + home));
    }

    private Path released(String path) {
        return project.resolve("target/release").resolve(path);
    }

    private Set<String> names(String folder) throws IOException {
        return Trees.files(released(folder)).stream()
                .map(file -> released(folder).relativize(file).toString().replace('\\', '/'))
                .collect(Collectors.toSet());
    }

    @Test
    void artifacts_haveAllThatCentralTakes_withFourChecksumsEach() throws IOException, InterruptedException {
        String printed = release("", "");

        Set<String> names = names("maven-central");
        Set<String> artifacts = names.stream()
                .filter(name -> !name.matches(".*\\.(md5|sha1|sha256|sha512)"))
                .collect(Collectors.toSet());
        assertThat(artifacts)
                .containsExactlyInAnyOrder(
                        BOM + ".pom",
                        CORE + ".pom",
                        CORE + ".jar",
                        CORE + "-sources.jar",
                        CORE + "-javadoc.jar",
                        CORE + "-cyclonedx.json",
                        "dev/whippletree/whippletree-parent/1.2.3/whippletree-parent-1.2.3.pom");
        assertThat(names).hasSize(artifacts.size() * 5);
        // Of "content.jar", by md5sum and its like.
        assertThat(released("maven-central/" + CORE + ".jar.md5"))
                .content()
                .isEqualTo("1643a1bf3f14a7472b492f10237ccf73");
        assertThat(released("maven-central/" + CORE + ".jar.sha1"))
                .content()
                .isEqualTo("34bed506191633df8716abfa957de6e36e52790f");
        assertThat(released("maven-central/" + CORE + ".jar.sha256"))
                .content()
                .isEqualTo("b05c2a8adb82b09b9c5957588840cd9eac80c221ab95c077e0fc6b5e80ec18ff");
        assertThat(released("maven-central/" + CORE + ".jar.sha512"))
                .content()
                .startsWith("4ec416a21e4179a265a7fe9c91c77221");
        assertThat(printed).contains("7 files for Maven Central", "Nothing is signed", "-Dgpg.keyname");
    }

    @Test
    void addresses_areWrittenIntoTheProjectFiles() throws IOException, InterruptedException {
        release("", "");

        assertThat(released("maven-central/" + BOM + ".pom"))
                .content()
                .isEqualTo("<connection>scm:git:https://example.org/whippletree.git</connection>");
        assertThat(released("maven-central/dev/whippletree/whippletree-parent/1.2.3/whippletree-parent-1.2.3.pom"))
                .content()
                .isEqualTo("<url>https://example.org/whippletree</url><email>whippletree@example.org</email>");
    }

    @Test
    void bundle_hasTheSameFiles_inOrder_andStatesTheTimeOfTheBuild() throws IOException, InterruptedException {
        release("", "");

        try (ZipFile bundle =
                new ZipFile(released("whippletree-1.2.3-maven-central.zip").toFile())) {
            List<String> names = bundle.stream().map(ZipEntry::getName).toList();
            assertThat(names).isSorted().containsExactlyInAnyOrderElementsOf(names("maven-central"));
            assertThat(bundle.stream()
                            .map(entry -> entry.getTimeLocal().toString())
                            .distinct())
                    // ZIP files count seconds by two.
                    .containsExactly("2026-01-02T03:04:04");
        }
    }

    @Test
    void distribution_hasItsContentsAndChecksums() throws IOException, InterruptedException {
        release("", "");

        assertThat(released("whippletree-1.2.3.tar.gz")).content().isEqualTo("distribution.tar.gz");
        assertThat(released("whippletree-1.2.3.sha256"))
                .content()
                .isEqualTo(Checksum.SHA256.of(released("whippletree-1.2.3.cdx.json"))
                        + "  whippletree-1.2.3.cdx.json\n"
                        + Checksum.SHA256.of(released("whippletree-1.2.3.tar.gz"))
                        + "  whippletree-1.2.3.tar.gz\n"
                        + Checksum.SHA256.of(released("whippletree-1.2.3.zip"))
                        + "  whippletree-1.2.3.zip\n");
    }

    /** CycloneDX takes the name in the POMs of these two for another licence. */
    @Test
    void licenceWithThreeClauses_isNamedSo() throws IOException, InterruptedException {
        String sbom = """
                "bom-ref" : "pkg:maven/org.jline/jline-reader@4.6.0?type=jar",
                "licenses" : [ { "license" : { "id" : "%1$s" } } ],
                "bom-ref" : "pkg:maven/org.antlr/ST4@4.3.4?type=jar",
                "licenses" : [ { "license" : { "id" : "%1$s" } } ],
                "bom-ref" : "pkg:maven/org.example/other@1.0?type=jar",
                "licenses" : [ { "license" : { "id" : "BSD-4-Clause" } } ],
                "ref" : "pkg:maven/org.jline/jline-reader@4.6.0?type=jar"
                """;
        write("core/target/whippletree-core-1.2.3-cyclonedx.json", sbom.formatted("BSD-4-Clause"));
        write("cli/target/whippletree-1.2.3.cdx.json", sbom.formatted("BSD-4-Clause"));

        release("", "");

        assertThat(released("maven-central/" + CORE + "-cyclonedx.json"))
                .content()
                .isEqualTo(sbom.formatted("BSD-3-Clause"));
        assertThat(released("whippletree-1.2.3.cdx.json")).content().isEqualTo(sbom.formatted("BSD-3-Clause"));
    }

    @Test
    void releaseOfAnEarlierBuild_isReplaced() throws IOException, InterruptedException {
        write("target/release/whippletree-1.2.2.zip", "old");

        release("", "");

        assertThat(released("whippletree-1.2.2.zip")).doesNotExist();
    }

    @Test
    void moduleWithoutContents_endsIt() throws IOException {
        Files.delete(project.resolve("core/target/whippletree-core-1.2.3-cyclonedx.json"));

        assertThatThrownBy(() -> release("", ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("there is no " + CORE + "-cyclonedx.json; build with mvn -Prelease verify");
    }

    @Test
    void missingDistribution_endsIt() throws IOException {
        Files.delete(project.resolve("cli/target/whippletree-1.2.3.zip"));

        assertThatThrownBy(() -> release("", ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("whippletree-1.2.3.zip; build with mvn -Prelease verify");
    }

    @Test
    void key_signsEachFile_asGpgConfirms(@TempDir Path home) throws IOException, InterruptedException {
        assumeTrue(gpg(home, "--version") == 0, "there is no gpg");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        try {
            assertThat(gpg(home, "--passphrase", "", "--quick-generate-key", "whippletree@example.org", "ed25519"))
                    .isZero();

            String printed = release("whippletree@example.org", home.toString());

            assertThat(printed).contains("signed with the key whippletree@example.org");
            for (String path : List.of(
                    "maven-central/" + BOM + ".pom",
                    "maven-central/" + CORE + ".jar",
                    "maven-central/" + CORE + "-javadoc.jar",
                    "whippletree-1.2.3.tar.gz",
                    "whippletree-1.2.3.sha256")) {
                assertThat(gpg(
                                home,
                                "--verify",
                                released(path + ".asc").toString(),
                                released(path).toString()))
                        .as(path)
                        .isZero();
            }
            // Signatures have neither signatures nor checksums.
            assertThat(names("maven-central"))
                    .filteredOn(name -> name.contains(".asc"))
                    .hasSize(7)
                    .allMatch(name -> name.endsWith(".asc"));
        } finally {
            new ProcessBuilder("gpgconf", "--homedir", home.toString(), "--kill", "gpg-agent")
                    .start()
                    .waitFor();
        }
    }

    @Test
    void unknownKey_endsIt(@TempDir Path home) throws IOException, InterruptedException {
        assumeTrue(gpg(home, "--version") == 0, "there is no gpg");

        assertThatThrownBy(() -> release("nobody@example.org", home.toString()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("with the key nobody@example.org; check -Dgpg.keyname");
    }

    /** Returns the exit code; 127 if there is no gpg. */
    private static int gpg(Path home, String... arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("gpg", "--batch", "--homedir", home.toString()));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return 127;
        }
    }
}
