package dev.whippletree.emulator.matrix;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;

/**
 * Runs the matrix, or the cells that arguments name, and prints what was used of which limits.
 *
 * <p>From Maven: {@code mvn -Pthorough -pl emulator -am test -Dtest=MatrixTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dmatrix="knowledge=reported window=10s"}. Without {@code -Dmatrix} all 5,184 cells are run. A line of the output
 * ends with the arguments by which its cell is run alone. {@code seed=1,2,3} runs each cell from several seeds.
 */
final class MatrixProgram {

    private MatrixProgram() {}

    /**
     * Runs the cells that the arguments name: {@code dimension=value,value}. With {@code -Dtable=FILE}, writes a row
     * for each into a file.
     */
    public static void main(String[] arguments) throws IOException {
        List<Cell> cells = new CellFilter(Arrays.asList(arguments)).cells();
        MatrixReport report = new MatrixReport(measure(cells));
        report.print(System.out);
        String table = System.getProperty("table");
        if (table != null) {
            report.write(Path.of(table));
        }
    }

    /** Measures cells on all processors; the results are in the order of the cells. */
    static List<CellResult> measure(List<Cell> cells) {
        ForkJoinPool processors = new ForkJoinPool(Runtime.getRuntime().availableProcessors());
        try {
            return processors
                    .submit(() ->
                            cells.parallelStream().map(CellResult::measure).toList())
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("a cell wasn't measured", e);
        } finally {
            processors.shutdown();
        }
    }
}
