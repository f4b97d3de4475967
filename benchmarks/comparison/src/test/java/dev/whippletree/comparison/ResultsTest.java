package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {

    private static final Results.Origin ORIGIN = Samples.ORIGIN;

    private static Results all() {
        return Results.NONE
                .with(Samples.about("okhttp", "OkHttp alone"))
                .with(Samples.about("other", "Another"))
                .with(Samples.setting("quota", 1))
                .with(Samples.answered("okhttp", "quota", 1, 4, 20))
                .with(Samples.answered("other", "quota", 1, 10, 20))
                .withCheck(Samples.answered("other", "quota", 1, 9, 20))
                .with(fault(true, Results.Got.CUT));
    }

    private static Results.Fault fault(boolean streamed, Results.Got got) {
        return new Results.Fault("other", "cut", streamed, ORIGIN, got, "half");
    }

    /** Of the same contender in the same case by the same seed; a fault also of the same way to answer. */
    @Test
    void newerResult_takesThePlaceOfTheOlder_andSaysHowOftenItWasMeasured() {
        Results.Answered herd = Samples.answered("okhttp", "herd", 1, 1, 20);
        Results.Answered other = Samples.answered("okhttp", "quota", 2, 1, 20);
        Results again = all().with(herd)
                .with(other)
                .with(Samples.answered("okhttp", "quota", 1, 7, 20))
                .with(fault(false, Results.Got.WHOLE))
                .with(fault(true, Results.Got.ERROR));

        assertThat(again.answered())
                .containsExactly(
                        Samples.answered("okhttp", "quota", 1, 7, 20).again(1),
                        Samples.answered("other", "quota", 1, 10, 20),
                        herd,
                        other);
        assertThat(again.faults())
                .containsExactly(fault(true, Results.Got.ERROR).again(1), fault(false, Results.Got.WHOLE));
        assertThat(again.of("okhttp", "quota", 2)).contains(other);
        assertThat(again.of("okhttp", "quota")).hasSize(2);
    }

    @Test
    void piecesToMeasureAgain_areLeftOut_andNoOthers() {
        Results.Answered herd = Samples.answered("other", "herd", 1, 1, 20);

        Results left = all().with(herd).without((contender, name) -> contender.equals("other") && name.equals("quota"));

        assertThat(left.answered()).containsExactly(all().answered().get(0), herd);
        assertThat(left.faults()).hasSize(1);
        assertThat(all().without((contender, name) -> contender.equals("other")).faults())
                .isEmpty();
    }

    @Test
    void file_keepsEverything(@TempDir Path folder) throws IOException {
        all().write(folder.resolve("results.json"));

        assertThat(Results.read(folder.resolve("results.json"))).isEqualTo(all());
    }

    /** Whoever holds the older file still has all of it: it was replaced, not written over. */
    @Test
    void file_isReplacedAsAWhole_soThatNobodyFindsHalfOfIt(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("results.json");
        all().write(file);
        Path older = Files.createLink(folder.resolve("older.json"), file);

        Results.NONE.write(file);

        assertThat(Results.read(file)).isEqualTo(Results.NONE);
        assertThat(Results.read(older)).isEqualTo(all());
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    }
}
