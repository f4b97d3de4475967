package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.tests.Javac;
import dev.whippletree.tests.Project;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The build compares the API with a former release: here of two artifacts that inherit our build, and whose former
 * release this test makes.
 */
@Tag("slow")
final class CompatibilityTest {

    private static final Path ROOT_POM = Project.ROOT.resolve("pom.xml");
    private static final Pattern INCLUDE = Pattern.compile("<include>(dev\\.whippletree[\\w.*]*)</include>");
    private static final Pattern PACKAGE = Pattern.compile("`(dev\\.whippletree[a-z0-9.]*)`");

    /** Of the API: the first method is as it was, and the second one has another name in an artifact. */
    private static final String TYPE = """
            package dev.whippletree.model;

            public final class Stub {

                private Stub() {}

                public static int kept() {
                    return 1;
                }

                public static int %s() {
                    return 2;
                }
            }
            """;

    /** Not of the API: nobody was promised anything. */
    private static final String INNER_TYPE = """
            package dev.whippletree.model.inner;

            %s final class Inner {

                private Inner() {}
            }
            """;

    @TempDir
    private Path folder;

    @Test
    @Tag("thorough")
    void brokenApi_failsTheBuildOfItsArtifact_andNoOther() throws IOException, InterruptedException {
        former("whole");
        former("broken");
        Path project = Files.createDirectory(folder.resolve("project"));
        Files.writeString(project.resolve("pom.xml"), """
                <project>
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>com.example</groupId>
                  <artifactId>both</artifactId>
                  <version>2</version>
                  <packaging>pom</packaging>
                  <modules><module>whole</module><module>broken</module></modules>
                </project>
                """);
        // What isn't API may go.
        later(project.resolve("whole"), "second", "");
        later(project.resolve("broken"), "renamed", "public");

        ProcessRun run = OutsideBuild.maven(
                project,
                Path.of(System.getProperty("childJdk")),
                List.of("verify", "-Pcommand", "--fail-at-end", "-Djapicmp.skip=false", "-Dwhippletree.former=1"));

        assertThat(run.exitCode()).as(run.out()).isEqualTo(1);
        assertThat(run.out())
                .containsPattern("(?m)^.*whole \\.+ SUCCESS")
                .containsPattern("(?m)^.*broken \\.+ FAILURE")
                .contains("METHOD_REMOVED", "dev.whippletree.model.Stub.second()");
    }

    /** Puts release 1 of an artifact into a repository, without a build. */
    private void former(String id) throws IOException {
        Path work = Files.createDirectories(folder.resolve("former-" + id));
        Path type = Files.writeString(work.resolve("Stub.java"), TYPE.formatted("second"));
        Path inner = Files.writeString(work.resolve("Inner.java"), INNER_TYPE.formatted("public"));
        Path classes = Files.createDirectory(work.resolve("classes"));
        assertThat(Javac.compile(List.of(type, inner), List.of(), classes)).isEmpty();

        Path release = Files.createDirectories(folder.resolve("repository/com/example/" + id + "/1"));
        try (OutputStream out = Files.newOutputStream(release.resolve(id + "-1.jar"));
                JarOutputStream jar = new JarOutputStream(out)) {
            for (String name : List.of("dev/whippletree/model/Stub.class", "dev/whippletree/model/inner/Inner.class")) {
                jar.putNextEntry(new JarEntry(name));
                jar.write(Files.readAllBytes(classes.resolve(name)));
            }
        }
        Files.writeString(release.resolve(id + "-1.pom"), """
                <project>
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>com.example</groupId>
                  <artifactId>%s</artifactId>
                  <version>1</version>
                </project>
                """.formatted(id));
    }

    /** Writes the sources of release 2 of an artifact, which inherits our build. */
    private void later(Path module, String second, String inner) throws IOException {
        Path model = Files.createDirectories(module.resolve("src/main/java/dev/whippletree/model"));
        Files.writeString(model.resolve("Stub.java"), TYPE.formatted(second));
        Path below = Files.createDirectories(model.resolve("inner"));
        Files.writeString(below.resolve("Inner.java"), INNER_TYPE.formatted(inner));
        Files.writeString(module.resolve("pom.xml"), """
                <project>
                  <modelVersion>4.0.0</modelVersion>
                  <parent>
                    <groupId>dev.whippletree</groupId>
                    <artifactId>whippletree-parent</artifactId>
                    <version>%s</version>
                    <relativePath/>
                  </parent>
                  <groupId>com.example</groupId>
                  <artifactId>%s</artifactId>
                  <version>2</version>
                  <properties><whippletree.moduleName>com.example</whippletree.moduleName></properties>
                  <repositories>
                    <repository>
                      <id>former</id>
                      <url>%s</url>
                      <releases><checksumPolicy>ignore</checksumPolicy></releases>
                    </repository>
                  </repositories>
                </project>
                """.formatted(
                        System.getProperty("whippletree.version"),
                        module.getFileName(),
                        folder.resolve("repository").toUri()));
    }

    @Test
    void comparedPackages_areThoseOfThePage() throws IOException {
        String page = Files.readString(Project.ROOT.resolve("docs/compatibility.md"));
        String table = page.substring(page.indexOf("## What is API"), page.indexOf("The Javadoc's `@since`"));
        Set<String> promised = PACKAGE.matcher(table)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        promised.add("dev.whippletree.plugin.FoundPlugin");
        promised.add("dev.whippletree.plugin.PluginCatalog");

        assertThat(INCLUDE.matcher(Files.readString(ROOT_POM)).results().map(MatchResult::group))
                .map(include -> include.replaceAll("</?include>|\\*", ""))
                .containsExactlyInAnyOrderElementsOf(promised);
    }
}
