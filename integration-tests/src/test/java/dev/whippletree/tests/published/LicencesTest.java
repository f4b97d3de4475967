package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What comes along says whose it is: the command's folder, and each jar of ours in it. */
@Tag("slow")
final class LicencesTest {

    private static final Path COMMAND = Path.of("..", "cli", "target", "whippletree");
    private static final Pattern VERSION = Pattern.compile("-\\d.*\\.jar$");
    private static final Pattern LINE = Pattern.compile("^(\\S+) +(\\S+\\.\\S+|aopalliance) +(\\S.*)$");

    @BeforeEach
    void onlyWhereBuilt() {
        Assumptions.assumeTrue(
                Files.isDirectory(COMMAND.resolve("lib")),
                "skipped: the distribution isn't built: run mvn package, or verify");
    }

    private static Set<String> jars(boolean ours) throws IOException {
        try (Stream<Path> jars = Files.list(COMMAND.resolve("lib"))) {
            return jars.map(jar -> jar.getFileName().toString())
                    .filter(jar -> jar.startsWith("whippletree-") == ours)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void everythingThatComesAlong_isListedWithItsLicence_andNothingElseIs() throws IOException {
        Set<String> listed = new TreeSet<>();
        for (String line : Files.readString(COMMAND.resolve("THIRD-PARTY.txt"))
                .lines()
                .takeWhile(line -> !line.startsWith("Apache-2.0:"))
                .toList()) {
            var entry = LINE.matcher(line);
            if (entry.matches() && !line.endsWith(".")) {
                listed.add(entry.group(1));
            }
        }
        Set<String> there = jars(false).stream()
                .map(jar -> VERSION.matcher(jar).replaceFirst(""))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(listed).isEqualTo(there).hasSizeGreaterThan(50);
    }

    @Test
    void archive_saysHowToBegin() {
        assertThat(COMMAND.resolve("README.txt")).content().contains("JAVA_HOME", "whippletree ask --emulated");
    }

    @Test
    void commandAndEachJarOfOurs_haveLicenceAndNotice() throws IOException {
        String notice = Files.readString(Path.of("..", "NOTICE"));
        assertThat(COMMAND.resolve("NOTICE")).content().isEqualTo(notice);
        assertThat(COMMAND.resolve("LICENSE")).exists();
        for (String name : jars(true)) {
            try (JarFile jar = new JarFile(COMMAND.resolve("lib").resolve(name).toFile())) {
                assertThat(jar.getEntry("META-INF/LICENSE")).as(name).isNotNull();
                assertThat(new String(
                                jar.getInputStream(jar.getEntry("META-INF/NOTICE"))
                                        .readAllBytes(),
                                java.nio.charset.StandardCharsets.UTF_8))
                        .as(name)
                        .isEqualTo(notice);
            }
        }
    }
}
