package dev.whippletree.emulator.matrix;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;

/**
 * Says what was measured. Immutable.
 *
 * <p>In means a cell counts 1 at most: a bucket that was still full when measuring began admits more than refills, and
 * where windows are short, reports may tell more than is certain.
 */
record MatrixReport(List<CellResult> results) {

    MatrixReport {
        results = List.copyOf(results);
    }

    /**
     * Prints a line for each knowledge and service, then each cell below the aim, the worst first, then each avoidable
     * 429.
     */
    void print(PrintStream out) {
        out.println("| knowledge | service | cells | of bound: mean | worst | at 98 % | use: mean | worst"
                + " | refused | avoidable 429s | lost |");
        out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        for (Cell.Knowledge knowledge : Cell.Knowledge.values()) {
            for (Cell.Service service : Cell.Service.values()) {
                print(
                        out,
                        knowledge,
                        Cell.word(service),
                        of(knowledge).stream()
                                .filter(result -> result.cell().service() == service)
                                .toList());
            }
            print(out, knowledge, "all", of(knowledge));
        }
        out.println();
        results.stream()
                .filter(CellResult::isBelowAim)
                .sorted(Comparator.comparingDouble(CellResult::ofBound))
                .forEach(out::println);
        out.println();
        results.forEach(result -> result.avoidable()
                .forEach(refused -> out.println(
                        "avoidable 429: call " + refused.call() + " after " + refused.after() + ": " + result.cell())));
    }

    /** Writes a row for each cell, its columns separated by tabs. */
    void write(Path file) throws IOException {
        List<String> rows = new ArrayList<>(List.of("cell\tuse\tof bound\tcalls\trefused\tavoidable 429s\tlost"));
        results.forEach(result -> rows.add(String.format(
                Locale.ROOT,
                "%s\t%.4f\t%.4f\t%d\t%d\t%d\t%d",
                result.cell(),
                result.use(),
                result.ofBound(),
                result.calls(),
                result.refused(),
                result.avoidable().size(),
                result.lost())));
        Files.write(file, rows);
    }

    private List<CellResult> of(Cell.Knowledge knowledge) {
        return results.stream()
                .filter(result -> result.cell().knowledge() == knowledge)
                .toList();
    }

    private static void print(PrintStream out, Cell.Knowledge knowledge, String service, Collection<CellResult> of) {
        if (of.isEmpty()) {
            return;
        }
        DoubleSummaryStatistics ofBound =
                of.stream().mapToDouble(result -> Math.min(1, result.ofBound())).summaryStatistics();
        DoubleSummaryStatistics use =
                of.stream().mapToDouble(result -> Math.min(1, result.use())).summaryStatistics();
        long calls = of.stream().mapToLong(CellResult::calls).sum();
        long refused = of.stream().mapToLong(CellResult::refused).sum();
        out.printf(
                Locale.ROOT,
                "| %s | %s | %d | %.3f | %.3f | %.1f %% | %.3f | %.3f | %.2f %% | %d | %d |%n",
                Cell.word(knowledge),
                service,
                of.size(),
                ofBound.getAverage(),
                ofBound.getMin(),
                100.0 * of.stream().filter(result -> !result.isBelowAim()).count() / of.size(),
                use.getAverage(),
                use.getMin(),
                100.0 * refused / Math.max(1, calls),
                of.stream().mapToLong(result -> result.avoidable().size()).sum(),
                of.stream().mapToLong(CellResult::lost).sum());
    }
}
