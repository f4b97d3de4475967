package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.time.SystemTimeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a driver that says what it is to say at once. */
@Tag("slow")
class OverheadRunTest {

    private static final Here HERE = new Here("a machine", "a commit");
    /** It tells of each server that starts or stops. */
    private static final Logger UNDERTOW = Logger.getLogger("io.undertow");

    private final SystemTimeline timeline = new SystemTimeline();
    private final List<String> kept = new ArrayList<>();

    @TempDir
    private Path root;

    @BeforeEach
    void prepare() throws IOException {
        UNDERTOW.setLevel(Level.WARNING);
        Path contenders = Files.createDirectories(root.resolve("benchmarks/comparison/contenders"));
        Files.writeString(
                Files.createDirectories(contenders.resolve("some/target")).resolve("class-path.txt"),
                Path.of("target/test-classes").toAbsolutePath().toString());
        Files.writeString(
                contenders.resolve("contenders.json"),
                "[" + String.join(",", entry("okhttp", "Floor"), entry("other", "Other"), entry("gone", "Gone")) + ","
                        + entry("failing", "Failing") + "," + entry("stuck", "Stuck") + ","
                        + entry("ai-sdk-best", "Best") + "]");
        Files.writeString(root.resolve("stat"), "cpu 1 2 3 4 5 6 7 8 9 10\n");
    }

    private static String entry(String name, String main) {
        return "{'name':'%s','title':'%s','module':'some','main':'%s','variant':'best','library':'x','sources':[],'documentation':''}"
                .formatted(name, main, main)
                .replace('\'', '"');
    }

    @AfterEach
    void close() {
        timeline.close();
    }

    private OverheadRun run(Path proc) {
        return new OverheadRun(
                new Places(root, "1"), timeline, HERE, time -> {}, proc, new PrintWriter(new StringWriter()));
    }

    private Results rounds(OverheadRun run, int rounds, Results old, String... names) {
        return run.rounds(List.of(names), rounds, old, results -> {
            results.write(root.resolve("results.json"));
            kept.add(String.join(
                    " ",
                    results.overhead().stream()
                            .map(each -> each.contender() + each.rounds().size())
                            .toList()));
        });
    }

    @Test
    void rounds_goByTurns_andAreKeptOneByOne() throws IOException {
        try (OverheadRun run = run(root)) {
            Results results = rounds(run, 2, Results.NONE, "okhttp", "other");

            assertThat(kept).containsExactly("okhttp1", "okhttp1 other1", "okhttp2 other1", "okhttp2 other2");
            assertThat(run.problems()).isEmpty();
            Overhead other = results.overhead("other").orElseThrow();
            assertThat(other.rounds().get(0).many())
                    .isEqualTo(new Overhead.Calls(1, 100, 0, 0, 200, 300, 0, 0, ""))
                    .extracting(Overhead.Calls::rate)
                    .isEqualTo(100.0);
            assertThat(other.warmUp().seconds()).isEqualTo(30);
            assertThat(Results.read(root.resolve("results.json"))).isEqualTo(results);
        }
    }

    @Test
    void roundsThatAreThere_arentMeasuredAgain() throws IOException {
        Results old;
        try (OverheadRun run = run(root)) {
            old = rounds(run, 1, Results.NONE, "okhttp");
        }
        kept.clear();
        try (OverheadRun run = run(root)) {
            Results results = rounds(run, 2, old, "okhttp", "other");

            assertThat(kept).containsExactly("okhttp1 other1", "okhttp2 other1", "okhttp2 other2");
            Results again = rounds(run, 1, results.withoutOverhead("okhttp"::equals), "okhttp");
            assertThat(again.overhead("okhttp").orElseThrow().rounds()).hasSize(1);
            assertThat(new OverheadTable(again).text()).contains("Measured again: Floor 1 (2 times).");
        }
    }

    @Test
    void contenderThatCantBeMeasured_isToldOf_andOthersAre() {
        try (OverheadRun run = run(root)) {
            Results results = rounds(run, 1, Results.NONE);

            assertThat(results.overhead()).extracting(Overhead::contender).containsExactly("okhttp", "other");
            assertThat(run.problems())
                    .hasSize(3)
                    .first()
                    .asString()
                    .startsWith("gone: overhead, warm-up: it ended; see ");
            assertThat(run.problems())
                    .endsWith(
                            "failing: overhead, warm-up: it answers nothing: no route",
                            "stuck: overhead, warm-up: calls had no end, so it counts for nothing: left\t3");
        }
    }

    @Test
    void systemWithoutProcessorTimes_isSaid() {
        try (OverheadRun run = run(root.resolve("nothing"))) {
            rounds(run, 1, Results.NONE, "okhttp");

            assertThat(run.problems()).singleElement().asString().contains("measure overhead on Linux");
        }
    }
}
