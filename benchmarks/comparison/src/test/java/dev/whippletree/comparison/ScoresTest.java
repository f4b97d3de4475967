package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoresTest {

    private static String cell(Results.Answered... runs) {
        Results results = Results.NONE
                .with(new Results.Setting("quota", "Q", "", 1, 10, 5, 3, 16))
                .with(Samples.setting("quota", 2))
                .with(Samples.setting("quota", 3));
        for (Results.Answered run : runs) {
            results = results.with(run);
        }
        return new Scores(results).cell("a", "quota");
    }

    private static Results.Answered run(long seed, long right, double seconds) {
        return Samples.answered("a", "quota", seed, right, seconds);
    }

    @ParameterizedTest
    @CsvSource({"10, 20, 1.25", "4, 20, 40.0 %", "3, 48, 30.0 % (max)", "10, 15.8, void: faster than possible"})
    void cell_saysHowLong_orHowMuch_andWhetherMoreTakesACache(long right, double seconds, String text) {
        assertThat(cell(run(1, right, seconds))).isEqualTo(text);
    }

    @Test
    void ofThreeSeeds_theMedianIsSaid_withTheBestAndTheWorst() {
        assertThat(cell(run(1, 10, 32), run(2, 10, 17.6), run(3, 10, 20))).isEqualTo("1.25 (1.10 to 2.00)");
        assertThat(cell(run(1, 9, 48), run(2, 10, 17.6), run(3, 10, 20))).isEqualTo("1.25 (1.10 to 90.0 %)");
        assertThat(cell(run(1, 9, 48), run(2, 8, 48), run(3, 10, 20))).isEqualTo("90.0 % (1.25 to 80.0 %)");
        assertThat(cell(run(1, 10, 20), run(2, 10, 20), run(3, 10, 20))).isEqualTo("1.25");
    }

    @Test
    void ofTwoSeeds_theWorseIsSaid() {
        assertThat(cell(run(1, 10, 20), run(2, 10, 32))).isEqualTo("2.00 (1.25 to 2.00)");
    }

    @Test
    void answersThatNoCallFetched_makeACellVoid() {
        Results.Answered run = run(1, 10, 20);
        Results.Answered made = new Results.Answered(
                "a",
                "quota",
                1,
                run.origin(),
                "",
                1,
                run.took(),
                new Results.Said(10, 5, 10, 2, 0),
                new Results.Seen(5, 0, 4),
                Map.of());

        assertThat(cell(made, Samples.seed(made, 2))).isEqualTo("void: 4 answers without a call, 2 wrong");
    }
}
