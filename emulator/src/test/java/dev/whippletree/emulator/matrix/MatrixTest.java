package dev.whippletree.emulator.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.whippletree.emulator.matrix.Cell.Knowledge;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What services allow is used, and not exceeded. */
@Tag("slow")
class MatrixTest {

    private static final int SAMPLE = 300;
    private static final long SEED = 17;

    private static final Map<Knowledge, Demand> DEMANDS = Map.of(
            Knowledge.DECLARED, new Demand(0.98, 1, 0.99, 0),
            Knowledge.REPORTED, new Demand(0.88, 0.96, 0.99, 0.00001),
            Knowledge.BOTH, new Demand(0.9, 0.98, 0.99, 0),
            Knowledge.NEITHER, new Demand(0.25, 0, 0.9, 0.01));

    /**
     * What is asked of cells of one knowledge.
     *
     * @param least of the bound, in every cell
     * @param cells the share of cells that use at least {@link CellResult#AIM} of their bound
     * @param mean of the bound
     * @param refused the largest share of all calls that may be refused: where limits are known of those that knowledge
     *     could have avoided
     */
    private record Demand(double least, double cells, double mean, double refused) {}

    @Test
    void sample_usesWhatCertainKnowledgeAllows() {
        List<Cell> cells = new ArrayList<>(new CellFilter(List.of()).cells());
        Collections.shuffle(cells, new Random(SEED));
        check(MatrixProgram.measure(cells.subList(0, SAMPLE)));
    }

    @Tag("thorough")
    @Test
    void namedCells_useWhatCertainKnowledgeAllows() {
        String named = System.getProperty("matrix", "");
        List<String> arguments =
                named.isBlank() ? List.of() : List.of(named.trim().split("\\s+"));
        List<CellResult> results = MatrixProgram.measure(new CellFilter(arguments).cells());
        new MatrixReport(results).print(System.out);
        check(results);
    }

    @Test
    void wastefulEngine_isSeen() {
        List<Cell> cells = new CellFilter(List.of(
                        "knowledge=declared", "unit=requests", "latency=50ms", "window=1m", "width=64", "accounts=2"))
                .cells();
        for (Cell cell : cells) {
            double whole = CellResult.measure(cell).ofBound();
            double wasteful = CellResult.measure(cell, 1 / 0.9).ofBound();
            assertThat(wasteful).as(cell.toString()).isCloseTo(whole * 0.9, within(0.01));
        }
    }

    private static void check(List<CellResult> results) {
        DEMANDS.forEach((knowledge, demand) -> check(
                results.stream()
                        .filter(result -> result.cell().knowledge() == knowledge)
                        .toList(),
                demand));
    }

    private static void check(List<CellResult> results, Demand demand) {
        assertThat(results)
                .as("nobody uses more than there is, but for what a bucket held before")
                .filteredOn(result -> result.cell().service() != Cell.Service.BUCKET)
                .allSatisfy(
                        result -> assertThat(result.use()).as(result::toString).isLessThan(1.05));
        assertThat(results)
                .allSatisfy(result ->
                        assertThat(result.ofBound()).as(result::toString).isGreaterThanOrEqualTo(demand.least));
        if (results.isEmpty()) {
            return;
        }
        assertThat(results.stream().mapToDouble(CellResult::ofBound).average().orElseThrow())
                .isGreaterThanOrEqualTo(demand.mean);
        long aimed = results.stream().filter(result -> !result.isBelowAim()).count();
        assertThat((double) aimed / results.size()).isGreaterThanOrEqualTo(demand.cells);
        long calls = results.stream().mapToLong(CellResult::calls).sum();
        assertThat((double) results.stream().mapToLong(MatrixTest::counted).sum() / calls)
                .isLessThanOrEqualTo(demand.refused);
    }

    private static long counted(CellResult result) {
        return result.cell().knowledge() == Knowledge.NEITHER
                ? result.refused()
                : result.avoidable().size();
    }
}
