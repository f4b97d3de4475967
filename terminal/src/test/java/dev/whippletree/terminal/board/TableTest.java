package dev.whippletree.terminal.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.terminal.board.Table.Cell;
import org.junit.jupiter.api.Test;

class TableTest {

    private final Table table = new Table(new Screen(false, 80)).headings("Name", "N", "Kind");

    @Test
    void headings_standAtTheEdgeOfTheFirstRowsCells() {
        table.row(Cell.left("a"), Cell.right("1,000"), Cell.left("first"));
        table.row(Cell.right("b"), Cell.left("2"), Cell.right("second"));
        assertThat(table.lines()).containsExactly("Name      N  Kind", "a     1,000  first", "   b  2      second");
        assertThat(table.lines()).hasSize(3);
    }

    @Test
    void headings_comeFirst_whateverFollows() {
        assertThat(table.across("none").lines()).containsExactly("Name  N  Kind", "      none");
        assertThat(new Table(new Screen(false, 80)).headings("Name", "N").lines())
                .containsExactly("Name  N");
    }

    @Test
    void meter_isFullOnlyForTheWhole_andEmptyOnlyForNothing() {
        assertThat(Words.meter(0)).isEqualTo("░░░░░░░░░░");
        assertThat(Words.meter(0.001)).isEqualTo("█░░░░░░░░░");
        assertThat(Words.meter(0.999)).isEqualTo("█████████░");
        assertThat(Words.meter(1.5)).isEqualTo("██████████");
    }
}
