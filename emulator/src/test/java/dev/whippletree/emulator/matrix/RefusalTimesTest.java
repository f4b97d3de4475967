package dev.whippletree.emulator.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.matrix.RefusalTimes.Found;
import dev.whippletree.emulator.matrix.RefusalTimes.When;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * When there will be room, as refusals say, against when the last of a line begins, in cells of the matrix.
 * {@code -Drefusals="window=1h"} chooses others, and prints each.
 */
@Tag("slow")
final class RefusalTimesTest {

    /** The lengths of the line, in windows; {@code verify} takes the shorter ones. */
    private static final List<Double> LINES =
            Boolean.getBoolean("thorough") ? List.of(1.3, 3.6, 9.5) : List.of(1.3, 3.6);

    private static final String CELLS = "width=64 latency=50ms,1s window=10s,1m accounts=2";

    /** A wait that is longer than this share of the true one may refuse what could be answered. */
    private static final double LATE = 0.05;

    @Test
    void declaredRequests_areRightWithinOneInTwenty_warmAndCold() {
        Errors warm = errors("knowledge=declared unit=requests", When.WARM);
        assertThat(warm.shareWithin(0.05)).as("%s", warm).isEqualTo(1);
        Errors cold = errors("knowledge=declared unit=requests", When.COLD);
        assertThat(cold.shareWithin(0.15)).as("%s", cold).isEqualTo(1);
        assertThat(cold.shareLaterThan(LATE)).as("%s", cold).isZero();
    }

    @Test
    void declaredTokens_areCountedAsTheyAreUsed_notAsTheyAreReserved() {
        Errors warm = errors("knowledge=declared unit=tokens", When.WARM);
        assertThat(warm.shareWithin(0.05)).as("%s", warm).isGreaterThan(0.95);
        assertThat(warm.shareWithin(0.15)).as("%s", warm).isGreaterThan(0.99);
        assertThat(warm.shareLaterThan(LATE)).as("%s", warm).isZero();
        Errors cold = errors("knowledge=declared unit=tokens", When.COLD);
        assertThat(cold.shareWithin(0.15)).as("%s", cold).isGreaterThan(0.97);
    }

    @Test
    void reported_areRight_onceTheWindowIsKnown() {
        Errors warm = errors("knowledge=reported unit=requests,tokens", When.WARM);
        assertThat(warm.shareWithin(0.05)).as("%s", warm).isGreaterThan(0.9);
        assertThat(warm.shareWithin(0.15)).as("%s", warm).isGreaterThan(0.99);
        Errors cold = errors("knowledge=reported unit=requests,tokens service=first-use", When.COLD);
        assertThat(cold.shareWithin(0.15)).as("%s", cold).isGreaterThan(0.9);
    }

    private static Errors errors(String cells, When when) {
        String chosen = System.getProperty("refusals");
        List<String> arguments = new ArrayList<>(Arrays.asList(cells.split(" ")));
        arguments.addAll(Arrays.asList((chosen == null ? CELLS : chosen).split(" ")));
        Errors errors = new Errors(new ArrayList<>(), new ArrayList<>());
        for (Cell cell : new CellFilter(arguments).cells()) {
            for (double windows : LINES) {
                errors.add(cell + " " + when + " line=" + windows, new RefusalTimes(cell).run(when, windows));
            }
        }
        if (chosen != null) {
            errors.lines().forEach(System.out::println);
        }
        return errors;
    }

    /** By how much the engine was wrong; negative: early. */
    private record Errors(List<Double> all, List<String> lines) {

        void add(String name, Found found) {
            if (found.isAtOnce()) {
                return;
            }
            all.add(found.error());
            lines.add(String.format(
                    Locale.ROOT,
                    "%s thought %.3f s true %.3f s error %.3f",
                    name,
                    found.thoughtNanos() / 1e9,
                    found.trueNanos() / 1e9,
                    found.error()));
        }

        double shareWithin(double most) {
            return all.stream().filter(error -> Math.abs(error) <= most).count() / (double) all.size();
        }

        double shareLaterThan(double most) {
            return all.stream().filter(error -> error > most).count() / (double) all.size();
        }

        @Override
        public String toString() {
            return String.join(
                    "\n",
                    lines.stream()
                            .filter(line -> Math.abs(Double.parseDouble(line.substring(line.lastIndexOf(' ')))) > 0.05)
                            .toList());
        }
    }
}
