package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Builds outside ours use the Maven plugins that ours uses, so that one download is enough for them to work offline.
 */
@Tag("slow")
final class PluginVersionsTest {

    private static final Pattern VERSION =
            Pattern.compile("<artifactId>(maven-[a-z]+-plugin)</artifactId>\\s*<version>(.+?)</version>");
    private static final List<String> EACH_JAR_NEEDS =
            List.of("maven-resources-plugin", "maven-compiler-plugin", "maven-surefire-plugin", "maven-jar-plugin");

    @Test
    void outsideBuilds_useOurVersions_andLeaveNoneToMaven() throws IOException {
        Map<String, String> ours = versions(Path.of("../pom.xml"));
        for (String project : List.of("distributions/smallest", "distributions/shared", "plugin-guide")) {
            assertThat(versions(Path.of(project, "pom.xml")))
                    .as(project)
                    .containsKeys(EACH_JAR_NEEDS.toArray(String[]::new))
                    .allSatisfy(
                            (plugin, version) -> assertThat(version).as(plugin).isEqualTo(ours.get(plugin)));
        }
    }

    private static Map<String, String> versions(Path pom) throws IOException {
        Stream<MatchResult> found = VERSION.matcher(Files.readString(pom)).results();
        return found.collect(Collectors.toMap(result -> result.group(1), result -> result.group(2)));
    }
}
