package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.time.SystemTimeline;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can't be measured keeps nothing else from being measured. */
class MeasurementTest {

    @Test
    void whatFails_isTriedAgainAtTheEnd_andThenGivenUp(@TempDir Path root) throws Exception {
        Places places = new Places(root, "1");
        Here here = new Here("here", "this");
        StringWriter out = new StringWriter();
        List<Entry> known = List.of(entry("one"), entry("other"));
        Plan plan = new Plan(known, name -> true, List.of("herd", "streams"), false, 1, true);

        try (SystemTimeline timeline = new SystemTimeline()) {
            Measurement measurement = new Measurement(
                    Results.NONE,
                    Results.NONE,
                    here,
                    new Runs(places, timeline, here),
                    root.resolve("results.json"),
                    new PrintWriter(out));
            measurement.run(plan);

            assertThat(measurement.problems())
                    .hasSize(4)
                    .first()
                    .asString()
                    .startsWith("streams (seed 1): one: ")
                    .contains("class-path.txt");
        }
        assertThat(out.toString().lines().filter(line -> line.contains(" failed")))
                .extracting(line -> line.strip().replaceAll(" failed( twice)?.*", "$1"))
                .containsExactly(
                        "streams (seed 1): one",
                        "streams (seed 1): other",
                        "herd (seed 1): one",
                        "herd (seed 1): other",
                        "streams (seed 1): one twice",
                        "streams (seed 1): other twice",
                        "herd (seed 1): one twice",
                        "herd (seed 1): other twice");
    }

    /** It was never built. */
    private static Entry entry(String name) {
        return new Entry(name, name, null, "never-built", "Main", "best", "library", List.of(), "");
    }
}
