package dev.whippletree.terminal.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.terminal.board.Table.Cell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** Nine columns are one too few; a name is clipped to six characters at the least. */
    @ParameterizedTest
    @CsvSource({
        "aaaa, bbbb, 10, 'aaaa  bbbb'",
        "aaaa, bbbb, 9, aaaa",
        "aa, cccccccccc, 9, aa",
        "aaaaaaaaaa, '', 8, aaa…aaaa",
        "aaaaaaaaaa, '', 3, aa…aaa"
    })
    void columns_areLeftOut_andNamesClipped_whereNotAllFits(String name, String other, int columns, String line) {
        Table narrow = new Table(new Screen(false, columns)).expendable(1).names(0);

        assertThat(narrow.row(Cell.left(name), Cell.left(other)).lines()).containsExactly(line);
    }

    @Test
    void shortName_isNotPadded() {
        Table narrow = new Table(new Screen(false, 9)).names(0);

        assertThat(narrow.row(Cell.left("aa"), Cell.left("cccccccc")).lines()).containsExactly("aa  cccccccc");
    }

    @Test
    void meter_isFullOnlyForTheWhole_andEmptyOnlyForNothing() {
        assertThat(Words.meter(0)).isEqualTo("░░░░░░░░░░");
        assertThat(Words.meter(0.001)).isEqualTo("█░░░░░░░░░");
        assertThat(Words.meter(0.999)).isEqualTo("█████████░");
        assertThat(Words.meter(1.5)).isEqualTo("██████████");
    }
}
