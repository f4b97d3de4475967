package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.tests.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the profile {@code release} asks for, and what it mustn't contain. */
final class ReleaseRulesTest {

    private static final Pattern VERSION = Pattern.compile(" *<(version\\.[\\w.-]+)>(.+)</\\1>");
    private static final Pattern UNFINISHED =
            Pattern.compile("(?i).*[.-](alpha|beta|m|rc|cr|ea|preview|snapshot|pre|dev)([.-]?\\d.*)?");

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    @TempDir
    private Path folder;

    private List<String> mistakes(String... options) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(OutsideBuild.program().toString(), "-B", "-N", "-o", "-Prelease", "validate"));
        command.addAll(List.of("-f", Project.ROOT.toString()));
        command.add("-Dmaven.repo.local=" + System.getProperty("maven.localRepository"));
        command.addAll(List.of(options));
        ProcessRun run = ProcessRun.of(
                command,
                folder,
                Map.of("JAVA_HOME", System.getProperty("childJdk"), "MAVEN_OPTS", "-XX:TieredStopAtLevel=1"));
        return (run.out() + run.err())
                .lines()
                .filter(line -> line.contains("pom.xml: set "))
                .toList();
    }

    /** Neither is set before there is somebody who has them. */
    @Test
    @Tag("slow")
    void addressAndContact_areRequired() throws IOException, InterruptedException {
        assertThat(mistakes("-Dwhippletree.address=https://example.org/whippletree", "-Dwhippletree.contact="))
                .singleElement()
                .asString()
                .contains("pom.xml: set whippletree.contact to a mail address");
        assertThat(mistakes("-Dwhippletree.address=", "-Dwhippletree.contact=whippletree@example.org"))
                .singleElement()
                .asString()
                .contains("pom.xml: set whippletree.address to the https address");
    }

    @Test
    void versionThatIsNotFinal_hasACommentThatSaysWhy() throws IOException {
        List<String> unexplained = new ArrayList<>();
        List<String> unfinished = new ArrayList<>();
        for (Path pom : poms()) {
            String before = "";
            for (String line : Files.readAllLines(pom)) {
                Matcher version = VERSION.matcher(line);
                if (version.matches() && UNFINISHED.matcher(version.group(2)).matches()) {
                    unfinished.add(version.group(1));
                    if (!before.endsWith("-->")) {
                        unexplained.add(pom + ": " + version.group(1));
                    }
                }
                before = line;
            }
        }
        assertThat(unfinished).contains("version.all-minilm");
        assertThat(unexplained).isEmpty();
    }

    /** Only there, a comment stands beside it. */
    @Test
    void versionThatIsNotFinal_isAProperty() throws IOException {
        Pattern written = Pattern.compile("<version>([^$<]+)</version>");
        for (Path pom : poms()) {
            assertThat(written.matcher(Files.readString(pom)).results().map(found -> found.group(1)))
                    .as(pom.toString())
                    .filteredOn(version -> !version.endsWith("-SNAPSHOT"))
                    .noneMatch(version -> UNFINISHED.matcher(version).matches());
        }
    }

    /** Else installing would put projects into the user's repository that nobody can depend on. */
    @Test
    void moduleThatIsNotPublished_isNotInstalled() throws IOException {
        List<String> notPublished = new ArrayList<>();
        for (MatchResult module : MODULE.matcher(Files.readString(Project.ROOT.resolve("pom.xml")))
                .results()
                .toList()) {
            String pom = Files.readString(Project.ROOT.resolve(module.group(1)).resolve("pom.xml"));
            if (module.group(1).contains("/") || pom.contains("<maven.deploy.skip>true<")) {
                notPublished.add(module.group(1));
                assertThat(pom).as(module.group(1)).contains("<maven.install.skip>true<");
            }
        }
        assertThat(notPublished).contains("integration-tests", "benchmarks/comparison");
    }

    private static List<Path> poms() throws IOException {
        try (Stream<Path> modules = Files.list(Project.ROOT)) {
            return Stream.concat(Stream.of(Project.ROOT), modules.filter(Files::isDirectory))
                    .map(module -> module.resolve("pom.xml"))
                    .filter(Files::exists)
                    .toList();
        }
    }
}
