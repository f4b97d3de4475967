package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {

    private static final Results.Origin ORIGIN = new Results.Origin("2026-11-28T12:00:00Z", "a machine");

    private static Results.Answered answered(String contender, long right) {
        return new Results.Answered(
                contender, "quota", ORIGIN, 20, false, 10, 5, right, 0, 10 - right, 5, 0, 1.5, Map.of());
    }

    private static Results all() {
        return Results.NONE
                .with(new Results.About("okhttp", "OkHttp alone", "5", "its README", "timeout(5)"))
                .with(new Results.About("other", "Another", "1", "its manual", ""))
                .with(new Results.Setting("quota", "Tight quota", "Little room.", 1, 10, 5, 16))
                .with(answered("okhttp", 4))
                .with(answered("other", 10))
                .with(new Results.Fault("other", "cut", true, ORIGIN, Results.Got.CUT, "half"));
    }

    @Test
    void newerResult_takesThePlaceOfTheOlder() {
        Results again = all().with(answered("okhttp", 7));

        assertThat(again.answered()).extracting(Results.Answered::right).containsExactly(7L, 10L);
    }

    @Test
    void file_keepsEverything(@TempDir Path folder) throws IOException {
        all().write(folder.resolve("results.json"));

        assertThat(Results.read(folder.resolve("results.json"))).isEqualTo(all());
    }

    @Test
    void page_saysHowLongOrHowMuch(@TempDir Path folder) throws IOException {
        new Page(all()).write(folder);

        assertThat(Files.readString(folder.resolve("comparison.md")))
                .contains("| OkHttp alone 5 | 40.0 % |", "| Another 1 | 1.25 |", "| `cut` | **cut** |")
                .doesNotContain("{{");
    }
}
