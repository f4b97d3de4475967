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

    private static Results.Fault fault(boolean streamed, Results.Got got) {
        return new Results.Fault("other", "cut", streamed, ORIGIN, got, "half");
    }

    /** Of the same contender in the same case; a fault also of the same way to answer. */
    @Test
    void newerResult_takesThePlaceOfTheOlder() {
        Results.Answered herd =
                new Results.Answered("okhttp", "herd", ORIGIN, 20, false, 10, 5, 1, 0, 9, 5, 0, 1.5, Map.of());
        Results again = all().with(herd)
                .with(answered("okhttp", 7))
                .with(fault(false, Results.Got.WHOLE))
                .with(fault(true, Results.Got.ERROR));

        assertThat(again.answered()).containsExactly(answered("okhttp", 7), answered("other", 10), herd);
        assertThat(again.faults()).containsExactly(fault(true, Results.Got.ERROR), fault(false, Results.Got.WHOLE));
        assertThat(again.of("okhttp", "herd")).contains(herd);
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
