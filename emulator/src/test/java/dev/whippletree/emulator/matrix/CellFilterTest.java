package dev.whippletree.emulator.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CellFilterTest {

    private static List<Cell> cells(String... arguments) {
        return new CellFilter(List.of(arguments)).cells();
    }

    @Test
    void noArguments_allCells() {
        assertThat(cells()).hasSize(5_184).doesNotHaveDuplicates();
    }

    @Test
    void cellsOwnText_isThatCellAlone() {
        for (Cell cell : cells("unit=both", "width=64", "seed=7")) {
            assertThat(cells(cell.toString().split(" "))).containsExactly(cell);
        }
    }

    @Test
    void severalValues_areEachRun() {
        assertThat(cells("window=10s,1h", "latency=heavy", "seed=1,2,3")).hasSize(4 * 4 * 3 * 3 * 2 * 3 * 3);
    }

    @Test
    void unknownNames_areRejected() {
        assertThatThrownBy(() -> cells("window=11s")).hasMessageContaining("not '11s'");
        assertThatThrownBy(() -> cells("windows=10s")).hasMessageContaining("no dimension [windows]");
        assertThatThrownBy(() -> cells("10s")).hasMessageContaining("not of the form");
    }
}
