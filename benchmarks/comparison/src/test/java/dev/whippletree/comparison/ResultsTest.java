package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {

    private static final Results.Origin ORIGIN = new Results.Origin("2026-11-28T12:00:00Z", "a machine");

    private static Results.Answered answered(String contender, long right) {
        return new Results.Answered(
                contender, "quota", ORIGIN, 20, false, 10, 5, right, 0, 10 - right, 5, 0, 1.5, Map.of());
    }

    private static Results.Speed speed(String contender, int round, long p50Micros) {
        Results.Level level = new Results.Level(32, 2, 1_000, 0, p50Micros, 2 * p50Micros, 500);
        return new Results.Speed(contender, round, ORIGIN, 300, 102_400, List.of(level), level);
    }

    private static Results all() {
        return Results.NONE
                .with(new Results.About("okhttp", "OkHttp alone", "5", "its README", "timeout(5)"))
                .with(new Results.About("other", "Another", "1", "its manual", ""))
                .with(new Results.Setting("quota", "Tight quota", "Little room.", 1, 10, 5, 16))
                .with(answered("okhttp", 4))
                .with(answered("other", 10))
                .with(speed("okhttp", 1, 100))
                .with(speed("other", 1, 350))
                .with(speed("other", 2, 350))
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
        assertThat(folder.resolve("images/comparison-answered.png")).isNotEmptyFile();
        assertThat(folder.resolve("images/comparison-speed.png")).isNotEmptyFile();
    }

    @Test
    void addedTime_isBeyondTheFloorOfTheSameRound() {
        assertThat(new SpeedTables(all()).text())
                .as("the floor has no second round")
                .contains("| Another | 0.25 | 0.50 |");
    }
}
