package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.tests.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job of docs/spark.md is what the page shows; built outside this build, Spark runs it on two workers. */
final class SparkExampleTest {

    private static final Path EXAMPLE = Project.ROOT.resolve("examples/spark");
    private static final Path COMMAND = Project.ROOT.resolve("cli/target/whippletree");
    private static final Pattern SPARK = Pattern.compile("<spark.version>(.+)</spark.version>");
    private static final Pattern CALLS =
            Pattern.compile("calls: +(\\d+) for (\\d+) of (\\d+) distinct prompts; (\\d+) asked again");

    /** Only keeps a test that would never end from never ending: seven JVMs start, beside those of other tests. */
    private static final long PATIENCE_SECONDS = 1_200;

    @TempDir
    private Path folder;

    @Test
    void page_showsTheLinesOfTheExample() throws IOException {
        String sources = oneLine(sources());
        List<String> blocks = GuidePage.of("spark.md").blocks("java");
        assertThat(blocks).isNotEmpty().allSatisfy(block -> assertThat(sources).contains(oneLine(block)));
    }

    @Test
    void demonstration_hasTheSparkOfTheJob() throws IOException {
        assertThat(sparkOf("demonstration/pom.xml")).isEqualTo(sparkOf("pom.xml"));
    }

    /** The script itself checks rows, calls and limits. */
    @Test
    @Tag("thorough")
    void executorIsKilled_rowsAreComplete_promptsAreAskedOnce_andNoCallIsRefused()
            throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.isDirectory(COMMAND.resolve("lib")),
                "skipped: the distribution isn't built: run mvn package, or verify");
        assumeSpark();
        Path jdk = Path.of(System.getProperty("childJdk"));
        Path example = OutsideBuild.packaged(EXAMPLE, jdk);
        ProcessRun layout = OutsideBuild.maven(example.resolve("demonstration"), jdk, List.of("package"));
        assertThat(layout.exitCode()).as(layout.out() + layout.err()).isZero();

        ProcessRun run = ProcessRun.of(
                List.of(
                        "bash",
                        example.resolve("run").toString(),
                        "--built",
                        "--command",
                        COMMAND.resolve("bin/whippletree").toString(),
                        "5000"),
                folder,
                Map.of("JAVA_HOME", jdk.toString()),
                PATIENCE_SECONDS);

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out())
                .contains("Killed an executor")
                .contains("rows:    5000 in, 5000 out with 5000 ids, 5000 answered, 0 failed")
                .contains("limits:  0 calls refused");
        Matcher calls = CALLS.matcher(run.out());
        assertThat(calls.find()).as(run.out()).isTrue();
        assertThat(calls.group(2)).isEqualTo(calls.group(3));
    }

    private static void assumeSpark() throws IOException {
        Path local = Path.of(
                System.getProperty("maven.localRepository"), "org/apache/spark/spark-sql_2.13", sparkOf("pom.xml"));
        Assumptions.assumeTrue(
                !System.getProperty("maven.network", "").equals("offline=true") || Files.isDirectory(local),
                "skipped: Spark isn't in the local Maven repository, and this build is offline");
    }

    private static String sparkOf(String pom) throws IOException {
        Matcher version = SPARK.matcher(Files.readString(EXAMPLE.resolve(pom)));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    private static String sources() throws IOException {
        try (Stream<Path> files = Files.walk(EXAMPLE.resolve("src/main/java"))) {
            return files.filter(Files::isRegularFile)
                    .map(SparkExampleTest::read)
                    .collect(Collectors.joining());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String oneLine(String code) {
        return code.strip().replaceAll("\\s+", " ");
    }
}
