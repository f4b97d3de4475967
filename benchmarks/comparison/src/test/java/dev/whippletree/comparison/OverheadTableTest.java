package dev.whippletree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class OverheadTableTest {

    private static final Results.Origin ORIGIN = new Results.Origin("2026-11-28T12:00:00Z", "a machine", "a commit", 0);

    private static Overhead.Calls calls(long answered, long failed, long medianMicros, double processorMicros) {
        return new Overhead.Calls(5, answered, failed, 0, medianMicros, 4560, processorMicros, 21, "");
    }

    static Overhead.Round round(long medianMicros, long answered, long failed) {
        return new Overhead.Round(
                ORIGIN,
                calls(1000, 0, medianMicros, 5),
                calls(answered, failed, 4000, 140.4),
                calls(25_000, 0, 90_000, 150),
                calls(500, 0, 9000, 1234.5),
                180.6,
                0.015);
    }

    private static Results results() {
        Overhead.WarmUp slow = new Overhead.WarmUp(1.25, 90, 850, 2800, 4300);
        Overhead.WarmUp quick = new Overhead.WarmUp(0.5, 30, 2600, 4600, 5000);
        return Results.NONE
                .with(new Overhead(
                        new Results.About("okhttp", "OkHttp alone", "5", "its README", ""),
                        false,
                        quick,
                        List.of(round(100, 25_000, 0), round(110, 25_000, 0))))
                .with(new Overhead(
                        new Results.About("g", "A gateway", "1-SNAPSHOT", "its manual", ""),
                        true,
                        slow,
                        List.of(round(300, 30_000, 0), round(350, 29_000, 1000))));
    }

    @Test
    void cells_areMediansOfRounds_withTheirRange() {
        assertThat(new OverheadTable(results()).text())
                .contains("| A gateway 1 | 0.220 (0.200 to 0.240) | – | 5,900 (5,800 to 6,000); 1.7 % failed | 4.56 (")
                .contains("| OkHttp alone 5 | – | – | 5,000 (5,000 to 5,000) |")
                .contains("1.50 (1.50 to 1.50) % of the machine's processor time");
    }

    @Test
    void contenderIsWarmAtOnce_ifItSoonHasTheRateThatItEndsWith() {
        assertThat(new OverheadTable(results()).text())
                .contains("| A gateway 1 | 1.25 | 850 | 2,800 | 5,900 | no | 90.0 |")
                .contains("| OkHttp alone 5 | 0.500 | 2,600 | 4,600 | 5,000 | yes | 30.0 |");
    }

    @Test
    void whoAddsLess_isNamed_amongItsKind() {
        Overhead.WarmUp warmUp = new Overhead.WarmUp(1, 30, 1, 1, 1);
        Results.About gateway = new Results.About("whippletree-gateway", "Ours", "2", "", "");
        Results.About library = new Results.About("whippletree", "Ours inside", "2", "", "");
        Results with = results()
                .with(new Overhead(gateway, true, warmUp, List.of(round(375, 20_000, 0))))
                .with(new Overhead(library, false, warmUp, List.of(round(90, 20_000, 0))));

        assertThat(new OverheadTable(with).text())
                .contains("\nOurs 2 adds more than: A gateway 1, by 0.050 ms at 1 caller.\n")
                .contains("\nOurs inside 2: nobody adds less.\n");
    }

    @Test
    void whoAnswersNothing_hasNoTimes() {
        Results silent = results()
                .with(new Overhead(
                        new Results.About("s", "Silent", "3", "", ""),
                        false,
                        new Overhead.WarmUp(1, 30, 1, 1, 1),
                        List.of(round(90, 0, 12))));

        assertThat(new OverheadTable(silent).text())
                .contains("| Silent 3 | -0.010 | – | 0.000; 100.0 % failed | – | 5,000 | 4.56 | – | 100 |");
    }

    @Test
    void nothingMeasured_isSaid() {
        assertThat(new OverheadTable(Results.NONE).text()).isEqualTo(MainPage.NOTHING);
    }

    @Test
    void numbers_areRounded_notCut() {
        assertThat(OverheadTable.range(DoubleStream.of(0.1996))).isEqualTo("0.200");
        assertThat(OverheadTable.range(DoubleStream.of(2999.5, 1999.6, 2500.5, 2499.5)))
                .isEqualTo("2,500 (2,000 to 3,000)");
    }
}
